import { useEffect } from 'react';
import { goTo } from '@/shared/navigation';

/** Leads on to another page as soon as it is drawn; nobody comes back to it. */
export function Redirect({ path }: { path: string }) {
  useEffect(() => goTo(path, true), [path]);
  return null;
}
