/** What a person does to tabs: closing one in the middle of work, opening the same project in two, saving, deleting, bringing back, stopping, and running out of room. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openApp, type App } from './app.js';
import { customers, leaves } from './tables.js';
import { clean, picture } from './ends.js';
import {
  at,
  begin,
  card,
  choose,
  drop,
  go,
  home,
  judge,
  only,
  PATIENCE,
  pose,
  setting,
  strip,
  taken,
  train,
  untilHome,
  untilPosed,
  untilQuiet,
  untilSaved,
  zone,
} from './walk.js';

let app: App;
beforeEach(async () => {
  app = await openApp('server');
  await untilHome(app.page);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(app, task.name);
  await clean(app, task.name).finally(() => app.close());
});

const question = (page: Page) => page.getByLabel('What do you want to find out?', { exact: true });
/** Closes a tab as a crash or a click does, without asking it, and opens the app anew. */
const reopened = async (page: Page): Promise<Page> => {
  await page.close({ runBeforeUnload: false });
  return app.tab();
};
/**
 * A full disk, as the store meets it. Chromium's own switch for it (Storage.overrideQuotaForOrigin) changes what is told of the quota,
 * but in a window without history IndexedDB goes on writing; so the refusal is made where it would come from, in page and workers.
 */
const fill = async (page: Page, full: boolean): Promise<void> => {
  const turn = (full: boolean): void => {
    const store = IDBObjectStore.prototype as IDBObjectStore & { honest?: IDBObjectStore['put'] };
    store.honest ??= store.put;
    store.put = full
      ? () => {
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        }
      : store.honest;
  };
  await page.evaluate(turn, full);
  for (const worker of page.workers()) await worker.evaluate(turn, full);
};
const board = (page: Page) => page.getByRole('region', { name: 'Leaderboard', exact: true });

it('closed in the middle of an import, it begins again at home; closed while typing, it has every letter', async () => {
  let page = app.page;
  // A big file, so that there is a middle.
  await drop(zone(page, 'Drop a CSV here'), customers(250_000));
  await strip(page).getByRole('progressbar').first().waitFor();
  page = await reopened(page);
  await untilHome(page);
  expect(await page.getByRole('heading', { name: 'Your projects' }).count()).toBe(0);

  await begin(page, leaves());
  await untilPosed(page);
  await question(page).pressSequentially('Which tree is it, by its leaf alone?');
  await page.getByLabel('Project name').fill('Leaves of three trees');
  // Until this is read, closing by hand asks first; a tab that is killed keeps all up to here.
  await untilSaved(page);
  page = await reopened(page);
  await at(page, 'problem');
  expect(await question(page).inputValue()).toBe('Which tree is it, by its leaf alone?');
  expect(await page.getByLabel('Project name').inputValue()).toBe('Leaves of three trees');
});

it('closed in the middle of training and of tuning, it offers to go on and does', async () => {
  let page = app.page;
  await begin(page, customers(1200));
  await untilPosed(page);
  await go(page, 'train');
  await only(page, ['Decision tree', 'Neural network']);
  await setting(page, 'Neural network', 'Epochs', '10000');
  await page.getByRole('button', { name: 'Train 2 models' }).click();
  // The first model is done, the last is not.
  await board(page).getByRole('row').filter({ hasText: 'Decision tree' }).waitFor({ timeout: PATIENCE });
  page = await reopened(page);
  await at(page, 'train');
  await board(page).getByRole('row').filter({ hasText: 'Decision tree' }).waitFor({ timeout: PATIENCE });
  await page.getByText('Training was cut off').waitFor();
  await page.getByText('Not finished: Neural network. What was finished is kept').waitFor();
  await page.locator('[data-stage=train]').getByText('Cut off, can go on').waitFor();
  await setting(page, 'Neural network', 'Epochs', '5');
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await board(page)
    .getByRole('row')
    .filter({ hasText: 'Neural network' })
    .waitFor({ timeout: 2 * PATIENCE });
  await untilQuiet(page);
  expect(await page.getByText('Training was cut off').count()).toBe(0);

  await go(page, 'tune');
  await page.getByRole('button', { name: 'Search with 20 trials' }).click();
  const trials = page.getByRole('region', { name: 'All trials', exact: true }).getByRole('row');
  await expect.poll(() => trials.count(), { timeout: 2 * PATIENCE }).toBeGreaterThan(3);
  await page
    .getByRole('button', { name: /^Stop and keep/ })
    .first()
    .waitFor();
  page = await reopened(page);
  await at(page, 'tune');
  await page.getByText('The search was cut off').waitFor({ timeout: PATIENCE });
  const kept = (await page.getByRole('region', { name: 'All trials', exact: true }).getByRole('row').count()) - 1;
  expect(kept).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  const after = page.getByRole('region', { name: 'All trials', exact: true }).getByRole('row');
  await expect.poll(() => after.count(), { timeout: 2 * PATIENCE }).toBeGreaterThan(kept + 1);
  await page
    .getByRole('button', { name: /^Stop and keep/ })
    .first()
    .click();
  await untilQuiet(page);
  expect(await page.getByText('The search was cut off').count()).toBe(0);
});

declare global {
  interface Window {
    /** Points of learning curves that workers told this page of, in their order. */
    points?: { part: number; done: number }[];
  }
}
/** Runs in the page before anything else does: listens in on what workers tell. */
const listen = (): void => {
  const points: { part: number; done: number }[] = (window.points = []);
  const add = MessagePort.prototype.addEventListener as (this: MessagePort, ...given: unknown[]) => void;
  MessagePort.prototype.addEventListener = function (this: MessagePort, ...given: unknown[]) {
    if (given[0] === 'message')
      add.call(
        this,
        'message',
        ({ data }: MessageEvent<{ argumentList?: { value?: { kind?: string; part: number; done: number } }[] }>) => {
          for (const { value } of data.argumentList ?? []) if (value?.kind === 'curve') points.push({ part: value.part, done: value.done });
        },
      );
    add.apply(this, given);
  };
};
/** What the store keeps of a run that was begun: which part is under way, and after how many rounds. */
const begun = (page: Page): Promise<{ part: number; round: number } | null> =>
  page.evaluate(
    () =>
      new Promise<{ part: number; round: number } | null>((resolve, reject) => {
        const open = indexedDB.open('tablework');
        open.onerror = () => reject(new Error('the store does not open'));
        open.onsuccess = () => {
          const asked = open.result.transaction('checkpoints').objectStore('checkpoints').getAll();
          asked.onsuccess = () => {
            type Kept = { state: { begun: { part: number; state: { round: number } } | null } };
            const at = (asked.result as Kept[])[0]?.state.begun;
            resolve(at ? { part: at.part, round: at.state.round } : null);
            open.result.close();
          };
        };
      }),
  );

it('closed in the middle of one long fit, it goes on from the last trees that were kept', async () => {
  await app.context.addInitScript(listen);
  let page = app.page;
  await begin(page, customers(12_000));
  await untilPosed(page);
  await go(page, 'train');
  await only(page, ['Gradient boosting']);
  // Fits of these take a while on any machine (with more rows they would end early); a state is kept every few seconds.
  await setting(page, 'Gradient boosting', 'Rounds', '5000');
  await setting(page, 'Gradient boosting', 'Most leaves per tree', '200');
  await page.getByRole('button', { name: 'Train 1 model' }).click();
  await expect.poll(() => begun(page), { timeout: 2 * PATIENCE, interval: 250 }).not.toBeNull();
  page = await reopened(page);
  await at(page, 'train');
  await page.getByText('Training was cut off').waitFor({ timeout: PATIENCE });
  const kept = await begun(page);
  expect(kept?.round).toBeGreaterThan(20);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  const first = () => page.evaluate(() => window.points?.[0] ?? null);
  await expect.poll(first, { timeout: PATIENCE, interval: 50 }).toEqual({ part: kept?.part, done: (kept?.round ?? 0) + 1 });
  await strip(page).getByRole('button', { name: 'Stop and keep' }).first().click();
  await board(page).getByRole('row').filter({ hasText: 'Gradient boosting' }).waitFor({ timeout: PATIENCE });
  await untilQuiet(page);
  expect(await begun(page)).toBeNull();
});

it('stops and keeps the best so far; cancels at once', async () => {
  const { page } = app;
  await begin(page, customers(4000));
  await untilPosed(page);
  await go(page, 'train');
  await only(page, ['Neural network']);
  await setting(page, 'Neural network', 'Epochs', '10000');
  await setting(page, 'Neural network', 'Hidden layers', '256, 128');
  await card(page, 'Neural network').getByRole('checkbox', { name: /early/i }).uncheck();
  // A software graphics card takes seconds to be tried out; what is stopped here is the training.
  await card(page, 'Neural network').getByLabel('Where it computes', { exact: true }).selectOption('cpu');
  await page.getByRole('button', { name: 'Train 1 model' }).click();
  await board(page).getByRole('row').filter({ hasText: 'Baseline' }).waitFor({ timeout: PATIENCE });
  await strip(page).getByText('Neural network').first().waitFor();
  await strip(page).getByRole('button', { name: 'Cancel' }).first().click();
  await untilQuiet(page);
  await expect.poll(() => board(page).getByRole('row').filter({ hasText: 'Neural network' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Train 1 model' }).click();
  // Stopping before anything is learnt keeps nothing.
  const bar = strip(page).getByRole('progressbar').first();
  await expect.poll(async () => Number(await bar.getAttribute('value')), { timeout: 2 * PATIENCE, interval: 50 }).toBeGreaterThan(0.02);
  await strip(page).getByRole('button', { name: 'Stop and keep' }).first().click();
  const row = board(page).getByRole('row').filter({ hasText: 'Neural network' });
  await row.waitFor({ timeout: 2 * PATIENCE });
  expect(await row.innerText()).toContain('stopped, best kept');
  await card(page, 'Neural network').waitFor();
});

it('lets one of two tabs work and the other look, and changes them over', async () => {
  const first = app.page;
  await begin(first, leaves(90));
  await untilPosed(first);
  await untilSaved(first);
  const second = await app.tab();
  await at(second, 'problem');
  await second.getByText('This project is open in another tab').first().waitFor({ timeout: PATIENCE });
  await question(second).fill('Written where nothing can be written');
  await second.getByText('nothing was changed here').first().waitFor();
  await go(second, 'train');
  await second.getByRole('button', { name: /^Train \d+ models?$/ }).click();
  await second.getByText('nothing was changed here').first().waitFor();
  await untilQuiet(second);
  expect(await board(second).count()).toBe(0);

  await first.bringToFront();
  await question(first).fill('Which tree?');
  await train(first, ['Decision tree']);
  await untilSaved(first);
  await second.bringToFront();
  await second.getByRole('button', { name: 'Work here instead' }).first().click();
  // All that the first did is here, and the first only looks now.
  await board(second).getByRole('row').filter({ hasText: 'Decision tree' }).waitFor({ timeout: PATIENCE });
  await first.getByText('This project is open in another tab').first().waitFor({ timeout: PATIENCE });
  await go(second, 'problem');
  expect(await question(second).inputValue()).toBe('Which tree?');
  await question(second).fill('Which tree is it?');
  await untilSaved(second);
  await first.bringToFront();
  await first.getByRole('button', { name: 'Work here instead' }).first().click();
  await go(first, 'problem');
  await expect.poll(() => question(first).inputValue()).toBe('Which tree is it?');
});

it('saves a project as a file, deletes it, and brings all of it back', async () => {
  const { page } = app;
  await begin(page, customers(150));
  await untilPosed(page);
  await pose(page, 'accuracy', '0.6');
  await train(page, ['Decision tree', 'Logistic regression']);
  await choose(page, 'Decision tree');
  await judge(page);
  const scores = () => page.getByRole('table', { name: /Scores on the holdout/ }).innerText();
  const before = { scores: await scores(), board: '' };
  await go(page, 'train');
  before.board = await board(page).getByRole('table').first().innerText();
  const saved = await taken(page, () => page.getByRole('button', { name: 'Save the project as a file' }).click());
  expect(saved.name).toBe('customers.tablework');

  await home(page);
  await page.getByRole('button', { name: 'Actions for customers' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect.poll(() => page.getByRole('button', { name: /^customers/ }).count()).toBe(0);
  const left = await page.evaluate(
    () =>
      new Promise<Record<string, number>>((resolve, reject) => {
        const open = indexedDB.open('tablework');
        open.onerror = () => reject(new Error('the store does not open'));
        open.onsuccess = () => {
          const db = open.result;
          const names = ['projects', 'history', 'files', 'tables', 'columns', 'runs', 'artifacts', 'evaluations'];
          const tx = db.transaction(names);
          const counts: Record<string, number> = {};
          for (const name of names) {
            const request = tx.objectStore(name).count();
            request.onsuccess = () => (counts[name] = request.result);
          }
          tx.oncomplete = () => resolve(counts);
        };
      }),
  );
  expect(
    Object.values(left).every((n) => n === 0),
    JSON.stringify(left),
  ).toBe(true);

  await drop(zone(page, 'Drop a CSV here'), { name: saved.name, body: saved.bytes });
  await at(page, 'train');
  await board(page).getByRole('row').filter({ hasText: 'Decision tree' }).waitFor({ timeout: PATIENCE });
  expect(await board(page).getByRole('table').first().innerText()).toBe(before.board);
  await go(page, 'evaluate');
  await page.getByRole('heading', { name: 'All scores' }).waitFor({ timeout: PATIENCE });
  expect(await scores()).toBe(before.scores);
  await page.getByText('looked at once').first().waitFor();
});

it('says so when the device is full, and loses nothing', async () => {
  const { page } = app;
  await begin(page, leaves(90));
  await untilPosed(page);
  await untilSaved(page);
  await fill(page, true);
  await question(page).fill('Is there room for this?');
  await page.getByText('This device has no room left for Tablework.').first().waitFor({ timeout: PATIENCE });
  expect(await question(page).inputValue()).toBe('Is there room for this?');
  await page.getByText('Not saved').waitFor({ state: 'attached' });
  await go(page, 'data');
  await page.getByRole('button', { name: 'Use another file' }).click();
  await drop(zone(page, 'Drop a CSV here'), customers(60));
  await page.locator('main').getByText('This device has no room left for Tablework.').nth(1).waitFor({ timeout: PATIENCE });
  // The table that was there is there still.
  await page.getByLabel('Role of tree', { exact: true }).waitFor();
  await go(page, 'problem');
  await fill(page, false);
  await question(page).fill('Is there room for this? Now there is.');
  await untilSaved(page);
  const again = await reopened(page);
  await at(again, 'problem');
  expect(await question(again).inputValue()).toBe('Is there room for this? Now there is.');
});
