import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPerson } from './people';
import { enterAs, expect, expectAccessible, ONCE, shoot, test } from './test';
import { choose, keeps, Line, openList, panel, picture, tusRequests, writeTree } from './uploads';

test('chosen files arrive, and known ones are not sent again', async ({ page }) => {
  const { person, space } = await newPerson('Мама');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const files = ['a.png', 'b.png', 'c.png'].map((name) => picture(name));
  await choose(page, files);
  await expect(panel(page).getByText('Загружено 3 файла').first()).toBeVisible();
  for (const file of files) expect(await keeps(person, space, file.buffer)).toBe(true);
  await shoot(page, 'upload-done');

  const requests = tusRequests(page);
  await choose(page, files);
  await expect(panel(page).getByText('Ещё 3 файла уже были в галерее.')).toBeVisible();
  expect(requests).toEqual([]);
});

test('a press during which uploading arrives is not lost', ONCE, async ({ page }) => {
  const { person, space } = await newPerson('Мама');
  await enterAs(page, person);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/assets\/upload-.*\.js$/, (route) => held.then(() => route.continue()));
  await page.goto(`/s/${space.id}`);
  // Long before: a chooser that opens at once would not be heard.
  const asked = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Загрузить', exact: true }).first().hover();
  await page.mouse.down();
  release();
  await page.getByRole('button', { name: 'Другие способы загрузки' }).first().waitFor();
  // A browser opens files for five seconds after somebody did something; a busy machine may have needed them.
  await page.keyboard.press('Shift');
  await page.mouse.up();
  const photo = picture('held.png');
  await (await asked).setFiles([photo]);
  await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);
});

test('a refused file tells why, and the others arrive', async ({ page }) => {
  const { person, space } = await newPerson('Мама');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const good = picture('good.png');
  await choose(page, [
    { name: 'budget.pdf', mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7 ${'x'.repeat(400)}`) },
    { name: 'nothing.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) },
    good,
  ]);
  const list = await openList(page);
  await expect(list.getByText('Галерея не принимает такие файлы')).toBeVisible();
  await expect(list.getByText('Файл пустой')).toBeVisible();
  await expect.poll(() => keeps(person, space, good.buffer)).toBe(true);
  await expectAccessible(page);
  await shoot(page, 'upload-refused');
  await list.getByRole('button', { name: 'Убрать', exact: true }).first().click();
  await expect(list.getByText('Файл пустой')).toBeHidden();
});

test('a photo that was deleted comes back only when asked for', ONCE, async ({ page }) => {
  const { person, space } = await newPerson('Мама');
  const photo = picture('again.png');
  const id = await person.upload(space, photo.name, photo.buffer);
  await person.call('POST', '/api/assets/trash', { ids: [id] });
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  await choose(page, [photo]);
  const list = await openList(page);
  await list.getByRole('button', { name: 'Вернуть', exact: true }).click();
  await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);

  await person.call('POST', '/api/assets/trash', { ids: [id] });
  await person.call('POST', '/api/assets/purge', { ids: [id] });
  await page.reload();
  await choose(page, [photo]);
  const again = await openList(page);
  await expect(again.getByText('Это фото отсюда уже удаляли')).toBeVisible();
  await again.getByRole('button', { name: 'Загрузить', exact: true }).click();
  await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);
});

test('a lost connection is waited for', async ({ page }) => {
  const { person, space } = await newPerson('Папа');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  // Chromium lets requests that are on their way finish; the others find nobody.
  const files = ['1.png', '2.png', '3.png', '4.png', '5.png'].map((name) => picture(name, 600));
  const line = await Line.of(page);
  await line.slow(300_000);
  await choose(page, files);
  await expect((await openList(page)).getByText(/из 1,08 МБ/).first()).toBeVisible();
  await line.cut();
  await expect(page.getByText('Нет интернета').first()).toBeVisible();
  await expect(page.getByText('Продолжим, когда появится связь.').first()).toBeVisible();
  await shoot(page, 'upload-offline');

  await line.fast();
  await expect(page.getByText('Загружено 5 файлов').first()).toBeVisible({ timeout: 30_000 });
  for (const file of files) expect(await keeps(person, space, file.buffer)).toBe(true);
});

test('a reload in the middle goes on from there, without a warning', ONCE, async ({ page }) => {
  const { person, space } = await newPerson('Папа');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const files = [picture('large.png', 2000), picture('later.png')];
  const line = await Line.of(page);
  await line.slow(2_000_000);
  await choose(page, files);
  await expect((await openList(page)).getByText(/из 12 МБ/)).toBeVisible();
  const warnings: string[] = [];
  page.on('dialog', (dialog) => {
    warnings.push(dialog.type());
    void dialog.accept();
  });
  const requests = tusRequests(page);
  await page.reload();
  await line.fast();
  await expect
    .poll(() => keeps(person, space, files[0]?.buffer ?? Buffer.alloc(0)), { timeout: 30_000 })
    .toBe(true);
  await expect.poll(() => keeps(person, space, files[1]?.buffer ?? Buffer.alloc(0))).toBe(true);
  expect(requests[0]).toBe('HEAD');
  expect(warnings).toEqual([]);
});

test(
  'a web view that was killed goes on in the next one, without choosing again',
  ONCE,
  async ({ page, context }) => {
    const { person, space } = await newPerson('Папа');
    await enterAs(page, person);
    await page.goto(`/s/${space.id}`);
    const line = await Line.of(page);
    await line.slow(300_000);
    // Those on their way may still be sent while the page goes; those behind them are the next page's affair.
    const photos = ['1.png', '2.png', '3.png', '4.png', '5.png'].map((name) => picture(name, 600));
    await choose(page, photos);
    await expect((await openList(page)).getByText(/из 1,08 МБ/).first()).toBeVisible();
    await page.close({ runBeforeUnload: false });

    const next = await context.newPage();
    const requests = tusRequests(next);
    await next.goto('/');
    for (const { buffer } of photos) {
      await expect.poll(() => keeps(person, space, buffer), { timeout: 30_000 }).toBe(true);
    }
    expect(requests.length).toBeGreaterThan(0);
  },
);

test('what a browser cannot keep is warned about, and chosen once more after all', ONCE, async ({ page }) => {
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, ...rest) {
      if (this.name === 'files') throw new DOMException('No files here.', 'DataCloneError');
      return put.call(this, value, ...rest);
    };
    const locks: string[] = [];
    Object.assign(window, { locks });
    Object.defineProperty(navigator, 'wakeLock', {
      value: {
        request: async (kind: string) => {
          locks.push(kind);
          return { release: async () => void locks.push('released') };
        },
      },
    });
  });
  const screen = () => page.evaluate(() => (window as unknown as { locks: string[] }).locks.at(-1));
  const { person, space } = await newPerson('Папа');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const line = await Line.of(page);
  await line.slow(300_000);
  const photo = picture('fragile.png', 700);
  await choose(page, [photo]);
  await expect((await openList(page)).getByText(/из 1,47 МБ/)).toBeVisible();
  expect(await screen()).toBe('screen');
  const warned = page.waitForEvent('dialog');
  const reloading = page.reload();
  const dialog = await warned;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  await reloading;

  await line.fast();
  const list = await openList(page);
  await expect(list.getByText('выберите этот файл ещё раз')).toBeVisible();
  const asked = page.waitForEvent('filechooser');
  await list.getByRole('button', { name: 'Выбрать', exact: true }).click();
  await (await asked).setFiles([photo]);
  await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);
  await expect.poll(screen).toBe('released');
});

test('files chosen without a connection are sent once there is one', ONCE, async ({ page, context }) => {
  const { person, space } = await newPerson('Папа');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const [early, photo] = [picture('early.png'), picture('tunnel.png')];
  await choose(page, [early]);
  await expect(page.getByText('Загружен 1 файл').first()).toBeVisible();
  await context.setOffline(true);
  await choose(page, [photo]);
  await expect(page.getByText('Нет интернета').first()).toBeVisible();
  await context.setOffline(false);
  await expect.poll(() => keeps(person, space, photo.buffer)).toBe(true);
});

test('pausing stops, resuming goes on', async ({ page }) => {
  const { person, space } = await newPerson('Папа');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  const line = await Line.of(page);
  await line.slow(2_000_000);
  const film = picture('large.png', 2000);
  await choose(page, [film]);
  const list = await openList(page);
  await expect(list.getByText(/из 12 МБ/)).toBeVisible();
  await list.getByRole('button', { name: 'Приостановить' }).click();
  await expect(list.getByText(/на паузе, отправлено/)).toBeVisible();
  await shoot(page, 'upload-paused');
  await line.fast();
  await list.getByRole('button', { name: 'Продолжить' }).click();
  await expect.poll(() => keeps(person, space, film.buffer), { timeout: 30_000 }).toBe(true);
});

test.describe('dropping', () => {
  let root: string;

  test.beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gallery-drop-'));
  });

  test.afterEach(() => rm(root, { recursive: true }));

  test('a folder with folders in it', async ({ page, isMobile }) => {
    test.skip(isMobile, 'phones have nothing to drop');
    const written = await writeTree(root, [
      'Отпуск/1.png',
      'Отпуск/День 1/2.png',
      'Отпуск/День 2/Вечер/3.png',
    ]);
    const litter = await writeTree(root, ['Отпуск/.DS_Store']);
    const { person, space } = await newPerson('Мама', 'Семья');
    await enterAs(page, person);
    await page.goto(`/s/${space.id}`);
    await expect(page.getByRole('button', { name: 'Другие способы загрузки' }).first()).toBeVisible();
    const mouse = await page.context().newCDPSession(page);
    const data = { items: [], files: [join(root, 'Отпуск')], dragOperationsMask: 1 };
    const at = { x: 600, y: 400, data };
    await mouse.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at });
    await mouse.send('Input.dispatchDragEvent', { type: 'dragOver', ...at });
    await expect(page.getByText('Отпустите, чтобы загрузить')).toBeVisible();
    await shoot(page, 'upload-drop');
    await mouse.send('Input.dispatchDragEvent', { type: 'drop', ...at });
    await expect(page.getByText('Отпустите, чтобы загрузить')).toBeHidden();
    await expect(panel(page).getByText('Загружено 3 файла').first()).toBeVisible();
    for (const bytes of written.values()) expect(await keeps(person, space, bytes)).toBe(true);
    for (const bytes of litter.values()) expect(await keeps(person, space, bytes)).toBe(false);
  });
});

test('a pasted picture is uploaded, and text in a field is left alone', async ({ page, isMobile }) => {
  test.skip(isMobile, 'phones paste into fields');
  const { person, space } = await newPerson('Мама');
  await enterAs(page, person);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByRole('button', { name: 'Другие способы загрузки' }).first()).toBeVisible();
  const { buffer } = picture('image.png');
  await page.evaluate(
    (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    },
    [...buffer],
  );
  await expect.poll(() => keeps(person, space, buffer)).toBe(true);
});

test('somebody who may only look is offered no upload', ONCE, async ({ page }) => {
  const { person: host, space } = await newPerson('Мама');
  const { person: guest } = await newPerson('Гость');
  await host.add(space, guest, 'viewer');
  await enterAs(page, guest);
  await page.goto(`/s/${space.id}`);
  await expect(page.getByText(space.name).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Загрузить', exact: true })).toHaveCount(0);
});
