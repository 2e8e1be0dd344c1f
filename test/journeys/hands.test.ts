/** One run has the free cores too: other lanes learn its folds, and hands help with a fit where memory may be shared. All come to the same. */
import { afterEach, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { openApp, type App } from './app.js';
import { begin, go, home, PATIENCE, train, untilHome, untilPosed } from './walk.js';

let app: App | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

const u = random(3);
const cells = Array.from({ length: 13_000 }, () => {
  const x = Array.from({ length: 8 }, () => Number(u().toFixed(3)));
  return [...x, x[3]! + u() > 1 ? 'low' : 'high', x[0]! + x[1]! * x[2]! + 0.3 * u() > 0.8 ? 'yes' : 'no'].join();
});
const file = { name: 'wide.csv', body: `a,b,c,d,e,f,g,h,also,out\n${cells.join('\n')}\n` };

/** Trains boosting alone; what the leaderboard says of it, without times, and the workers that were there. */
async function trained({ page }: App, also = false): Promise<{ said: string[]; workers: string[] }> {
  await begin(page, file);
  await page.getByLabel('What is to be predicted?', { exact: true }).selectOption('out');
  if (also) await page.getByLabel(/^Add (a|another) column$/).selectOption('also');
  await untilPosed(page);
  await go(page, 'train');
  await train(page, ['Gradient boosting']);
  const row = page.getByRole('row', { name: /Gradient boosting/ }).first();
  await row.waitFor({ timeout: PATIENCE });
  const said = (await row.getByRole('cell').allTextContents()).filter((text) => !/^[\d.]+\sm?s$/.test(text.trim()));
  return { said, workers: page.workers().map((w) => w.url()) };
}
const count = (workers: readonly string[], name: string) => workers.filter((url) => url.includes(`/${name}.worker`)).length;

it('takes free cores for one run, and comes to the same with none to spare', async () => {
  app = await openApp('server');
  await untilHome(app.page);
  await app.untilOffline();
  await app.cutNetwork();
  // More lanes than the run has parts.
  await app.context.addInitScript(() => Object.defineProperty(navigator, 'hardwareConcurrency', { value: 9 }));
  await app.page.reload();
  await untilHome(app.page);
  // Now every file, and with it the headers, comes from the service worker.
  expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(true);
  const many = await trained(app);
  expect(many.said.join(' ')).toMatch(/\d\.\d+/);
  expect(count(many.workers, 'train')).toBeGreaterThan(2);
  // Fits for several targets are not lent; there hands help.
  await home(app.page);
  const several = await trained(app, true);
  expect(count(several.workers, 'hand')).toBeGreaterThan(0);
  expect(app.errors).toEqual([]);
  await app.close();

  app = await openApp('file');
  await app.context.addInitScript(() => Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 }));
  await app.page.reload();
  await untilHome(app.page);
  expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(false);
  const alone = await trained(app);
  expect(alone.workers.length).toBeLessThan(3);
  expect(alone.said).toEqual(many.said);
  expect(app.errors).toEqual([]);
});
