/**
 * What can be done to assets, done at once on the screen and then on the server.
 *
 * Each action shows its result first, asks the server, and puts everything back when the server refuses. Actions that
 * take assets out of the view offer to undo themselves. Many assets are done in batches: where one is refused, those before
 * it stay done, are told and can be undone.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { assetQuery, outdateAssets } from '@/api/asset';
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
  MOST_FILES,
  type NewDate,
  type NewPlace,
  type Outcome,
  placeAssets,
  prepareDownload,
  purgeAssets,
  restoreAssets,
  TIMELINE_KEY,
  trashAssets,
  undoEdits,
} from './api';

type Ids = readonly string[];

interface Step<T> {
  readonly ids: Ids;
  /** The result on the screen. */
  readonly show?: (ids: Ids) => void;
  /** Back to what was before, for those that were refused. */
  readonly unshow?: (ids: Ids) => void;
  readonly ask: () => Promise<Outcome<T>>;
  /** What is said of those that are done. */
  readonly said: (answers: readonly T[], done: Ids) => Said | null;
}

interface Said {
  readonly text: string;
  readonly undo?: (() => void) | undefined;
}

/**
 * What the selection bar can do besides; the viewer has its own ways. What is done leaves the selection; the promise is
 * broken where the server refuses, and whoever asked tells.
 */
export interface BulkActions extends AssetActions {
  /** Those of them that the person may change; says which are left out, if any. */
  editable(assets: readonly AssetFacts[]): readonly AssetFacts[];
  mayEdit(facts: AssetFacts): boolean;
  date(assets: readonly AssetFacts[], date: NewDate): Promise<void>;
  place(assets: readonly AssetFacts[], place: NewPlace): Promise<void>;
  bring(assets: readonly AssetFacts[], way: 'move' | 'copy', space: Space): Promise<void>;
}

export function useAssetActions(
  model: GridModel,
  selection: Selection,
  spaceId: string,
  view: TimelineView,
  /** Not only what the person has brought. */
  editsAll: boolean,
): BulkActions & { purging: PurgeQuestion | null } {
  const { t } = useTranslation('bulk');
  const { t: tShared } = useTranslation('shared');
  const errorText = useErrorText();
  const formats = useFormats();
  const queries = useQueryClient();
  const [purging, setPurging] = useState<PurgeQuestion | null>(null);
  const fail = (error: unknown) => toast({ text: errorText(error), tone: 'error' });

  /** Throws what the server says when it refuses. */
  async function run<T>({ ids, show, unshow, ask, said }: Step<T>): Promise<void> {
    show?.(ids);
    const { done, answers, error } = await ask();
    model.confirmHidden(done);
    const words = done.length > 0 ? said(answers, done) : null;
    if (words) toast({ text: words.text, ...undoOf(words.undo) });
    if (error !== null) unshow?.(ids.slice(done.length));
    void refresh(queries, model, spaceId, ids);
    if (error !== null) throw error;
  }

  function attempt<T>(step: Step<T>): void {
    void run(step).catch(fail);
  }

  function undoOf(undo: (() => void) | undefined) {
    return undo ? { action: { label: tShared('undo'), onAction: undo } } : {};
  }

  /** An action after which the assets are no longer in this view. */
  function leave(
    assets: readonly AssetFacts[],
    ask: (ids: Ids) => Promise<Outcome<unknown>>,
    text: (count: number) => string,
    undo?: (ids: Ids) => Promise<Outcome<unknown>>,
  ): void {
    const ids = idsOf(assets);
    const chosen = assets.filter((facts) => selection.has(facts.id));
    selection.remove(ids);
    attempt({
      ids,
      show: (all) => model.hide(all),
      unshow(refused) {
        model.show(refused);
        const back = new Set(refused);
        selection.add(chosen.filter((facts) => back.has(facts.id)));
      },
      ask: () => ask(ids),
      said: (_, done) => ({ text: text(done.length), undo: undo && (() => comeBack(done, undo)) }),
    });
  }

  /** Takes an action back: the assets return to this view once the server agrees. */
  function comeBack(ids: Ids, ask: (ids: Ids) => Promise<Outcome<unknown>>): void {
    const said = (_: unknown, done: Ids) => {
      model.show(done);
      return null;
    };
    attempt({ ids, ask: () => ask(ids), said });
  }

  /** An action that the server knows how to take back. */
  function edit<T extends Edited>(
    assets: readonly AssetFacts[],
    ask: (ids: Ids) => Promise<Outcome<T>>,
    words: (answers: readonly T[]) => string,
  ): Promise<void> {
    const ids = idsOf(assets);
    const said = (answers: readonly T[], done: Ids) => {
      selection.remove(done);
      const undo = answers.flatMap((answer) => answer.undo);
      const back = () => attempt({ ids, ask: () => undoEdits(undo), said: () => ({ text: t('done.undo') }) });
      return { text: words(answers), undo: undo.length > 0 ? back : undefined };
    };
    return run({ ids, ask: () => ask(ids), said });
  }

  function bring(
    assets: readonly AssetFacts[],
    way: 'move' | 'copy',
    space: Space,
    revive = false,
  ): Promise<void> {
    return edit(
      assets,
      (ids) => bringAssets(ids, way, space.id, revive),
      (answers) => {
        const deleted = answers.flatMap((answer) => answer.deleted);
        if (deleted.length > 0) askAgain(assets, way, space, deleted);
        return broughtText(answers, way, space);
      },
    );
  }

  /** Some had been deleted there on purpose: says so, and brings them when that is wanted all the same. */
  function askAgain(
    assets: readonly AssetFacts[],
    way: 'move' | 'copy',
    space: Space,
    ids: readonly string[],
  ): void {
    const deleted = new Set(ids);
    const these = assets.filter((facts) => deleted.has(facts.id));
    const onAction = () => void bring(these, way, space, true).catch(fail);
    const label = t(`bring.anyway.${way}`);
    toast({
      text: t('bring.deleted', { count: deleted.size, space: space.name }),
      action: { label, onAction },
    });
  }

  function broughtText(answers: readonly Brought[], way: 'move' | 'copy', space: Space): string {
    const changed = changedOf(answers);
    const present = answers.reduce((sum, answer) => sum + answer.present, 0);
    const words = { space: space.name };
    const there = present > 0 ? t('bring.present', { count: present, ...words }) : '';
    const done = changed > 0 || present === 0 ? t(`done.${way}`, { count: changed, ...words }) : '';
    return [done, there].filter(Boolean).join(' ');
  }

  function mark(assets: readonly AssetFacts[], favourite: boolean): void {
    const ids = idsOf(assets);
    const changed = new Set(assets.filter((facts) => facts.favourite !== favourite).map((facts) => facts.id));
    const set = (value: boolean) => (some: Ids) => {
      const these = new Set(some.filter((id) => changed.has(id)));
      const change = (facts: AssetFacts) => ({ ...facts, favourite: value });
      model.patch(these, change);
      selection.patch(these, change);
    };
    // Undo touches only those that were otherwise before.
    const unset = (back: Ids) => () =>
      attempt({
        ids: back,
        show: set(!favourite),
        unshow: set(favourite),
        ask: () => favouriteAssets(back, !favourite),
        said: () => null,
      });
    const said = (_: unknown, done: Ids) => {
      const back = done.filter((id) => changed.has(id));
      const text = t(favourite ? 'done.favourite' : 'done.unfavourite', { count: done.length });
      return assets.length > 1 ? { text, undo: back.length > 0 ? unset(back) : undefined } : null;
    };
    const ask = () => favouriteAssets(ids, favourite);
    attempt({ ids, show: set(favourite), unshow: set(!favourite), ask, said });
  }

  const mayEdit = (facts: AssetFacts) => editsAll || facts.own;

  return {
    purging,
    mayEdit,
    editable(assets) {
      const these = assets.filter(mayEdit);
      const others = assets.length - these.length;
      if (others > 0) toast({ text: t(these.length > 0 ? 'others' : 'others.only', { count: others }) });
      return these;
    },
    favourite(assets, favourite) {
      if (view !== 'favourites' || favourite) return mark(assets, favourite);
      const set = (value: boolean) => (ids: Ids) => favouriteAssets(ids, value);
      leave(assets, set(false), (count) => t('done.unfavourite', { count }), set(true));
    },
    archive(assets, archived) {
      const done = archived ? 'done.archive' : 'done.unarchive';
      const set = (value: boolean) => (ids: Ids) => archiveAssets(ids, value);
      leave(assets, set(archived), (count) => t(done, { count }), set(!archived));
    },
    trash(assets) {
      leave(assets, trashAssets, (count) => t('done.trash', { count }), restoreAssets);
    },
    restore(assets) {
      leave(assets, restoreAssets, (count) => t('done.restore', { count }), trashAssets);
    },
    purge(assets) {
      const confirm = () => {
        setPurging(null);
        leave(assets, purgeAssets, (count) => t('done.purge', { count }));
      };
      setPurging({ count: assets.length, confirm, cancel: () => setPurging(null) });
    },
    download(assets) {
      const [only] = assets;
      if (assets.length > MOST_FILES) toast({ text: t('download.many', { count: MOST_FILES }) });
      else if (assets.length === 1 && only) void downloadOne(queries, only.id).catch(fail);
      else void downloadAll(idsOf(assets)).catch(fail);
    },
    date(assets, date) {
      return edit(
        assets,
        (ids) => dateAssets(ids, date),
        (answers) => t('done.date', { count: changedOf(answers) }),
      );
    },
    place(assets, place) {
      const done = place.latitude === undefined && !place.restore ? 'done.unplace' : 'done.place';
      return edit(
        assets,
        (ids) => placeAssets(ids, place),
        (answers) => t(done, { count: changedOf(answers) }),
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

async function downloadOne(queries: QueryClient, id: string): Promise<void> {
  const asset = await queries.fetchQuery(assetQuery(id));
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
  outdateAssets(queries, ids);
  await queries.invalidateQueries({ queryKey: [...TIMELINE_KEY, spaceId] });
}

function changedOf(answers: readonly Edited[]): number {
  return answers.reduce((sum, answer) => sum + answer.changed, 0);
}

function idsOf(assets: readonly AssetFacts[]): string[] {
  return assets.map((facts) => facts.id);
}
