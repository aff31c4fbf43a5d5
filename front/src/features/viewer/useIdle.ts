import { useEffect, useState } from 'react';

const REST = 2800;
/** An open sheet or menu, and a control that the keyboard is on. */
const BUSY = 'dialog[open], [popover]:popover-open, :is(button, a, input, textarea):focus-visible';

/** Whether mouse, fingers and keys have rested for a while; never while a menu or a sheet is open, or nobody asks. */
export function useIdle(isAsked: boolean): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    if (!isAsked) return undefined;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const rest = () => {
      if (document.querySelector(BUSY)) wait();
      else setIdle(true);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(rest, REST);
    };
    const wake = () => {
      setIdle(false);
      wait();
    };
    for (const name of ['pointermove', 'pointerdown', 'keydown'])
      document.addEventListener(name, wake, { signal: end.signal, passive: true });
    wait();
    return () => {
      end.abort();
      clearTimeout(timer);
      setIdle(false);
    };
  }, [isAsked]);
  return isIdle;
}
