export {
  type Address,
  type Destination,
  goTo,
  hereAsPath,
  hrefOf,
  matchPath,
  navigate,
  type Path,
  type Search,
  useAddress,
} from './address';
export { Link } from './Link';

import { navigate, type Search, useAddress } from './address';

/** The search parameters of the open page. */
export function useSearch(_options?: { strict: false }): Search {
  return useAddress().search;
}

export function useNavigate(): typeof navigate {
  return navigate;
}
