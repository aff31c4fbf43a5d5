import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { type Destination, hrefOf, navigate, useAddress } from './address';

type LinkProps = Destination & { replace?: boolean } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>;

/**
 * A link to a page of this site. It is a real one (open in a new tab, copy the address), and says
 * aria-current="page" when it leads to where one is.
 */
export function Link(props: LinkProps) {
  const { pathname } = useAddress();
  const { destination, attributes } = split(props);
  const href = hrefOf(destination);

  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    attributes.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || attributes.target) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(destination);
  }

  const here = href.split('?')[0] === pathname;
  return <a aria-current={here ? 'page' : undefined} {...attributes} href={href} onClick={follow} />;
}

function split(props: LinkProps) {
  const { to, params, search, replace, ...attributes } = props as LinkProps & {
    params?: { spaceId: string };
  };
  const destination = { to, params, search, replace } as Destination & { replace?: boolean };
  return { destination, attributes };
}
