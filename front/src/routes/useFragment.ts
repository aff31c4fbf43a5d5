import { useEffect, useState } from 'react';
import { takeFragment } from '@/shared/lib/fragment';

/** The secret after "#", also when another link of the same page is opened in this tab. */
export function useFragment(page: string, name: string): string | null {
  const [value, setValue] = useState(() => takeFragment(page, name));
  useEffect(() => {
    const take = () => {
      if (location.hash) setValue(takeFragment(page, name));
    };
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, [page, name]);
  return value;
}
