/** The app without a network: served once, then the server gone; and as one file from a disk. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { built, openApp, type App } from './app.js';

let app: App | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

it('opens from the server, asks nobody else, and breaks no rule of its policy', async () => {
  app = await openApp('server');
  await app.page.locator('main').first().waitFor();
  await app.untilOffline();
  expect(app.foreign).toEqual([]);
  expect(app.errors).toEqual([]);
});

it('says that it is ready only when it is, and then starts with the server stopped', async () => {
  app = await openApp('server');
  await app.untilOffline();
  await app.page.getByText('Ready to work offline').first().waitFor({ state: 'attached' });
  await app.cutNetwork();
  await app.page.reload();
  await app.page.locator('main').first().waitFor();
  await app.page.getByText('Ready to work offline').first().waitFor({ state: 'attached' });
  expect(app.foreign).toEqual([]);
  expect(app.errors).toEqual([]);
});

it('notices a file that has gone from its cache', async () => {
  app = await openApp('server');
  await app.untilOffline();
  await app.page.evaluate(async () => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete(new URL('manifest.webmanifest', location.href).href);
  });
  await expect(app.untilOffline()).rejects.toThrow('manifest.webmanifest');
});

it('fetches a new version beside the old one, waits to be asked, then changes over and clears up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tablework-update-'));
  try {
    cpSync(join(built, 'dist'), folder, { recursive: true });
    app = await openApp('server', {}, folder);
    const { page } = app;
    await app.untilOffline();
    const before = await page.evaluate(() => caches.keys());

    // A new release: one file differs, and with it the list and the version.
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const file = join(folder, 'manifest.webmanifest');
    const old = readFileSync(file, 'utf8');
    const next = old.replace('"short_name": "Tablework"', '"short_name": "Tablework 2"');
    expect(next).not.toBe(old);
    writeFileSync(file, next);
    const worker = readFileSync(join(folder, 'sw.js'), 'utf8');
    const version = before[0]?.replace('tablework-', '') ?? '';
    expect(worker).toContain(version);
    writeFileSync(join(folder, 'sw.js'), worker.replace(sha256(old), sha256(next)).replace(version, '0123456789abcdef'));

    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    const button = page.getByRole('button', { name: 'Update Tablework' });
    await button.waitFor();
    const served = () =>
      page.evaluate(async () => ((await (await fetch('./manifest.webmanifest')).json()) as { short_name: string }).short_name);
    expect(await served()).toBe('Tablework');
    const loaded = page.waitForEvent('load');
    await button.click();
    await loaded;
    await app.untilOffline();
    expect(await served()).toBe('Tablework 2');
    expect(await page.evaluate(() => caches.keys())).toEqual(['tablework-0123456789abcdef']);
    expect(app.errors).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('opens as one file from a disk, with its workers', async () => {
  app = await openApp('file');
  await app.page.locator('main').first().waitFor();
  await expect.poll(() => app?.page.workers().length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(app.foreign).toEqual([]);
  expect(app.errors).toEqual([]);
});
