import { expect, test } from 'vitest';
import { parsePlace, placeText } from './place';

const MOSCOW = { latitude: 55.75, longitude: 37.62 };
const SYDNEY = { latitude: -33.8568, longitude: 151.2153 };

test.each([
  ['55.75, 37.62', MOSCOW],
  ['  55.75 37.62 ', MOSCOW],
  ['55.75;37.62', MOSCOW],
  ['55.75°, 37.62°', MOSCOW],
  ['55,75; 37,62', MOSCOW],
  ['55,75 37,62', MOSCOW],
  ['-33.8568,151.2153', SYDNEY],
  ['−33.8568, +151.2153', SYDNEY],
  ['0, 0', { latitude: 0, longitude: 0 }],
  ['geo:55.75,37.62?z=15', MOSCOW],
  ['https://www.google.com/maps/@55.75,37.62,15z', MOSCOW],
  ['https://maps.google.com/?q=55.75,37.62', MOSCOW],
  ['https://www.google.com/maps/place/X/@1.1,2.2,17z/data=!3m1!4b1!8m2!3d-33.8568!4d151.2153', SYDNEY],
  ['https://www.openstreetmap.org/#map=15/55.75/37.62', MOSCOW],
  ['https://www.openstreetmap.org/?mlat=55.75&mlon=37.62#map=15/1/2', MOSCOW],
  ['https://yandex.ru/maps/213/moscow/?ll=37.62%2C55.75&z=12', MOSCOW],
  ['https://yandex.ru/maps/?ll=1%2C2&whatshere%5Bpoint%5D=37.62%2C55.75', MOSCOW],
  ['yandex.ru/maps/?pt=37.62,55.75', MOSCOW],
  ['https://2gis.ru/moscow/geo/37.62,55.75', MOSCOW],
  ['https://2gis.ru/moscow?m=37.62%2C55.75%2F16', MOSCOW],
  ['https://maps.apple.com/?ll=55.75,37.62', MOSCOW],
])('%s', (text, expected) => {
  expect(parsePlace(text)).toEqual(expected);
});

test.each(['55°45′00″N 37°37′12″E', `55°45'0"N, 37°37'12"E`, "N55° 45' E37° 37.2'", '55°45′с 37°37,2′в'])(
  'degrees, minutes, seconds: %s',
  (text) => {
    const found = parsePlace(text);
    expect(found?.latitude).toBeCloseTo(55.75, 6);
    expect(found?.longitude).toBeCloseTo(37.62, 6);
  },
);

test('south and west are negative', () => {
  expect(parsePlace('33°30′0″S 151°30′0″W')).toEqual({ latitude: -33.5, longitude: -151.5 });
});

test.each([
  '',
  'Moscow',
  '55.75',
  '91, 0',
  '0, 181',
  'https://maps.app.goo.gl/abcdef',
  'https://example.org/',
  '1 2 3',
  '55°45′',
])('no place: %j', (text) => {
  expect(parsePlace(text)).toBeNull();
});

test('what is written can be read', () => {
  expect(parsePlace(placeText(SYDNEY))).toEqual(SYDNEY);
});
