import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { assetFacts } from '../testing';
import { Slide, type SlideProps } from './Slide';

const nothing = () => undefined;

const PROPS: SlideProps = {
  facts: assetFacts({ id: 'a' }),
  label: 'photo',
  fitted: { width: 10, height: 10 },
  mayLoad: true,
  isCurrent: true,
  original: null,
  wantsOriginal: () => false,
  live: 'off',
  onLiveEnd: nothing,
  instead: null,
  unplayable: () => null,
  onVideo: nothing,
  onReady: nothing,
  frameRef: null,
};

const preview = () => document.querySelectorAll('img')[1] as HTMLImageElement;
const isBroken = () => screen.queryByText('viewer.broken') !== null;

test('a picture that did not come is fetched anew by its button, by the network and at a new address', () => {
  const { rerender } = render(<Slide {...PROPS} />);
  const again = [
    () => fireEvent.click(screen.getByRole('button')),
    () => fireEvent(window, new Event('online')),
    () => rerender(<Slide {...PROPS} facts={{ ...PROPS.facts, preview: '/preview/new' }} />),
  ];
  for (const retry of again) {
    const before = preview();
    fireEvent.error(before);
    expect(isBroken()).toBe(true);
    retry();
    expect(isBroken()).toBe(false);
    expect(preview()).not.toBe(before);
  }
  expect(preview().getAttribute('src')).toBe('/preview/new');
});
