/**
 * What can be done to assets, done at once on the screen and then on the server.
 *
 * Each action shows its result first, asks the server, and puts everything back when the server refuses. Actions that
 * take assets out of the view offer to undo themselves.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TimelineView } from '@/api/types';
import type { AssetActions } from '@/gallery/actions';
import type { GridModel } from '@/gallery/gridModel';
import type { Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui';
import {
  archiveAssets,
  favouriteAssets,
  fetchAsset,
  purgeAssets,
  restoreAssets,
  TIMELINE_KEY,
  trashAssets,
} from './api';

/** Browsers refuse, or ask about, long series of downloads. */
export const MOST_DOWNLOADS = 30;
const BETWEEN_DOWNLOADS = 400;

interface Step {
  readonly ids: readonly string[];
  /** The result on the screen. */
  readonly show: () => void;
  /** Back to what was before. */
  readonly unshow: () => void;
  readonly ask: () => Promise<unknown>;
  readonly done?: string | undefined;
  readonly undo?: (() => void) | undefined;
}

export function useAssetActions(
  model: GridModel,
  selection: Selection,
  spaceId: string,
  view: TimelineView,
): AssetActions & { purging: PurgeQuestion | null } {
  const { t } = useTranslation('timeline');
  const { t: tShared } = useTranslation('shared');
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [purging, setPurging] = useState<PurgeQuestion | null>(null);
  const fail = (error: unknown) => toast({ text: errorText(error), tone: 'error' });

  async function run(step: Step): Promise<void> {
    step.show();
    try {
      await step.ask();
      model.confirmHidden(step.ids);
      if (step.done !== undefined) toast({ text: step.done, ...undoOf(step.undo) });
    } catch (error) {
      step.unshow();
      fail(error);
    } finally {
      await refresh(queries, model, spaceId, step.ids);
    }
  }

  function undoOf(undo: (() => void) | undefined) {
    return undo ? { action: { label: tShared('undo'), onAction: undo } } : {};
  }

  /** An action after which the assets are no longer in this view. */
  function leave(
    assets: readonly AssetFacts[],
    ask: () => Promise<unknown>,
    done: string,
    undo?: () => void,
  ): void {
    const ids = idsOf(assets);
    selection.remove(ids);
    void run({ ids, show: () => model.hide(ids), unshow: () => model.show(ids), ask, done, undo });
  }

  /** Takes an action back: the assets return to this view once the server agrees. */
  function comeBack(assets: readonly AssetFacts[], ask: () => Promise<unknown>, done?: string): void {
    const ids = idsOf(assets);
    const nothing = () => undefined;
    void run({ ids, show: nothing, unshow: nothing, ask: () => ask().then(() => model.show(ids)), done });
  }

  function mark(assets: readonly AssetFacts[], favourite: boolean): void {
    const ids = idsOf(assets);
    const changed = new Set(assets.filter((facts) => facts.favourite !== favourite).map((facts) => facts.id));
    const set = (value: boolean) => () => {
      const change = (facts: AssetFacts) => ({ ...facts, favourite: value });
      model.patch(changed, change);
      selection.patch(changed, change);
    };
    const done =
      assets.length > 1
        ? t(favourite ? 'done.favourite' : 'done.unfavourite', { count: ids.length })
        : undefined;
    const ask = () => favouriteAssets(ids, favourite);
    void run({ ids, show: set(favourite), unshow: set(!favourite), ask, done });
  }

  return {
    purging,
    favourite(assets, favourite) {
      const count = assets.length;
      if (view !== 'favourites' || favourite) return mark(assets, favourite);
      const back = () => comeBack(assets, () => favouriteAssets(idsOf(assets), true));
      leave(assets, () => favouriteAssets(idsOf(assets), false), t('done.unfavourite', { count }), back);
    },
    archive(assets, archived) {
      const ids = idsOf(assets);
      const done = t(archived ? 'done.archive' : 'done.unarchive', { count: ids.length });
      const back = () => comeBack(assets, () => archiveAssets(ids, !archived));
      leave(assets, () => archiveAssets(ids, archived), done, back);
    },
    trash(assets) {
      const ids = idsOf(assets);
      const back = () => comeBack(assets, () => restoreAssets(ids));
      leave(assets, () => trashAssets(ids), t('done.trash', { count: ids.length }), back);
    },
    restore(assets) {
      const ids = idsOf(assets);
      const back = () => comeBack(assets, () => trashAssets(ids));
      leave(assets, () => restoreAssets(ids), t('done.restore', { count: ids.length }), back);
    },
    purge(assets) {
      const ids = idsOf(assets);
      const confirm = () => {
        setPurging(null);
        leave(assets, () => purgeAssets(ids), t('done.purge', { count: ids.length }));
      };
      setPurging({ count: ids.length, confirm, cancel: () => setPurging(null) });
    },
    download(assets) {
      if (assets.length > MOST_DOWNLOADS) toast({ text: t('download.many', { count: MOST_DOWNLOADS }) });
      else void download(idsOf(assets)).catch(fail);
    },
  };
}

/** The question that stands before a purge. */
export interface PurgeQuestion {
  readonly count: number;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

/** Asks the server anew for what an action has touched. */
async function refresh(
  queries: QueryClient,
  model: GridModel,
  spaceId: string,
  ids: readonly string[],
): Promise<void> {
  model.outdate(new Set(ids));
  await queries.invalidateQueries({ queryKey: [...TIMELINE_KEY, spaceId] });
}

async function download(ids: readonly string[]): Promise<void> {
  for (const [at, id] of ids.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_DOWNLOADS));
    const asset = await fetchAsset(id);
    const link = document.createElement('a');
    link.href = asset.media.download;
    link.download = asset.file_name;
    link.click();
  }
}

function idsOf(assets: readonly AssetFacts[]): string[] {
  return assets.map((facts) => facts.id);
}
