import { expect, test } from 'vitest';
import { lastOne } from './lastOne';

/** Work that waits until it is let go. */
function slowWork() {
  const sent: string[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const { send, isBusy } = lastOne<number>((key, value) => {
    sent.push(`${key}${value}`);
    return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  });
  return {
    sent,
    send,
    isBusy,
    next: async (error?: Error) => {
      const first = waiting.shift();
      if (error) first?.reject(error);
      else first?.resolve();
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

test('only the first and the last of many values are sent, one after the other', async () => {
  const { sent, send, isBusy, next } = slowWork();
  const all = Promise.all([send('a', 1), send('a', 2), send('a', 3)]);
  expect(sent).toEqual(['a1']);
  await next();
  expect(sent).toEqual(['a1', 'a3']);
  expect(isBusy('a')).toBe(true);
  await next();
  await all;
  expect(isBusy('a')).toBe(false);
});

test('keys do not wait for each other', () => {
  const { sent, send } = slowWork();
  void send('a', 1);
  void send('b', 1);
  expect(sent).toEqual(['a1', 'b1']);
});

test('after a failure nothing more is sent, and the next value begins anew', async () => {
  const { sent, send, next } = slowWork();
  const failed = Promise.allSettled([send('a', 1), send('a', 2)]);
  await next(new Error('The server is away.'));
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  void send('a', 4);
  expect(sent).toEqual(['a1', 'a4']);
});
