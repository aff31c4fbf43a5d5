/**
 * What the engine needs to know about assets, wherever they come from.
 *
 * A timeline, an album, a search result and a public link differ only in their `AssetSource`.
 */

/** How many assets each local day holds, newest day first; days without assets are absent. */
export interface Skeleton {
  readonly total: number;
  /** Local dates, `YYYY-MM-DD`. */
  readonly days: readonly string[];
  readonly counts: readonly number[];
  /** Changes whenever the counts do. */
  readonly revision: string;
}

/** The `limit` assets from the `offset`-th one of `day` on, continuing into older days. */
export interface WindowAddress {
  readonly day: string;
  readonly offset: number;
  readonly limit: number;
}

/** The most assets that one window may hold. */
export const WINDOW_LIMIT = 512;

/** Degrees clockwise by which people have turned what the camera made. */
export type Rotation = 0 | 90 | 180 | 270;

/** The small facts of one asset: enough to place, paint and name it. */
export interface AssetFacts {
  readonly id: string;
  /** Identity of the bytes: pictures of the same blob are the same picture whatever their URL says. */
  readonly blob: string;
  readonly day: string;
  /** Minutes after midnight by the camera's clock. */
  readonly minutes: number;
  /** Width over height as displayed, after turning; 1 while it is unknown. */
  readonly ratio: number;
  /** How far the pictures at `thumb` and `preview` are to be shown turned. */
  readonly rotation: Rotation;
  /** The beginning of what people have called it; empty when nothing. */
  readonly title: string;
  /** ThumbHash, base64. */
  readonly thumbhash: string | null;
  readonly thumb: string;
  readonly preview: string;
  readonly video: boolean;
  /** A picture with a moving half. */
  readonly live: boolean;
  readonly favourite: boolean;
  /** Brought by the person who looks. */
  readonly own: boolean;
  readonly processing: boolean;
  readonly failed: boolean;
  readonly damaged: boolean;
  /** Seconds; null for pictures. */
  readonly duration: number | null;
  /** Size of the original; of a live photo, with its clip. */
  readonly bytes: number;
}

export interface AssetWindow {
  /** Newest first. */
  readonly assets: readonly AssetFacts[];
  /** When the picture URLs stop working, in milliseconds since the epoch. */
  readonly expires: number;
}

/** Something happened to these assets; `gap` means that news may have been missed. */
export type AssetChange =
  | { readonly kind: 'changed'; readonly ids: readonly string[] }
  | { readonly kind: 'returned'; readonly ids: readonly string[] }
  | { readonly kind: 'gap' };

export interface AssetSource {
  /** The newest assets, as far as they are known before anybody has asked: they are shown until they are loaded. */
  readonly known?: readonly AssetFacts[];
  loadWindow(address: WindowAddress, signal: AbortSignal): Promise<AssetWindow>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: AssetChange) => void): () => void;
}
