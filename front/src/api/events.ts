/** Live changes, for whoever wants to hear of them. They come from stream.ts, after the first photos. */
export type AssetChange =
  | 'added'
  | 'ready'
  | 'failed'
  | 'changed'
  | 'trashed'
  | 'restored'
  | 'purged'
  | 'moved';

export type GalleryEvent =
  | { type: 'assets'; spaceId: string; change: AssetChange; ids: string[] }
  | { type: 'spaces' }
  /** The stream is open (again); whatever happened before may have been missed. */
  | { type: 'connected' };

type Listener = (event: GalleryEvent) => void;

const listeners = new Set<Listener>();

/** Calls `listener` for every event until the returned function is called. */
export function subscribeToEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function emit(event: GalleryEvent): void {
  for (const listener of listeners) listener(event);
}
