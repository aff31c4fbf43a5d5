import { expect, it, vi } from 'vitest';
import { emptyInbox, lookIntoInbox, putIntoInbox } from './inbox';

const DAY = 24 * 3600 * 1000;

const count = async () => (await lookIntoInbox()).length;

it('what was shared waits for a day and is gone then, from the device too', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(0);
  await putIntoInbox([new File(['1'], 'old'), new File(['2'], 'old too')]);
  clock.mockReturnValue(DAY - 1);
  await putIntoInbox([new File(['3'], 'new')]);
  expect(await count()).toBe(3);
  clock.mockReturnValue(DAY + 1);
  expect(await count()).toBe(1);
  clock.mockReturnValue(0);
  expect(await count()).toBe(1);
  await emptyInbox();
  expect(await count()).toBe(0);
});
