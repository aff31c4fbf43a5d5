/**
 * The service worker: the application without a network, recent photos without a network, and files that others share.
 * See docs/decisions/0015. What it does with a request is in routing.ts; everything else here is wiring.
 */
import { Answers } from './answers';
import { Personal } from './personal';
import { Pictures } from './pictures';
import { wayOf } from './routing';
import { receive } from './share';
import { Shell } from './shell';

declare const self: ServiceWorkerGlobalScope;

const ask: typeof fetch = (input, init) => fetch(input, init);
const shell = new Shell(caches, ask, BUILD, ['/', ...SHELL]);
const personal = new Personal(caches);
const answers = new Answers(personal, ask);
const pictures = new Pictures({
  personal,
  fetch: ask,
  origin: self.location.origin,
  quota: async () => (await navigator.storage.estimate()).quota ?? 0,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

self.addEventListener('install', (event) => event.waitUntil(shell.install()));

self.addEventListener('activate', (event) => {
  event.waitUntil(shell.tidy().then(() => self.clients.claim()));
});

/** What a page may ask for. A new version waits until somebody says so. */
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting());
  if (event.data === 'forget') event.waitUntil(personal.forget());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const later = (work: Promise<unknown>) => event.waitUntil(work);
  switch (wayOf(request, self.location.origin)) {
    case 'page':
      return event.respondWith(shell.page(request));
    case 'file':
      return event.respondWith(shell.file(request, later));
    case 'picture':
      return event.respondWith(pictures.show(request, later));
    case 'answer':
      return event.respondWith(answers.answer(request, later));
    case 'share':
      return event.respondWith(receive(request));
    case 'network':
      return undefined;
  }
});
