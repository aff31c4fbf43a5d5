/**
 * Demo photos that are painted and examined once a run, which takes longer than any test: whoever needs photos is given
 * copies of the first of them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { gallery } from './installation';
import { type Person, type Space, theOperator } from './people';

const NAME = 'Библиотека';
const SIZE = 60;
/** Painting takes its time on a busy machine. */
const PATIENCE_MS = 200_000;

/** Paints the photos for the operator; those that are examined move on to a space of their own, in their order. */
export async function fillLibrary(signal: AbortSignal): Promise<void> {
  const keeper = await theOperator();
  const library = await keeper.createSpace(NAME);
  const move = async () => {
    for (let moved = 0; moved < SIZE; await pause(300, undefined, { signal })) {
      const { ids, flags } = await newest(keeper, keeper.personalSpaceId);
      const waiting = new Set(ids.filter((_, at) => (flags[at] ?? 0) & 4));
      const painted = ids.sort();
      const first = painted.findIndex((id) => waiting.has(id));
      const ready = first < 0 ? painted : painted.slice(0, first);
      if (ready.length) await keeper.call('POST', '/api/assets/move', { ids: ready, space_id: library.id });
      moved += ready.length;
    }
  };
  const paint = gallery(['demo', '--login', keeper.account.login, '--count', String(SIZE)], signal);
  await Promise.all([paint, move()]);
}

/** Puts the first `count` photos of the library into somebody's personal space, as soon as there are so many. */
export async function lendPhotos(person: Person, count: number): Promise<void> {
  const keeper = await theOperator();
  const { space, ids } = await libraryOf(keeper, count);
  await keeper.add(space, person, 'viewer');
  await person.call('POST', '/api/assets/copy', { ids, space_id: person.personalSpaceId });
  await person.leave(space);
}

async function libraryOf(keeper: Person, count: number): Promise<{ space: Space; ids: string[] }> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(200)) {
    const { items } = await keeper.call<{ items: Space[] }>('GET', '/api/spaces');
    const space = items.find(({ name }) => name === NAME);
    const { ids } = space ? await newest(keeper, space.id) : { ids: [] };
    if (space && ids.length >= count) return { space, ids: ids.sort().slice(0, count) };
  }
  throw new Error('The library was not filled.');
}

/** The newest photos of a space, and whether they are examined. Ids tell in which order photos came in. */
function newest(person: Person, spaceId: string): Promise<{ ids: string[]; flags: number[] }> {
  return person.call('GET', `/api/timeline/window?space_id=${spaceId}&day=2100-01-01`);
}
