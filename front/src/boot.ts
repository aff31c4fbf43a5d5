/**
 * The first script of a visit. It is small, so that it asks for what the first page will need while the application itself
 * still travels.
 */
import { askEarly } from '@/api/early';
import { resumeSession, sessionState, speak } from '@/api/session';
import { freshlyLaunched, launchLanguage, startMax } from '@/features/account/max';
import { loadTexts } from '@/locales';
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
  void askAhead(location.pathname);
  await startLanguage(loadTexts);
  (await application).start(element);
}

/** One question after the other where that must be, and no later than that. */
async function askAhead(pathname: string): Promise<void> {
  // A launch from MAX is not looked behind: its person comes first.
  if (ENTRANCES.has(pathname) || freshlyLaunched()) return;
  const state = await resumeSession().catch(() => sessionState());
  if (state.status !== 'signed-in') return;
  askEarly('/api/spaces');
  const photos = photosAt(pathname);
  if (photos) askEarly(`/api/timeline?space_id=${photos.spaceId}&view=${photos.view}`);
}

const PHOTOS = /^(?:\/s\/([\w-]+)|\/)(?:\/?(favourites|archive|trash))?$/;

/** Which photos this address shows. The front doors lead to those of the last space. */
function photosAt(pathname: string): { spaceId: string; view: string } | null {
  const found = PHOTOS.exec(pathname);
  if (!found) return null;
  const [, spaceId = lastSpace.get(), view = 'all'] = found;
  return spaceId ? { spaceId, view } : null;
}

const root = document.getElementById('root');
if (root) void boot(root);
