/** The whole road with the network cut: from a dropped CSV to models taken away and new data watched, for three kinds of target; and the short road from one file on a disk. */
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from './app.js';
import { customers, flats, leaves } from './tables.js';
import { clean, picture } from './ends.js';
import {
  at,
  begin,
  choose,
  download,
  downloads,
  drop,
  go,
  home,
  judge,
  only,
  pose,
  recipe,
  setting,
  taken,
  train,
  untilHome,
  untilQuiet,
  zone,
  PATIENCE,
  type Given,
} from './walk.js';

interface Road {
  readonly file: Given;
  readonly target: string;
  readonly task: 'A class' | 'A number';
  readonly metric: string;
  readonly metricLabel: string;
  readonly success: string;
  /** A column whose type is changed and changed back. */
  readonly retype: readonly [column: string, to: string, back: string];
  readonly models: readonly string[];
  readonly tuned: string;
  readonly chosen: string;
}

const roads: readonly Road[] = [
  {
    file: customers(),
    target: 'churned',
    task: 'A class',
    metric: 'f1',
    metricLabel: 'F1',
    success: '0.5',
    retype: ['calls', 'category', 'number'],
    models: ['Logistic regression', 'Decision tree', 'Gradient boosting', 'Neural network'],
    tuned: 'Decision tree',
    chosen: 'Neural network',
  },
  {
    file: leaves(),
    target: 'tree',
    task: 'A class',
    metric: 'balanced_accuracy',
    metricLabel: 'Balanced accuracy',
    success: '0.6',
    retype: ['colour', 'text', 'category'],
    models: ['Logistic regression', 'Random forest', 'k nearest neighbours', 'Neural network'],
    tuned: 'Logistic regression',
    chosen: 'Logistic regression',
  },
  {
    file: flats(),
    target: 'rent',
    task: 'A number',
    metric: 'mae',
    metricLabel: 'Mean absolute error',
    success: '120',
    retype: ['rooms', 'category', 'number'],
    models: ['Linear regression', 'Extra trees', 'Gradient boosting', 'Neural network'],
    tuned: 'Decision tree',
    chosen: 'Linear regression',
  },
];

let app: App | null = null;
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(app, task.name);
});
const page = () => {
  if (!app) throw new Error('There is no app.');
  return app.page;
};

/** The header of a safetensors file: its length as a 64-bit number, then JSON. */
const header = (bytes: Uint8Array): { __metadata__: Record<string, string> } & Record<string, unknown> => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return JSON.parse(strFromU8(bytes.subarray(8, 8 + length))) as ReturnType<typeof header>;
};
/** Addresses outside the page that a document would load from or send to; a namespace's name is no address. */
const addresses = (html: string): string[] =>
  [
    ...html.matchAll(
      /(?:src|href|action|data)\s*=\s*["']?(https?:|\/\/)[^"'\s>]*|url\(\s*["']?(https?:|\/\/)[^)]*|import\(?\s*["']https?:[^"']*|fetch\(\s*["']https?:[^"']*/gi,
    ),
  ].map((m) => m[0]);
const lines = (bytes: Uint8Array): string[] => strFromU8(bytes).trim().split(/\r?\n/);

async function toModels(road: Road): Promise<void> {
  const p = page();
  await begin(p, road.file);
  const target = p.getByLabel('What is to be predicted?', { exact: true });
  if (road.target === 'rent') await target.selectOption(road.target);
  await expect.poll(() => target.inputValue()).toBe(road.target);
  await expect.poll(() => p.getByRole('radio', { name: road.task }).isChecked()).toBe(true);
  await p.getByLabel('What do you want to find out?').fill(`What tells the ${road.target}?`);
  await pose(p, road.metric, road.success);

  await go(p, 'data');
  const [column, to, back] = road.retype;
  const kind = p.getByLabel(`Type of ${column}`, { exact: true });
  await kind.selectOption(to);
  await expect.poll(() => kind.inputValue()).toBe(to);
  await expect.poll(() => kind.isEnabled()).toBe(true);
  await kind.selectOption(back);
  await expect.poll(() => kind.isEnabled()).toBe(true);
  await expect.poll(() => kind.inputValue()).toBe(back);
  await p.getByRole('tab', { name: /^Rows/ }).click();
  await expect.poll(() => p.getByRole('grid').getByRole('row').count()).toBeGreaterThan(5);

  await go(p, 'clean');
  await expect.poll(() => recipe(p).count()).toBe(0);
  await p
    .getByRole('button', { name: /duplicate|doubled|repeated/i })
    .first()
    .click({ timeout: PATIENCE });
  await expect.poll(() => recipe(p).count()).toBe(1);
  await p.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(() => recipe(p).count()).toBe(0);
  await p.getByRole('button', { name: /^Redo/ }).click();
  await expect.poll(() => recipe(p).count()).toBe(1);

  await go(p, 'explore');
  await p.getByRole('tab', { name: 'Two columns' }).click({ timeout: PATIENCE });
  await p.locator('main svg[role], main figure').first().waitFor({ timeout: PATIENCE });
  await p.getByRole('tab', { name: 'All with all' }).click();
  await p.getByText('How columns go together').first().waitFor({ timeout: PATIENCE });

  await go(p, 'features');
  await p.getByRole('button', { name: 'Add a step' }).click({ timeout: PATIENCE });
  const dialog = p.getByRole('dialog', { name: 'Add a feature step' });
  await dialog.getByLabel('Step', { exact: true }).selectOption('standardise');
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByRole('button', { name: 'Add to the recipe' }).click();
  await expect.poll(() => recipe(p).count()).toBe(2);
  // What the step learnt, from the training rows, stands behind its line.
  await expect.poll(() => recipe(p).nth(1).textContent(), { timeout: PATIENCE }).toContain('standard deviation');
}

describe('with the network cut', () => {
  beforeAll(async () => {
    app = await openApp('server');
    await untilHome(app.page);
    await app.untilOffline();
    await app.cutNetwork();
    await app.page.reload();
    await untilHome(app.page);
  });
  // A journey that failed must not be in the way of the next.
  beforeEach(async () => {
    if (await page().getByRole('button', { name: 'All projects' }).first().isVisible()) await home(page());
  });
  afterAll(async () => {
    await app?.close();
    app = null;
  });
  afterEach(() => app && clean(app, expect.getState().currentTestName ?? ''));

  it.each(roads)('goes the whole road with $file.name', async (road) => {
    const p = page();
    await toModels(road);

    await go(p, 'train');
    await only(p, road.models);
    await setting(p, 'Neural network', 'Epochs', '150');
    await train(p, road.models);
    const board = p.getByRole('region', { name: 'Leaderboard', exact: true });
    for (const model of [...road.models, 'Baseline']) await board.getByRole('row').filter({ hasText: model }).first().waitFor();

    await go(p, 'tune');
    await p.getByRole('slider', { name: 'Trials: 20' }).press('Home');
    // What was trained is ticked; this one may have to be.
    await p.locator('main').getByRole('checkbox', { name: road.tuned, exact: true }).check();
    const boxes = p.locator('main').getByRole('checkbox').filter({ visible: true });
    for (let i = (await boxes.count()) - 1; i >= 0; i--) {
      const box = boxes.nth(i);
      const label = await box.evaluate((el) => (el as HTMLInputElement).labels?.[0]?.textContent?.trim() ?? '');
      if (label !== road.tuned) await box.uncheck();
    }
    await p.getByRole('button', { name: 'Search with 5 trials' }).click();
    await p.getByRole('button', { name: 'Try 20 more' }).waitFor({ timeout: 2 * PATIENCE });
    await untilQuiet(p);
    await expect.poll(() => p.getByRole('region', { name: 'All trials', exact: true }).getByRole('row').count()).toBe(6);

    await go(p, 'train');
    await choose(p, road.chosen);
    await judge(p);
    const main = p
      .getByRole('table', { name: /Scores on the holdout/ })
      .getByRole('row')
      .nth(1);
    await expect.poll(() => main.innerText()).toContain(road.metricLabel);
    const [, score, interval, baseline] = (await main.locator('th, td').allInnerTexts()).map((t) => t.trim());
    expect(Number(score?.replace('−', '-').replace(/[^\d.-]/g, ''))).toBeGreaterThan(0);
    expect(interval).toMatch(/\d.* to .*\d/);
    expect(baseline).toMatch(/\d/);

    await downloads(p);
    const model = await download(p, 'Model file');
    expect(model.name).toMatch(/\.safetensors$/);
    expect(JSON.stringify(header(model.bytes).__metadata__)).toContain(road.target);
    const one = await download(p, 'One-page predictor');
    expect(strFromU8(one.bytes)).toMatch(/^<!doctype html>/i);
    expect(addresses(strFromU8(one.bytes))).toEqual([]);
    const report = await download(p, 'Report');
    expect(strFromU8(report.bytes)).toContain(road.target);
    expect(addresses(strFromU8(report.bytes))).toEqual([]);
    const python = await download(p, 'Python program');
    expect(python.bytes.length).toBeGreaterThan(500);
    if (road.chosen === 'Neural network') {
      const files = unzipSync((await download(p, 'TensorFlow.js network')).bytes);
      expect(Object.keys(files)).toContain('model.json');
      expect(JSON.parse(strFromU8(files['model.json'] ?? new Uint8Array()))).toHaveProperty('weightsManifest');
    }

    await p.getByRole('tab', { name: 'Predict a file' }).click();
    await drop(zone(p, 'Drop a CSV to predict'), road.file);
    const predictions = await taken(p, () => p.getByRole('button', { name: 'Save the predictions as CSV' }).click({ timeout: PATIENCE }));
    expect(lines(predictions.bytes)).toHaveLength(lines(new TextEncoder().encode(String(road.file.body))).length);

    await p.getByRole('tab', { name: 'Predict a row' }).click();
    await p
      .locator('main')
      .getByText(new RegExp(`^${road.target}:`))
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: PATIENCE });
    await p.getByRole('button', { name: 'Register this model' }).click();
    await p.getByRole('button', { name: /Version 1/ }).waitFor({ timeout: PATIENCE });

    if (road.target === 'churned') {
      await go(p, 'monitor');
      await drop(zone(p, 'Drop a new file to check'), customers(240, 25_000, 8));
      const drift = p.getByRole('region', { name: 'Drift by column, the furthest first', exact: true });
      const worst = drift.getByRole('row').nth(1);
      await expect.poll(() => worst.innerText(), { timeout: PATIENCE }).toContain('income');
      expect(await worst.innerText()).toContain('drifted');
      expect(await drift.getByRole('row').filter({ hasText: /^age/ }).innerText()).toMatch(/as\sbefore/);
      await drop(zone(p, 'Drop a new file to check'), customers(240, 0, 8));
      await expect
        .poll(() => p.getByRole('region', { name: 'Files checked, newest first' }).getByRole('row').count(), { timeout: PATIENCE })
        .toBe(3);
    }
    await home(p);
  });

  it('finds all three projects again, with the network still cut', async () => {
    await app?.page.reload();
    await untilHome(page());
    for (const name of ['customers', 'leaves', 'flats'])
      await page()
        .getByRole('button', { name: new RegExp(`^${name}`) })
        .waitFor();
    await page()
      .getByRole('button', { name: /^customers/ })
      .click();
    await at(page(), 'monitor');
  });
});

describe('as one file from a disk', () => {
  it('trains, judges and gives the model away', async () => {
    app = await openApp('file');
    const p = app.page;
    await untilHome(p);
    await app.context.setOffline(true);
    await begin(p, customers(120));
    await pose(p, 'accuracy', '0.6');
    await train(p, ['Decision tree']);
    await choose(p, 'Decision tree');
    await judge(p);
    await downloads(p);
    expect(header((await download(p, 'Model file')).bytes)).toHaveProperty('__metadata__');
    expect(addresses(strFromU8((await download(p, 'One-page predictor')).bytes))).toEqual([]);
    await clean(app, 'one file');
    await app.close();
    app = null;
  });
});
