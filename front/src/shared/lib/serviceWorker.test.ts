import { expect, it, vi } from 'vitest';
import { isUpdateReady, startServiceWorker } from './serviceWorker';

class Container extends EventTarget {
  controller: object | null = null;
  register = async () => Object.assign(new EventTarget(), { waiting: null, installing: null });

  answerFor(controller: object | null): void {
    this.controller = controller;
    this.dispatchEvent(new Event('controllerchange'));
  }
}

it('a service worker that comes, goes and comes again is no new version; another one in its place is', async () => {
  const container = new Container();
  vi.stubGlobal('navigator', { ...navigator, serviceWorker: container });
  const begins = vi.fn();
  await startServiceWorker(begins);
  container.answerFor({});
  container.answerFor(null);
  container.answerFor({});
  expect(begins).toHaveBeenCalledTimes(2);
  expect(isUpdateReady()).toBe(false);
  container.answerFor({});
  expect(isUpdateReady()).toBe(true);
});
