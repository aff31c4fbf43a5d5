import { hasOwnKeys } from '@/shared/lib/keys';

/** What keys and buttons can ask the viewer for. */
export interface Commands {
  close: () => unknown;
  step: (step: 1 | -1) => unknown;
  jump: (end: 'newest' | 'oldest') => unknown;
  zoom: (factor: number) => unknown;
  toggleZoom: () => unknown;
  info: () => unknown;
  help: () => unknown;
  favourite: () => unknown;
  archive: () => unknown;
  remove: () => unknown;
  restore: () => unknown;
  download: () => unknown;
  /** 1 is clockwise. */
  rotate: (direction: 1 | -1) => unknown;
  fullScreen: () => unknown;
  slideshow: () => unknown;
  /** A video, a live photo or the slideshow: goes on or pauses. */
  play: () => unknown;
  seek: (seconds: number) => unknown;
  mute: () => unknown;
}

type Key = (commands: Commands, withShift: boolean) => unknown;

const SEEK = 5;

/** Physical keys, so that they work with any keyboard layout. */
const KEYS: Readonly<Record<string, Key>> = {
  Escape: (commands) => commands.close(),
  ArrowLeft: (commands, withShift) => (withShift ? commands.seek(-SEEK) : commands.step(-1)),
  ArrowRight: (commands, withShift) => (withShift ? commands.seek(SEEK) : commands.step(1)),
  Home: (commands) => commands.jump('newest'),
  End: (commands) => commands.jump('oldest'),
  Delete: (commands) => commands.remove(),
  Backspace: (commands) => commands.remove(),
  Space: (commands) => commands.play(),
  KeyA: (commands) => commands.archive(),
  KeyD: (commands) => commands.download(),
  KeyF: (commands) => commands.fullScreen(),
  KeyI: (commands) => commands.info(),
  KeyL: (commands) => commands.favourite(),
  KeyM: (commands) => commands.mute(),
  KeyR: (commands, withShift) => commands.rotate(withShift ? -1 : 1),
  KeyS: (commands) => commands.slideshow(),
  KeyU: (commands) => commands.restore(),
  KeyZ: (commands) => commands.toggleZoom(),
  Equal: (commands) => commands.zoom(1.5),
  NumpadAdd: (commands) => commands.zoom(1.5),
  Minus: (commands) => commands.zoom(1 / 1.5),
  NumpadSubtract: (commands) => commands.zoom(1 / 1.5),
  Digit0: (commands) => commands.zoom(0),
};

/** Does what a key asks for; false when it asks for nothing here. */
export function obey(event: KeyboardEvent, commands: Commands): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || belongsElsewhere(event)) return false;
  const key = KEYS[event.code];
  if (event.key === '?') commands.help();
  else if (key) key(commands, event.shiftKey);
  else return false;
  return true;
}

/** Fields take their own keys, open sheets and menus theirs, a focused button its Space, a slider its arrows. */
function belongsElsewhere({ target, code }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches('input[type=range]')) return /^(Arrow|Home|End|Page)/.test(code);
  if (code === 'Space' && target.closest('button, a')) return true;
  return hasOwnKeys(target);
}
