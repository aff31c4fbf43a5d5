/**
 * The first script of a visit. It is small, so that it asks for what the first page will need while the application itself
 * still travels.
 */
import { askEarly, timelineQuestions } from '@/api/early';
import { resumeSession, sessionState, speak } from '@/api/session';
import type { TimelineView } from '@/api/types';
import { freshlyLaunched, launchLanguage, startMax } from '@/features/account/max';
import { placeKey, storedPlace } from '@/features/timeline/place';
import { loadTexts } from '@/locales';
import type { Ahead } from '@/main';
import { lastSpace } from '@/routes/lastSpace';
import { firstLanguage, onLanguage, setHostLanguage, startLanguage } from '@/shared/i18n';
import { applyTheme } from '@/shared/lib/theme';

/** Nobody is somebody there yet. */
const ENTRANCES = new Set(['/sign-in', '/setup', '/join']);

async function boot(element: HTMLElement): Promise<void> {
  applyTheme();
  startMax();
  setHostLanguage(launchLanguage());
  speak(firstLanguage());
  onLanguage(speak);
  const application = import('./main');
  const ahead = askAhead(location.pathname);
  await startLanguage(loadTexts);
  await (await application).start(element, ahead);
}

/** One question after the other where that must be, and no later than that. Resolves when all have been put. */
async function askAhead(pathname: string): Promise<Ahead | null> {
  // A launch from MAX is not looked behind: its person comes first.
  if (ENTRANCES.has(pathname) || freshlyLaunched()) return null;
  const state = await resumeSession().catch(() => sessionState());
  if (state.status !== 'signed-in') return null;
  const photos = photosAt(pathname);
  askEarly('/api/spaces');
  if (photos) {
    const { skeleton, newest } = timelineQuestions(photos.spaceId, photos.view);
    askEarly(skeleton);
    // Who comes back to older photos does not need the newest.
    if (!storedPlace(placeKey(photos.spaceId, photos.view))) askEarly(newest);
  }
  return { photos };
}

const PHOTOS = /^(?:\/s\/([\w-]+)|\/)(?:\/?(favourites|archive|trash))?$/;

/** Which photos this address shows. The front doors lead to those of the last space. */
function photosAt(pathname: string): Ahead['photos'] {
  const found = PHOTOS.exec(pathname);
  if (!found) return null;
  const [, spaceId = lastSpace.get(), view = 'all'] = found;
  return spaceId ? { spaceId, view: view as TimelineView } : null;
}

const root = document.getElementById('root');
if (root) void boot(root);
