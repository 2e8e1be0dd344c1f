/** Files made to break things: each is answered in words, with a way out, and what was open stays usable. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from './app.js';
import { csv, customers } from './tables.js';
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
  PATIENCE,
  taken,
  train,
  untilHome,
  untilPosed,
  untilSaved,
  zone,
  type Given,
} from './walk.js';

let app: App;
beforeAll(async () => {
  app = await openApp('server');
  await untilHome(app.page);
});
afterAll(() => app.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(app, task.name);
  if (await app.page.getByRole('button', { name: 'All projects' }).first().isVisible()) await home(app.page);
  await clean(app, task.name);
});

const rows = (n: number, make: (i: number) => readonly (string | number | null)[]) => Array.from({ length: n }, (_, i) => make(i));
const png = Uint8Array.from([
  137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196, 137,
]);

/** Refused before there is a project: the words that must be read. */
const refused: readonly { what: string; file: Given; says: RegExp }[] = [
  { what: 'an empty file', file: { name: 'empty.csv', body: '' }, says: /is empty/ },
  { what: 'a header alone', file: { name: 'header.csv', body: 'a,b,c\n' }, says: /no rows of data/ },
  { what: 'a picture named .csv', file: { name: 'photo.csv', body: png }, says: /looks like/ },
  { what: 'a broken project file', file: { name: 'torn.tablework', body: 'PK\u0003\u0004 and then nothing' }, says: /not a project file/ },
];

/** Opened, but not a problem that can be learnt: said where the problem is posed. */
const unlearnable: readonly { what: string; file: Given; target?: string; task?: string; says: RegExp }[] = [
  {
    what: 'one column',
    file: {
      name: 'one.csv',
      body: csv(
        ['age'],
        rows(30, (i) => [i]),
      ),
    },
    target: 'age',
    says: /one column|No column is left|nothing to predict/,
  },
  { what: 'one row', file: { name: 'row.csv', body: csv(['a', 'b'], [[1, 2]]) }, target: 'b', says: /rows are left|one row|same value/ },
  {
    what: 'a target that never changes',
    file: {
      name: 'constant.csv',
      body: csv(
        ['x', 'y'],
        rows(40, (i) => [i, 'same']),
      ),
    },
    target: 'y',
    says: /same value everywhere/,
  },
  {
    what: 'a target that is missing everywhere',
    file: {
      name: 'gone.csv',
      body: csv(
        ['x', 'z', 'y'],
        rows(40, (i) => [i, i % 3, null]),
      ),
    },
    target: 'y',
    says: /Every value of “y” is missing/,
  },
  {
    what: 'text to be predicted as a number',
    file: {
      name: 'words.csv',
      body: csv(
        ['x', 'y'],
        rows(60, (i) => [i * 1.5, ['red', 'green', 'blue'][i % 3] ?? '']),
      ),
    },
    target: 'y',
    task: 'A number',
    says: /holds text, so it cannot be predicted as a number/,
  },
];

describe('is refused in words', () => {
  it.each(refused)('$what', async ({ file, says }) => {
    await drop(zone(app.page, 'Drop a CSV here'), file);
    await app.page.getByRole('alert').filter({ hasText: says }).first().waitFor({ timeout: PATIENCE });
    await untilHome(app.page);
    for (const x of (await app.page.getByRole('button', { name: 'Dismiss' }).all()).reverse()) await x.click();
  });
});

describe('is opened, and what cannot be learnt is said', () => {
  it.each(unlearnable)('$what', async ({ file, target, task, says }) => {
    const { page } = app;
    await begin(page, file);
    if (target) await page.getByLabel('What is to be predicted?', { exact: true }).selectOption(target);
    if (task) await page.getByRole('radio', { name: task }).check({ force: true });
    await page.locator('main').getByText(says).first().waitFor({ timeout: PATIENCE });
    // Every other step still opens.
    for (const stage of ['data', 'clean', 'explore', 'features', 'train', 'tune', 'evaluate', 'deploy', 'monitor'] as const)
      await go(page, stage);
    await go(page, 'problem');
  });

  it('no feature left', async () => {
    const { page } = app;
    await begin(page, customers(60));
    await untilPosed(page);
    await go(page, 'data');
    for (const name of ['age', 'income', 'city', 'plan', 'calls'])
      await page.getByLabel(`Role of ${name}`, { exact: true }).selectOption('ignore');
    await page.getByLabel('Role of customer', { exact: true }).selectOption('ignore');
    await go(page, 'train');
    await page
      .locator('main')
      .getByText(/No column is left to predict/)
      .first()
      .waitFor({ timeout: PATIENCE });
  });
});

it('opens ragged rows, doubled and empty names, formulas and names that are code, and trains on them', async () => {
  const { page } = app;
  const names = ['<img src=x onerror=alert(1)>', '__proto__', 'constructor', 'same', 'same', '', '=cmd()', 'label'];
  const body =
    [names.join(',')]
      .concat(
        rows(80, (i) => [
          i % 7,
          (i * 3) % 11,
          i % 5,
          i % 4,
          i % 3,
          (i * 7) % 13,
          i % 2 ? '=HYPERLINK("http://x")'.replaceAll('"', '') : '@sum',
          i % 7 > 3 ? 'yes' : 'no',
        ]).map((r) => r.join(',')),
      )
      .concat(['1,2,3', '1,2,3,4,5,6,7,yes,9,10,11'])
      .join('\n') + '\n';
  await begin(page, { name: 'hostile.csv', body });
  await page.getByLabel('What is to be predicted?', { exact: true }).selectOption('label');
  await untilPosed(page);
  await go(page, 'data');
  await page.getByRole('tab', { name: /^Notices/ }).click();
  await page.getByText('Lines with fewer cells than columns').waitFor({ timeout: PATIENCE });
  await page.getByText('Lines with more cells than columns').waitFor();
  await page.getByText('Columns with the same name').waitFor();
  await page.getByText('Columns without a name').waitFor();
  for (const stage of ['clean', 'explore', 'features'] as const) {
    await go(page, stage);
    await page.locator('main').getByText('<img src=x onerror=alert(1)>').first().waitFor({ timeout: PATIENCE });
  }
  await train(page, ['Decision tree', 'Logistic regression']);
  await choose(page, 'Decision tree');
  await downloads(page);
  const html = new TextDecoder().decode((await download(page, 'One-page predictor')).bytes);
  expect(html).not.toContain('<img src=x');
  const report = new TextDecoder().decode((await download(page, 'Report')).bytes);
  expect(report).not.toContain('<img src=x');
  // What a spreadsheet would run as a formula comes out inert.
  await page.getByRole('tab', { name: 'Predict a file' }).click();
  await drop(zone(page, 'Drop a CSV to predict'), { name: 'hostile.csv', body });
  const predictions = await taken(page, () =>
    page.getByRole('button', { name: 'Save the predictions as CSV' }).click({ timeout: PATIENCE }),
  );
  expect(new TextDecoder().decode(predictions.bytes)).not.toMatch(/(^|,|\n)"?[=@]/);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
});

it('refuses torn models and short tables where they are used, and takes levels it never saw', async () => {
  const { page } = app;
  await begin(page, customers(120));
  await untilPosed(page);
  await train(page, ['Decision tree']);
  await choose(page, 'Decision tree');
  await downloads(page);
  const model = await download(page, 'Model file');
  await page.getByRole('tab', { name: 'Predict a file' }).click();
  const zoneIn = zone(page, 'Drop a CSV to predict');
  await drop(zoneIn, { name: 'short.csv', body: csv(['age', 'city'], [[30, 'Ulm']]) });
  await page
    .getByRole('alert')
    .filter({ hasText: /lacks \d+ of the columns/ })
    .first()
    .waitFor({ timeout: PATIENCE });
  await drop(zoneIn, {
    name: 'new.csv',
    body: csv(
      ['customer', 'age', 'income', 'city', 'plan', 'calls'],
      [
        ['C', 30, 30_000, 'Atlantis', 'platinum', 2],
        ['D', 40, null, 'Ulm', 'pro', 0],
      ],
    ),
  });
  await page.getByText(/^2 of 2 rows predicted/).waitFor({ timeout: PATIENCE });

  for (const [name, body] of [
    ['torn.safetensors', model.bytes.slice(0, Math.floor(model.bytes.length / 2))],
    ['noise.safetensors', new TextEncoder().encode('not a model at all')],
  ] as const) {
    await drop(page.locator('.zone').filter({ has: page.locator('input[accept=".safetensors"]') }), { name, body });
    await page.getByRole('alert').filter({ hasText: 'not a model file' }).first().waitFor({ timeout: PATIENCE });
    await page.getByLabel('Model in hand', { exact: true }).selectOption({ index: 0 });
    await page.getByRole('tab', { name: 'Predict a file' }).waitFor({ timeout: PATIENCE });
  }
  const saved = await taken(page, () => page.getByRole('button', { name: 'Save the project as a file' }).click());
  await untilSaved(page);
  await home(page);
  await drop(zone(page, 'Drop a CSV here'), { name: 'half.tablework', body: saved.bytes.slice(0, Math.floor(saved.bytes.length * 0.6)) });
  await page.getByRole('alert').filter({ hasText: 'not a project file' }).first().waitFor({ timeout: PATIENCE });
  await page
    .getByRole('button', { name: /^customers/ })
    .first()
    .click();
  await at(page, 'deploy');
});
