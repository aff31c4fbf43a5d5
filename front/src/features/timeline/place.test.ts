import { describe, expect, test } from 'vitest';
import { parsePlace } from './place';

const RED_SQUARE = { latitude: 55.7539, longitude: 37.6208 };

describe('parsePlace', () => {
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

  test.each(['', 'Москва', '91, 0', '0, 181', '55.75', 'https://example.org/photos/1', '1, 2, 3'])(
    'nothing in "%s"',
    (text) => {
      expect(parsePlace(text)).toBeNull();
    },
  );
});
