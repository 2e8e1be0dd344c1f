/**
 * The built app in Chromium: first paint from the cache, a large import with the page free, and how soon stop and cancel are heard.
 * `npx tsx test/bench/app.bench.ts [rows]`; needs `npm run build` first. Rows of the import: 200 000 unless told (1 000 000 is ≈ 150 MB).
 */
import { mkdtempSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../../src/core/random.js';
import { openApp } from '../journeys/app.js';

const rows = Number(process.argv[2] ?? 200_000);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const say = (what: string, value: number, unit: string, reach = '') =>
  console.log(`${what.padEnd(58)} ${value.toFixed(unit === 's' ? 2 : 0).padStart(8)} ${unit}${reach && `   (reach ${reach})`}`);

const folder = mkdtempSync(join(tmpdir(), 'tablework-bench-'));
const file = join(folder, 'large.csv');
{
  const u = random(1);
  writeFileSync(file, `${Array.from({ length: 19 }, (_, j) => `x${j}`).join(',')},label\n`);
  for (let i = 0; i < rows; i += 5000) {
    let text = '';
    for (let k = i; k < Math.min(rows, i + 5000); k++) {
      const x = Array.from({ length: 19 }, (_, j) => (u() * 10 ** (j % 4)).toFixed(4));
      text += `${x.join(',')},${Number(x[0]) + u() > 1 ? 'yes' : 'no'}\n`;
    }
    appendFileSync(file, text);
  }
}

const app = await openApp();
const { page } = app;
try {
  await app.untilOffline();
  await page.reload();
  const paints: number[] = [];
  for (let i = 0; i < 5; i++) {
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
  }
  say('first contentful paint from the cache, median of 5', median(paints), 'ms', 'under 1000');

  await app.longTasks();
  const began = performance.now();
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByRole('heading', { level: 1, name: 'Problem' }).waitFor({ timeout: 600_000 });
  const seconds = (performance.now() - began) / 1000;
  say(`import of ${rows.toLocaleString('en')} × 20, read, profiled and stored`, seconds, 's');
  await page.getByRole('button', { name: 'Look at the data' }).waitFor({ timeout: 600_000 });
  const importing = await app.longTasks();
  say('tasks over 100 ms on the page meanwhile', importing.length, '', '0');
  if (importing.length) say('the longest of them', Math.max(...importing.map((t) => t.ms)), 'ms');

  await page.locator('[data-stage=train]').click();
  await page.getByRole('heading', { level: 1, name: 'Train' }).waitFor();
  await page.getByRole('button', { name: /^Train \d+ model/ }).click();
  const strip = page.getByRole('region', { name: 'Running work' });
  await strip.locator('progress').first().waitFor();
  await page.waitForTimeout(4000);
  const cancelled = performance.now();
  await strip
    .getByRole('button', { name: /^Cancel/ })
    .first()
    .click();
  await strip.locator('progress').first().waitFor({ state: 'detached', timeout: 60_000 });
  say('cancel', performance.now() - cancelled, 'ms', 'at once');
  const training = await app.longTasks();
  say('tasks over 100 ms on the page while training', training.length, '', '0');
} finally {
  await app.close();
  rmSync(folder, { recursive: true });
}
