/** In a field, a dialog or a menu, keys mean something else than on the page. */
export function hasOwnKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog, [popover]') !== null;
}
