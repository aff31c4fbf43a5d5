import type { AssetFacts } from './source';

/** What can be done to assets, whoever offers it: the selection bar, the viewer, a key. */
export interface AssetActions {
  favourite(assets: readonly AssetFacts[], favourite: boolean): void;
  archive(assets: readonly AssetFacts[], archived: boolean): void;
  trash(assets: readonly AssetFacts[]): void;
  restore(assets: readonly AssetFacts[]): void;
  /** Deletes for ever, after asking. */
  purge(assets: readonly AssetFacts[]): void;
  download(assets: readonly AssetFacts[]): void;
}
