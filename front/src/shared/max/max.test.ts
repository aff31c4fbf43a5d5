import { beforeEach, describe, expect, it, vi } from 'vitest';

type Max = typeof import('.');

let max: Max;
let script: HTMLScriptElement | null;

/** A fresh page; `host` is the bridge that MAX brings along, if it does. */
async function page(host?: unknown): Promise<void> {
  vi.resetModules();
  document.head.replaceChildren();
  document.body.replaceChildren();
  if (host) Object.assign(window, { WebApp: host });
  else delete window.WebApp;
  max = await import('.');
}

function start(): void {
  max.startBridge();
  script = document.querySelector('script');
}

beforeEach(() => page());

describe('outside MAX', () => {
  it('nothing is fetched, and nothing breaks', async () => {
    max.showBackButton(true, () => undefined);
    max.confirmClosing(true);
    max.allowVerticalSwipes(false);
    max.haptic('success');
    const byBrowser = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    await max.saveFile('https://gallery.test/a', 'a.jpg');
    expect(byBrowser).toHaveBeenCalledOnce();
    expect(document.querySelector('script')).toBeNull();
  });

  it('a link is offered in the system’s sheet, else copied', async () => {
    const offered = vi.fn(async () => undefined);
    const copied = vi.fn(async () => undefined);
    vi.stubGlobal('navigator', { share: offered, clipboard: { writeText: copied } });
    expect(max.canShare()).toBe(true);
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('shared');
    expect(offered).toHaveBeenCalledWith({ title: 'Дача', url: 'https://a.test/' });
    offered.mockRejectedValueOnce(new DOMException('', 'AbortError'));
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('cancelled');
    vi.stubGlobal('navigator', { clipboard: { writeText: copied } });
    expect(max.canShare()).toBe(false);
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('copied');
    copied.mockRejectedValueOnce(new DOMException('', 'NotAllowedError'));
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('failed');
  });
});

describe('the bridge', () => {
  it('learns on its arrival what the page wanted before', () => {
    start();
    const press = vi.fn();
    max.showBackButton(true, press);
    max.confirmClosing(true);
    max.allowVerticalSwipes(false);
    const host = {
      ready: vi.fn(),
      BackButton: { show: vi.fn(), hide: vi.fn(), onClick: vi.fn<(callback: () => void) => void>() },
      enableClosingConfirmation: vi.fn(),
      disableVerticalSwipes: vi.fn(),
    };
    Object.assign(window, { WebApp: host });
    script?.onload?.(new Event('load'));
    expect(host.ready).toHaveBeenCalledOnce();
    expect(host.BackButton.show).toHaveBeenCalledOnce();
    expect(host.enableClosingConfirmation).toHaveBeenCalledOnce();
    expect(host.disableVerticalSwipes).toHaveBeenCalledOnce();
    host.BackButton.onClick.mock.calls[0]?.[0]();
    expect(press).toHaveBeenCalledOnce();
    max.showBackButton(false, press);
    expect(host.BackButton.hide).toHaveBeenCalledOnce();
  });

  it('that the host brings along is not overwritten by the script', async () => {
    const ready = vi.fn();
    await page({ ready });
    start();
    expect(script).toBeNull();
    expect(ready).toHaveBeenCalledOnce();
  });

  it('may be old, broken or refuse: nobody notices', async () => {
    await page({
      enableClosingConfirmation: () => {
        throw new Error('broken');
      },
      disableVerticalSwipes: () => Promise.reject({ error: { code: 'client.x' } }),
      downloadFile: () => Promise.reject({ error: { code: 'client.download_file.request_timeout' } }),
      HapticFeedback: {},
    });
    start();
    max.showBackButton(true, () => undefined);
    max.confirmClosing(true);
    max.allowVerticalSwipes(false);
    max.haptic('error');
    const byBrowser = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    await max.saveFile('https://gallery.test/a', 'a.jpg');
    expect(byBrowser).toHaveBeenCalledOnce();
  });

  it('shares, with the chats of MAX first', async () => {
    const content = { text: 'Дача', link: 'https://a.test/' };
    const chats = vi.fn(async () => ({ status: 'cancelled' }));
    const system = vi.fn(async () => ({ status: 'shared' }));
    await page({ shareMaxContent: chats, shareContent: system });
    start();
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('cancelled');
    expect(chats).toHaveBeenCalledWith(content);
    expect(system).not.toHaveBeenCalled();
    await page({ shareContent: system });
    start();
    expect(await max.share({ text: 'Дача', url: 'https://a.test/' })).toBe('shared');
  });

  it('saves files by whole addresses that MAX may open, and leaves others to the browser', async () => {
    const downloadFile = vi.fn(async () => ({ status: 'downloading' }));
    await page({ downloadFile });
    start();
    const byBrowser = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    await max.saveFile('/media/1/download?s=x', 'a.jpg');
    expect(byBrowser).toHaveBeenCalledOnce();
    await max.saveFile('https://gallery.test/media/1/download?s=x', 'a.jpg');
    expect(byBrowser).toHaveBeenCalledOnce();
    expect(downloadFile).toHaveBeenCalledExactlyOnceWith(
      'https://gallery.test/media/1/download?s=x',
      'a.jpg',
    );
  });

  it('opens other sites outside, and our own pages here', async () => {
    const openLink = vi.fn();
    await page({ openLink });
    start();
    document.body.innerHTML =
      '<a id="out" href="https://maps.test/x">map</a><a id="in" href="/settings">in</a><a id="mail" href="mailto:a@b.test">m</a>';
    const click = (id: string) => {
      const event = new MouseEvent('click', { bubbles: true, cancelable: true });
      // jsdom cannot follow links; this keeps it from trying, after the bridge has had its say.
      window.addEventListener('click', (last) => last.preventDefault(), { once: true });
      document.getElementById(id)?.dispatchEvent(event);
    };
    for (const id of ['in', 'mail', 'out']) click(id);
    expect(openLink).toHaveBeenCalledExactlyOnceWith('https://maps.test/x');
  });

  it('lets the fingertip feel', async () => {
    const HapticFeedback = { selectionChanged: vi.fn(), notificationOccurred: vi.fn() };
    await page({ HapticFeedback });
    start();
    max.haptic('selection');
    max.haptic('error');
    expect(HapticFeedback.selectionChanged).toHaveBeenCalledOnce();
    expect(HapticFeedback.notificationOccurred).toHaveBeenCalledExactlyOnceWith('error');
  });
});
