import { beforeEach, describe, expect, it } from 'vitest';
import { forgetDrafts, keepDraft, ownDrafts, readDraft } from './drafts';
import { dropFragment, fragmentValue, takeFragment } from './fragment';
import { safeReturn } from './safeReturn';
import { stored } from './useStored';

describe('safeReturn', () => {
  it.each([
    ['/', '/'],
    ['/s/1?photo=2', '/s/1?photo=2'],
    ['/a#b', '/a'],
    ['/a/../b', '/b'],
  ])('lets %s through', (path, expected) => expect(safeReturn(path)).toBe(expected));

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'a',
    '',
    null,
    5,
    {},
  ])('refuses %j', (path) => expect(safeReturn(path)).toBeNull());
});

describe('a fragment', () => {
  beforeEach(() => {
    sessionStorage.clear();
    history.replaceState(null, '', '/');
  });

  it('gives one value, decoded once, with "+" as it is', () => {
    expect(fragmentValue('#token=a%2Bb+c&x=1', 'token')).toBe('a+b+c');
    expect(fragmentValue('#WebAppData=user%3D%257B%2526', 'WebAppData')).toBe('user=%7B%26');
  });

  it.each(['', '#', '#other=1', '#token=', '#token=1&token=2', '#token=%zz'])('%j has no token', (fragment) =>
    expect(fragmentValue(fragment, 'token')).toBeNull(),
  );

  it('leaves the address bar and survives a reload, until it is dropped', () => {
    history.replaceState(null, '', '/join?a=1#token=secret');
    expect(takeFragment('join', 'token')).toBe('secret');
    expect(location.href).not.toContain('secret');
    expect(location.search).toBe('?a=1');
    expect(takeFragment('join', 'token')).toBe('secret');
    dropFragment('join');
    expect(takeFragment('join', 'token')).toBeNull();
  });
});

describe('drafts in a tab', () => {
  beforeEach(() => sessionStorage.clear());

  it('are one person’s, also when the page is loaded anew before another one comes', () => {
    keepDraft('member', { login: 'somebody' });
    expect(ownDrafts('a'), 'typed before signing in').toBe(true);
    expect(ownDrafts('a')).toBe(true);
    expect(ownDrafts('b')).toBe(false);
    forgetDrafts();
    expect(readDraft('member')).toEqual({});
    expect(ownDrafts('b')).toBe(true);
  });
});

it('a stored choice ignores values that make no sense and tells every listener', () => {
  localStorage.setItem('k', 'nonsense');
  const choice = stored<'a' | 'b'>('k', (value) => value === 'a' || value === 'b');
  expect(choice.get()).toBeNull();
  const heard: unknown[] = [];
  const stop = choice.subscribe(() => heard.push(choice.get()));
  choice.set('a');
  localStorage.setItem('k', 'b');
  window.dispatchEvent(new StorageEvent('storage', { key: 'k' }));
  choice.set(null);
  stop();
  choice.set('b');
  expect(heard).toEqual(['a', 'b', null]);
  expect(localStorage.getItem('k')).toBe('b');
});
