/**
 * What can be done to assets, done at once on the screen and then on the server.
 *
 * Each action shows its result first, asks the server, and puts everything back when the server refuses. Actions that
 * take assets out of the view offer to undo themselves.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Space, TimelineView } from '@/api/types';
import type { AssetActions } from '@/gallery/actions';
import type { GridModel } from '@/gallery/gridModel';
import type { Selection } from '@/gallery/selection';
import type { AssetFacts } from '@/gallery/source';
import { useTranslation } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { useFormats } from '@/shared/i18n/format';
import { saveFile } from '@/shared/max';
import { toast } from '@/shared/ui';
import {
  archiveAssets,
  type Brought,
  bringAssets,
  dateAssets,
  type Edited,
  favouriteAssets,
  fetchAsset,
  MOST_FILES,
  type NewDate,
  type NewPlace,
  placeAssets,
  prepareDownload,
  purgeAssets,
  restoreAssets,
  TIMELINE_KEY,
  trashAssets,
  undoEdits,
} from './api';

interface Step<T> {
  readonly ids: readonly string[];
  /** The result on the screen. */
  readonly show?: () => void;
  /** Back to what was before. */
  readonly unshow?: () => void;
  readonly ask: () => Promise<T>;
  /** What is said of it afterwards. */
  readonly said: (answer: T) => Said | null;
}

interface Said {
  readonly text: string;
  readonly undo?: (() => void) | undefined;
}

/** What the selection bar can do besides; the viewer has its own ways. */
export interface BulkActions extends AssetActions {
  date(assets: readonly AssetFacts[], date: NewDate): void;
  place(assets: readonly AssetFacts[], place: NewPlace): void;
  bring(assets: readonly AssetFacts[], way: 'move' | 'copy', space: Space): void;
}

export function useAssetActions(
  model: GridModel,
  selection: Selection,
  spaceId: string,
  view: TimelineView,
): BulkActions & { purging: PurgeQuestion | null } {
  const { t } = useTranslation('timeline');
  const { t: tShared } = useTranslation('shared');
  const errorText = useErrorText();
  const formats = useFormats();
  const queries = useQueryClient();
  const [purging, setPurging] = useState<PurgeQuestion | null>(null);
  const fail = (error: unknown) => toast({ text: errorText(error), tone: 'error' });

  async function run<T>({ ids, show, unshow, ask, said }: Step<T>): Promise<void> {
    show?.();
    try {
      const answer = await ask();
      model.confirmHidden(ids);
      const words = said(answer);
      if (words) toast({ text: words.text, ...undoOf(words.undo) });
    } catch (error) {
      unshow?.();
      fail(error);
    } finally {
      await refresh(queries, model, spaceId, ids);
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
    const said = () => ({ text: done, undo });
    void run({ ids, show: () => model.hide(ids), unshow: () => model.show(ids), ask, said });
  }

  /** Takes an action back: the assets return to this view once the server agrees. */
  function comeBack(assets: readonly AssetFacts[], ask: () => Promise<unknown>): void {
    const ids = idsOf(assets);
    void run({ ids, ask: () => ask().then(() => model.show(ids)), said: () => null });
  }

  /** An action that the server knows how to take back. */
  function edit<T extends Edited>(
    assets: readonly AssetFacts[],
    ask: () => Promise<T>,
    words: (answer: T) => string,
  ): void {
    const ids = idsOf(assets);
    selection.clear();
    const back = (undo: readonly string[]) => () =>
      void run({ ids, ask: () => undoEdits(undo), said: () => ({ text: t('done.undo') }) });
    const said = (answer: T) => ({
      text: words(answer),
      ...(answer.undo.length > 0 ? { undo: back(answer.undo) } : {}),
    });
    void run({ ids, ask, said });
  }

  function bring(assets: readonly AssetFacts[], way: 'move' | 'copy', space: Space, revive = false): void {
    const ask = async () => {
      const answer = await bringAssets(idsOf(assets), way, space.id, revive);
      if (answer.deleted.length > 0) askAgain(assets, way, space, answer.deleted);
      return answer;
    };
    edit(assets, ask, (answer) => broughtText(answer, way, space));
  }

  /** Some had been deleted there on purpose: says so, and brings them when that is wanted all the same. */
  function askAgain(
    assets: readonly AssetFacts[],
    way: 'move' | 'copy',
    space: Space,
    ids: readonly string[],
  ): void {
    const deleted = new Set(ids);
    const onAction = () =>
      bring(
        assets.filter((facts) => deleted.has(facts.id)),
        way,
        space,
        true,
      );
    const label = t(`bring.anyway.${way}`);
    toast({
      text: t('bring.deleted', { count: deleted.size, space: space.name }),
      action: { label, onAction },
    });
  }

  function broughtText({ changed, present }: Brought, way: 'move' | 'copy', space: Space): string {
    const words = { space: space.name };
    const there = present > 0 ? t('bring.present', { count: present, ...words }) : '';
    const done = changed > 0 || present === 0 ? t(`done.${way}`, { count: changed, ...words }) : '';
    return [done, there].filter(Boolean).join(' ');
  }

  function mark(assets: readonly AssetFacts[], favourite: boolean): void {
    const ids = idsOf(assets);
    const changed = new Set(assets.filter((facts) => facts.favourite !== favourite).map((facts) => facts.id));
    const set = (value: boolean) => () => {
      const change = (facts: AssetFacts) => ({ ...facts, favourite: value });
      model.patch(changed, change);
      selection.patch(changed, change);
    };
    // Undo touches only those that were otherwise before.
    const unset = () =>
      void run({
        ids,
        show: set(!favourite),
        unshow: set(favourite),
        ask: () => favouriteAssets([...changed], !favourite),
        said: () => null,
      });
    const text = t(favourite ? 'done.favourite' : 'done.unfavourite', { count: ids.length });
    const said = () => (assets.length > 1 ? { text, undo: changed.size > 0 ? unset : undefined } : null);
    const ask = () => favouriteAssets(ids, favourite);
    void run({ ids, show: set(favourite), unshow: set(!favourite), ask, said });
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
      const [only] = assets;
      if (assets.length > MOST_FILES) toast({ text: t('download.many', { count: MOST_FILES }) });
      else if (assets.length === 1 && only) void downloadOne(only.id).catch(fail);
      else void downloadAll(idsOf(assets)).catch(fail);
    },
    date(assets, date) {
      edit(
        assets,
        () => dateAssets(idsOf(assets), date),
        ({ changed }) => t('done.date', { count: changed }),
      );
    },
    place(assets, place) {
      const done = place.latitude === undefined && !place.restore ? 'done.unplace' : 'done.place';
      edit(
        assets,
        () => placeAssets(idsOf(assets), place),
        ({ changed }) => t(done, { count: changed }),
      );
    },
    bring,
  };

  async function downloadAll(ids: readonly string[]): Promise<void> {
    const { url, name, files, bytes, missing } = await prepareDownload(ids);
    if (missing > 0) toast({ text: t('download.missing', { count: missing }), tone: 'error' });
    if (files === 0) return;
    toast({ text: t('download.begun', { count: files, size: formats.bytes(bytes) }) });
    await saveFile(url, name);
  }
}

async function downloadOne(id: string): Promise<void> {
  const asset = await fetchAsset(id);
  await saveFile(asset.media.download, asset.file_name);
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

function idsOf(assets: readonly AssetFacts[]): string[] {
  return assets.map((facts) => facts.id);
}
