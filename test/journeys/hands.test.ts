/** One long fit has the free cores too, served or from the cache; the one-file edition does without, and learns the same. */
import { afterEach, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { openApp, type App } from './app.js';
import { begin, go, PATIENCE, train, untilHome, untilPosed } from './walk.js';

let app: App | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

const u = random(3);
const cells = Array.from({ length: 12_000 }, () => {
  const x = Array.from({ length: 8 }, () => Number(u().toFixed(3)));
  return [...x, x[0]! + x[1]! * x[2]! + 0.3 * u() > 0.8 ? 'yes' : 'no'].join();
});
const file = { name: 'wide.csv', body: `a,b,c,d,e,f,g,h,out\n${cells.join('\n')}\n` };

/** Trains boosting alone; what its card says of it, without times, and the workers that were there. */
async function trained({ page }: App): Promise<{ said: string[]; workers: string[] }> {
  await begin(page, file);
  await page.getByLabel('What is to be predicted?', { exact: true }).selectOption('out');
  await untilPosed(page);
  await go(page, 'train');
  await train(page, ['Gradient boosting']);
  const row = page.getByRole('row', { name: /Gradient boosting/ }).first();
  await row.waitFor({ timeout: PATIENCE });
  const said = (await row.getByRole('cell').allTextContents()).filter((text) => !/^[\d.]+ m?s$/.test(text.trim()));
  return { said, workers: page.workers().map((w) => w.url()) };
}
const hired = (workers: readonly string[]) => workers.filter((url) => /\/hand\.worker/.test(url)).length;

it('takes free cores for one fit, and comes to the same with none', async () => {
  app = await openApp('server');
  await untilHome(app.page);
  await app.untilOffline();
  await app.cutNetwork();
  await app.page.reload();
  await untilHome(app.page);
  // Now every file, and with it the headers, comes from the service worker.
  expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(true);
  const cores = await app.page.evaluate(() => navigator.hardwareConcurrency);
  const served = await trained(app);
  expect(served.said.join(' ')).toMatch(/\d\.\d+/);
  if (cores > 1) expect(hired(served.workers)).toBeGreaterThan(0);
  expect(app.errors).toEqual([]);
  await app.close();

  app = await openApp('file');
  await untilHome(app.page);
  expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(false);
  const alone = await trained(app);
  expect(hired(alone.workers)).toBe(0);
  expect(alone.said).toEqual(served.said);
  expect(app.errors).toEqual([]);
});
