import { type Search, useAddress } from './address';

export {
  type Destination,
  goBack,
  goTo,
  goUnder,
  hereAsPath,
  hrefOf,
  matchPath,
  navigate,
  type Path,
  type Search,
  useAddress,
} from './address';
export { Link } from './Link';
export { closeTopLayer, useHasLayers, useLayer } from './layers';

/** The search parameters of the open page. */
export function useSearch(): Search {
  return useAddress().search;
}
