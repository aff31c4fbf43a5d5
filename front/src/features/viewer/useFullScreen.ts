import { useEffect, useSyncExternalStore } from 'react';

export interface FullScreen {
  /** iPhones let only videos fill the screen, and some web views nothing at all. */
  readonly isPossible: boolean;
  readonly isOn: boolean;
  enter: () => void;
  leave: () => void;
  toggle: () => void;
}

/** The whole screen for the page; given back when the viewer is left. */
export function useFullScreen(): FullScreen {
  const isOn = useSyncExternalStore(subscribe, () => document.fullscreenElement !== null);
  useEffect(() => leave, []);
  return { isPossible: document.fullscreenEnabled === true, isOn, enter, leave, toggle };
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}

/** A browser on its way into the full screen does not hear that it should leave it. */
let entering: Promise<unknown> = Promise.resolve();

/** The document and not the viewer: messages and menus lie beside the viewer. */
function enter(): void {
  if (document.fullscreenEnabled)
    entering = document.documentElement.requestFullscreen().catch(() => undefined);
}

function leave(): void {
  void entering.then(() => document.fullscreenElement && document.exitFullscreen()).catch(() => undefined);
}

/** Asks the browser, whose news of a change comes a frame late: the second key may be quicker. */
function toggle(): void {
  if (document.fullscreenElement) leave();
  else enter();
}
