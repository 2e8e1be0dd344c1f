/** What the search found can be taken: chosen, looked into and judged, though its trials were only fitted on folds. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openApp, type App } from './app.js';
import { clean, picture } from './ends.js';
import { customers } from './tables.js';
import { begin, go, judge, PATIENCE, train, untilHome, untilPosed, untilQuiet } from './walk.js';

let app: App;
beforeEach(async () => {
  app = await openApp('server');
  await untilHome(app.page);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(app, task.name);
  await clean(app, task.name).finally(() => app.close());
});

it('the best trial is chosen and judged; every trial on the board can be looked into, and a trained model keeps its own', async () => {
  const { page } = app;
  await begin(page, customers());
  await untilPosed(page);
  await train(page, ['Decision tree']);
  await go(page, 'tune');
  await page.getByRole('slider', { name: /^Trials/ }).press('Home');
  const boxes = page.locator('main').getByRole('checkbox').filter({ visible: true });
  for (let i = (await boxes.count()) - 1; i >= 0; i--) {
    const label = await boxes.nth(i).evaluate((el) => (el as HTMLInputElement).labels?.[0]?.textContent?.trim() ?? '');
    if (label !== 'Decision tree') await boxes.nth(i).uncheck();
  }
  await page.getByRole('button', { name: 'Search with 5 trials' }).click();
  await page.getByRole('button', { name: 'Try 20 more' }).waitFor({ timeout: 2 * PATIENCE });
  await untilQuiet(page);
  await page.getByRole('button', { name: 'Choose this model' }).click();
  await page.getByRole('button', { name: 'Evaluate it' }).waitFor();
  await untilQuiet(page);
  await judge(page);
  await go(page, 'train');
  // The trial with the settings as they come is the very model that was trained: it is still there.
  await page
    .locator('[data-stage=train]')
    .getByText(/^[12] models? trained$/)
    .waitFor();
  const rows = page.getByRole('table', { name: 'Leaderboard', exact: true }).getByRole('row');
  expect(await rows.count()).toBe(7);
  for (const i of [2, 5]) {
    await rows.nth(i).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Look inside', exact: true }).click();
    const inside = page.getByRole('region', { name: 'Inside Decision tree' });
    await inside.getByText('The tree', { exact: true }).waitFor({ timeout: PATIENCE });
    await inside.getByRole('figure', { name: /answers over/ }).waitFor({ timeout: PATIENCE });
    await page.keyboard.press('Escape');
  }
});
