import { act, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  chooseLanguage,
  currentLanguage,
  firstLanguage,
  type Language,
  setHostLanguage,
  startLanguage,
  useTranslation,
} from '.';
import { formatsFor, useFormats } from './format';
import { type Texts, translator } from './translate';

const TEXTS = {
  shared: {
    hello: 'Привет, {{name}}!',
    photos_one: '{{count}} фото',
    photos_few: '{{count}} фотки',
    photos_many: '{{count}} фоток',
    photos_other: '{{count}} фотки',
  },
} as Texts;

describe('a translator', () => {
  const t = translator('ru', TEXTS, 'shared') as (key: string, values?: object) => string;

  it.each([
    [0, '0 фоток'],
    [1, '1 фото'],
    [2, '2 фотки'],
    [5, '5 фоток'],
    [11, '11 фоток'],
    [21, '21 фото'],
    [12_431, '12\u00a0431 фото'],
    [1.5, '1,5 фотки'],
  ])('chooses the plural form of %d', (count, text) => expect(t('photos', { count })).toBe(text));

  it('puts values in once, as they are', () => {
    expect(t('hello', { name: '$& {{name}}' })).toBe('Привет, $& {{name}}!');
  });

  it('shows what is missing instead of failing', () => {
    expect(t('no.such.key')).toBe('no.such.key');
    expect(t('hello')).toBe('Привет, {{name}}!');
  });
});

function Button() {
  const { t } = useTranslation();
  const formats = useFormats();
  return <p>{`${t('cancel')} ${formats.number(1.5)}`}</p>;
}

describe('the language', () => {
  const load = async (language: Language): Promise<Texts> => ({
    shared: { cancel: language === 'ru' ? 'Отмена' : 'Cancel' },
  });

  beforeEach(() => localStorage.clear());

  it('is that of MAX before the browser’s, and a choice comes before both', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['ru-RU']);
    setHostLanguage('en');
    expect(firstLanguage()).toBe('en');
    await chooseLanguage('ru');
    expect(firstLanguage()).toBe('ru');
    await chooseLanguage(null);
    expect(currentLanguage()).toBe('en');
    setHostLanguage(null);
    expect(firstLanguage()).toBe('ru');
  });

  it('is the browser’s, unless one was chosen', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['de-DE', 'ru-RU', 'en']);
    await startLanguage(load);
    expect(currentLanguage()).toBe('ru');
    await chooseLanguage('en');
    await startLanguage(load);
    expect(currentLanguage()).toBe('en');
    expect(document.documentElement.lang).toBe('en');
    await chooseLanguage(null);
    expect(currentLanguage()).toBe('ru');
  });

  it('changes what is on the screen', async () => {
    await startLanguage(load);
    await chooseLanguage('ru');
    render(<Button />);
    expect(screen.getByText('Отмена 1,5')).toBeTruthy();
    await act(() => chooseLanguage('en'));
    expect(screen.getByText('Cancel 1.5')).toBeTruthy();
  });
});

describe('formats', () => {
  const ru = formatsFor('ru');
  const en = formatsFor('en');
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

  it.each([
    [0, '0 байт', '0 bytes'],
    [1, '1 байт', '1 byte'],
    [999, '999 байт', '999 bytes'],
    [1000, '1 кБ', '1 kB'],
    [12_431_000, '12,4 МБ', '12.4 MB'],
    [48_230_000_000, '48,2 ГБ', '48.2 GB'],
  ])('%d bytes', (bytes, russian, english) => {
    expect(plain(ru.bytes(bytes))).toBe(russian);
    expect(plain(en.bytes(bytes))).toBe(english);
  });

  it('says how long ago', () => {
    const now = Date.parse('2026-05-01T12:00:00Z');
    expect(ru.ago('2026-05-01T11:59:40Z', now)).toBe('сейчас');
    expect(ru.ago('2026-05-01T09:00:00Z', now)).toBe('3 часа назад');
    expect(ru.ago('2026-04-30T11:00:00Z', now)).toBe('вчера');
    expect(en.ago('2024-05-01T12:00:00Z', now)).toBe('2 years ago');
  });

  it('keeps a camera’s day and time whatever the reader’s time zone', () => {
    expect(plain(ru.day('2024-05-01'))).toContain('1 мая 2024');
    expect(plain(ru.local('2024-05-01T23:59:00'))).toContain('23:59');
  });

  it.each([
    [7.4, '0:07'],
    [59.9, '1:00'],
    [61, '1:01'],
    [3723, '1:02:03'],
  ])('shows %d seconds as a clock', (seconds, clock) => expect(ru.clock(seconds)).toBe(clock));
});
