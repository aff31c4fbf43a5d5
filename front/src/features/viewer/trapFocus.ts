const FOCUSABLE = 'button:not(:disabled, [tabindex="-1"]), a[href], input, textarea, select, [tabindex="0"]';

/** Keeps the Tab key inside an element. */
export function trapFocus(event: KeyboardEvent, root: HTMLElement | null): void {
  if (event.key !== 'Tab' || !root) return;
  if (event.target instanceof Element && event.target.closest('dialog')) return;
  const all = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.offsetParent !== null && !element.closest('[inert], dialog'),
  );
  const here = all.indexOf(document.activeElement as HTMLElement);
  const next = event.shiftKey ? here - 1 : here + 1;
  if (here >= 0 && next >= 0 && next < all.length) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
