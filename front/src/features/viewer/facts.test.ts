import { describe, expect, test } from 'vitest';
import { offsetText, parseOffset } from '@/shared/lib/offset';
import { exposureFacts, mapLink } from './facts';

describe('offsets from UTC', () => {
  test.each([
    [180, '+03:00'],
    [-210, '-03:30'],
    [0, '+00:00'],
    [345, '+05:45'],
  ])('%d minutes are written %s and read back', (minutes, text) => {
    expect(offsetText(minutes)).toBe(text);
    expect(parseOffset(text)).toBe(minutes);
  });

  test.each([
    ['3', 180],
    ['UTC+3', 180],
    ['−5', -300],
    ['+0530', 330],
    ['', null],
    ['  ', null],
    ['+25', undefined],
    ['Moscow', undefined],
    ['+3:75', undefined],
  ])('%j is read as %j', (text, minutes) => {
    expect(parseOffset(text)).toBe(minutes);
  });

  test('an unknown offset has no text', () => {
    expect(offsetText(null)).toBeNull();
  });
});

describe('exposureFacts', () => {
  const units = { seconds: 's', millimetres: 'mm' };

  test('reads numbers', () => {
    const exif = { ExposureTime: 0.004, FNumber: 2.8, ISO: 400, FocalLength: 50 };
    expect(exposureFacts(exif, units)).toEqual(['1/250 s', 'f/2.8', 'ISO 400', '50 mm']);
  });

  test('reads texts as ExifTool writes them', () => {
    const exif = { ExposureTime: '1/1250', FNumber: '1.78', FocalLength: '5.7 mm' };
    expect(exposureFacts(exif, units)).toEqual(['1/1250 s', 'f/1.8', '5.7 mm']);
  });

  test('a long exposure is in seconds', () => {
    expect(exposureFacts({ ExposureTime: 2.5 }, units)).toEqual(['2.5 s']);
  });

  test('nonsense is left out', () => {
    expect(exposureFacts({ ExposureTime: 'bulb', FNumber: 0, ISO: null }, units)).toEqual([]);
  });
});

test('the map link points at the place', () => {
  expect(mapLink(55.7558, -37.6173)).toBe(
    'https://www.openstreetmap.org/?mlat=55.75580&mlon=-37.61730#map=15/55.75580/-37.61730',
  );
});
