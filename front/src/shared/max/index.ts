/** What the gallery can do better inside MAX. Every function works, or does no harm, everywhere else. */
import { copyText } from '@/shared/lib/copy';
import { bridge, tell } from './bridge';

export { allowVerticalSwipes, confirmClosing, showBackButton, startBridge } from './bridge';

export type Feel = 'selection' | 'success' | 'error';

/** A small answer to the fingertip. Outside MAX only a selection is felt, and only where browsers can. */
export function haptic(feel: Feel): void {
  if (bridge()) {
    tell(({ HapticFeedback }) =>
      feel === 'selection'
        ? HapticFeedback?.selectionChanged?.()
        : HapticFeedback?.notificationOccurred?.(feel),
    );
  } else if (feel === 'selection') {
    navigator.vibrate?.(12);
  }
}

export type Shared = 'shared' | 'cancelled' | 'copied' | 'failed';

/** Offers a link to others: in MAX its chats, elsewhere the system's sheet, else the clipboard. Call it from a click. */
export async function share({ text, url }: { text: string; url: string }): Promise<Shared> {
  const max = bridge();
  const offer = max?.shareMaxContent ?? max?.shareContent;
  if (offer) {
    try {
      const { status } = await offer.call(max, { text, link: url });
      return status === 'cancelled' ? 'cancelled' : 'shared';
    } catch {
      // The host refused or did not answer; there are other ways.
    }
  }
  if (typeof navigator.share === 'function') {
    try {
      await navigator.share({ title: text, url });
      return 'shared';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled';
    }
  }
  return (await copyText(url)) ? 'copied' : 'failed';
}

/** Whether `share` opens something to choose from, and does not merely copy. */
export function canShare(): boolean {
  const max = bridge();
  return Boolean(max?.shareMaxContent ?? max?.shareContent) || typeof navigator.share === 'function';
}

/**
 * Saves what is at an address of the gallery under a name; the page stays as it is. Inside MAX, whose web view ignores
 * `<a download>`, MAX does it: the address must open without a cookie. Call it from a click.
 */
export async function saveFile(url: string, name: string): Promise<void> {
  const max = bridge();
  const absolute = new URL(url, location.href);
  if (max?.downloadFile && absolute.protocol === 'https:') {
    try {
      await max.downloadFile(absolute.href, name);
      return;
    } catch {
      // MAX refused or did not answer: the browser's way is left.
    }
  }
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
