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
  'Москва',
  '1, 2, 3',
  'https://example.org/photos/1',
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

const RED_SQUARE = { latitude: 55.7539, longitude: 37.6208 };

test.each([
  ['55.7539, 37.6208'],
  [' 55.7539 37.6208 '],
  ['55,7539 37,6208'],
  ['geo:55.7539,37.6208?z=15'],
  ['https://www.google.com/maps/@55.7539,37.6208,17z'],
  ['https://www.google.com/maps/place/Red+Square/@55.75,37.61,17z/data=!3m1!4b1!8m2!3d55.7539!4d37.6208'],
  ['https://maps.google.com/?q=55.7539,37.6208'],
  ['https://www.google.com/maps/search/?api=1&query=55.7539%2C37.6208'],
  ['https://maps.apple.com/?ll=55.7539,37.6208&z=12'],
  ['https://www.openstreetmap.org/?mlat=55.7539&mlon=37.6208#map=15/55.7/37.6'],
  ['https://www.openstreetmap.org/#map=15/55.7539/37.6208'],
  ['https://yandex.ru/maps/213/moscow/?ll=37.6208%2C55.7539&z=16'],
  ['https://yandex.ru/maps/?ll=37.5%2C55.5&pt=37.6208,55.7539&z=16'],
  ['https://2gis.ru/moscow/geo/4504222397630173/37.6208,55.7539?m=37.6208,55.7539/16'],
])('%s', (text) => {
  expect(parsePlace(text)).toEqual(RED_SQUARE);
});

test('degrees, minutes and seconds, with the sides of either language', () => {
  expect(parsePlace(`55°45'21"N 37°37'04"E`)).toEqual({ latitude: 55.755833, longitude: 37.617778 });
  expect(parsePlace('33.9°S, 18.4°E')).toEqual({ latitude: -33.9, longitude: 18.4 });
  expect(parsePlace('37°30′ в 55°30′ с')).toEqual({ latitude: 55.5, longitude: 37.5 });
});
