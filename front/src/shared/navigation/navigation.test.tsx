import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { goTo, goUnder, hrefOf, Link, matchPath, navigate, useAddress } from '.';
import { readSearch } from './address';

const ID = '0190b7a0-1c1c-7000-8000-00000000abcd';
const PHOTO = '0190b7a0-1c1c-7000-8000-00000000ffff';

beforeEach(() => goTo('/', true));

describe('an address', () => {
  it('is written from a page, its values and its search', () => {
    expect(hrefOf({ to: '/s/$spaceId/trash', params: { spaceId: ID } })).toBe(`/s/${ID}/trash`);
    expect(hrefOf({ to: '/sign-in', search: { return: '/s/1?photo=2' } })).toBe(
      '/sign-in?return=%2Fs%2F1%3Fphoto%3D2',
    );
    goTo(`/s/${ID}?photo=${PHOTO}`);
    expect(hrefOf({ to: '.', search: {} })).toBe(`/s/${ID}`);
  });

  it('drops what does not belong there', () => {
    expect(readSearch(`?photo=${PHOTO}&x=1`)).toEqual({ photo: PHOTO });
    expect(readSearch('?photo=../../etc&return=//evil.example')).toEqual({});
  });

  it('is matched by the whole of it', () => {
    expect(matchPath('/s/$spaceId', `/s/${ID}`)).toEqual({ spaceId: ID });
    expect(matchPath('/s/$spaceId/trash', `/s/${ID}/trash`)).toEqual({ spaceId: ID });
    expect(matchPath('/s/$spaceId', `/s/${ID}/trash`)).toBeNull();
    expect(matchPath('/s/$spaceId', '/s/not-an-id')).toBeNull();
    expect(matchPath('/settings', '/settings')).toEqual({});
    expect(matchPath('/', '/settings')).toBeNull();
  });

  it('goes into the history once, or not at all when it replaces', () => {
    const before = history.length;
    navigate({ to: '/settings' });
    navigate({ to: '/settings' });
    navigate({ to: '/operator', replace: true });
    expect(history.length).toBe(before + 1);
    expect(location.pathname).toBe('/operator');
  });

  it('is left for the one under it: back where one came from there, else in its place', async () => {
    goTo('/settings');
    goTo(`/s/${ID}`);
    navigate({ to: '.', search: { photo: PHOTO } });
    navigate({ to: '.', search: { photo: ID }, replace: true });
    const length = history.length;
    const gone = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    goUnder({ to: '.' });
    goUnder({ to: '.' });
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(location.href).toMatch(new RegExp(`/s/${ID}$`));
    goTo('/settings');
    goTo(`/s/${ID}?photo=${PHOTO}`);
    goUnder({ to: '.' });
    expect(location.href).toMatch(new RegExp(`/s/${ID}$`));
    expect(history.length).toBe(length + 1);
  });
});

function Page() {
  const { pathname } = useAddress();
  return (
    <>
      <output>{pathname}</output>
      <Link to="/settings">go</Link>
    </>
  );
}

describe('a link', () => {
  it('goes there without loading the page, and says when one is there', () => {
    render(<Page />);
    const link = screen.getByRole('link');
    expect(link.getAttribute('href')).toBe('/settings');
    expect(link.hasAttribute('aria-current')).toBe(false);
    expect(fireEvent.click(link)).toBe(false);
    expect(screen.getByRole('status').textContent).toBe('/settings');
    expect(link.getAttribute('aria-current')).toBe('page');
  });

  it.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }])(
    'leaves a click with %j to the browser',
    (how) => {
      render(<Page />);
      // jsdom cannot follow links; this keeps it from trying, after the link has had its say.
      window.addEventListener('click', (event) => event.preventDefault(), { once: true });
      fireEvent.click(screen.getByRole('link'), how);
      expect(screen.getByRole('status').textContent).toBe('/');
    },
  );
});
