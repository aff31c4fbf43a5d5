import { expect, test } from 'vitest';
import { laidOnto } from './flight';

test('a tile of the same proportions shows the whole picture', () => {
  const frame = { left: 100, top: 0, width: 1200, height: 900 };
  const tile = { left: 20, top: 300, width: 240, height: 180 };
  expect(laidOnto(tile, frame)).toEqual({
    transform: 'translate(-560px, -60px) scale(0.2)',
    clipPath: 'inset(0px 0px)',
  });
});

test('a tile that shows a part of a panorama begins with that part, undistorted', () => {
  const frame = { left: 0, top: 400, width: 1000, height: 100 };
  const tile = { left: 0, top: 0, width: 300, height: 100 };
  expect(laidOnto(tile, frame)).toEqual({
    transform: 'translate(-350px, -400px) scale(1)',
    clipPath: 'inset(0px 350px)',
  });
});
