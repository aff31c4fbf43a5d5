import { renderHook } from '@testing-library/react';
import { beforeAll, expect, it } from 'vitest';
import { loadTexts } from '@/locales';
import { chooseLanguage, startLanguage } from '@/shared/i18n';
import { useLabels } from './labels';
import { FakeLibrary } from './testing';

const [photo] = new FakeLibrary([['2026-08-11', 1]]).assets.map((facts) => ({ ...facts, minutes: 1125 }));

beforeAll(async () => {
  await startLanguage(loadTexts);
  await chooseLanguage('ru');
});

it('a photo is called by its title, by what it is and by when it was taken', () => {
  if (!photo) throw new Error('There is no photo.');
  const labels = renderHook(() => useLabels()).result.current;
  const when = labels.when(photo);
  expect(when).toMatch(/^11 августа 2026 г\..*18:45$/);
  expect(labels.asset(photo)).toBe(`Фото, ${when}`);
  expect(labels.asset({ ...photo, title: 'Дача' })).toBe(`Дача, фото, ${when}`);
  const clip = { ...photo, title: 'Дача', video: true, duration: 67, favourite: true };
  expect(labels.tile(clip, true)).toBe(`Дача, видео, ${when}, 1:07, в избранном, выбрано`);
});
