/** The app without a network: served once, then the server gone; and as one file from a disk. */
import { afterEach, expect, it } from 'vitest';
import { openApp, type App } from './app.js';

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

it('opens as one file from a disk, with its workers', async () => {
  app = await openApp('file');
  await app.page.locator('main').first().waitFor();
  await expect.poll(() => app?.page.workers().length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(app.foreign).toEqual([]);
  expect(app.errors).toEqual([]);
});
