import { useEffect } from 'react';
import { useBusy } from '@/shared/lib/busy';
import { allowVerticalSwipes, confirmClosing, showBackButton } from '@/shared/max';
import { closeTopLayer, goBack, useAddress, useHasLayers, useLayer } from '@/shared/navigation';

/** Keeps the application around the page (MAX) informed: whether there is a way back, and whether it may close. */
export function useHost(): void {
  const { pathname, search } = useAddress();
  const isPhotoOpen = search.photo !== undefined;
  useLayer(isPhotoOpen, goBack);
  const hasLayers = useHasLayers();
  const isBusy = useBusy();
  const canGoBack = hasLayers || !isFirstPage(pathname);
  useEffect(() => showBackButton(canGoBack, back), [canGoBack]);
  useEffect(() => confirmClosing(isBusy), [isBusy]);
  useEffect(() => allowVerticalSwipes(!isPhotoOpen), [isPhotoOpen]);
}

/** Where one arrives: the photos of a space, or the way to them. */
function isFirstPage(pathname: string): boolean {
  return pathname === '/' || pathname === '/sign-in' || /^\/s\/[^/]+$/.test(pathname);
}

/** What Escape would close, else what the browser's back button would do. */
function back(): void {
  const menu = document.querySelector<HTMLElement>(':popover-open');
  if (menu) menu.hidePopover();
  else if (!closeTopLayer()) goBack();
}
