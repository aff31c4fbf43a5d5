import { GonePage, NotFoundPage } from '@/features/shell';
import { useLostSpaceName } from './spaces';

/** The address names a space that is not theirs. Only what they saw a moment ago is called by its name. */
export function NoSpace() {
  const name = useLostSpaceName();
  return name === null ? <NotFoundPage /> : <GonePage name={name} />;
}
