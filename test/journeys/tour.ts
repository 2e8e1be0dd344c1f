/** The stops of the tour: each brings the app to a state worth a picture. `npm run tour` takes every stop in light and dark, wide and narrow. */
import type { App } from './app.js';
import { csv } from './tables.js';
import { at, choose, drop, go, home, judge, only, PATIENCE, sample, strip, untilHome, untilPosed, untilQuiet, zone } from './walk.js';

export interface Stop {
  /** Name of the picture. */
  readonly name: string;
  /** Starts from where the stop before it ended. */
  readonly go: (app: App) => Promise<void>;
}

/** The work strip says “done” for a moment; a picture does without. */
const quiet = async ({ page }: App): Promise<void> => {
  await untilQuiet(page);
  await strip(page)
    .getByText(/: (done|cancelled)$/)
    .waitFor({ state: 'detached', timeout: PATIENCE })
    .catch(() => undefined);
};
const dismissed = async ({ page }: App): Promise<void> => {
  for (const x of (await page.getByRole('button', { name: 'Dismiss' }).all()).reverse()) await x.click();
};

export const stops: readonly Stop[] = [
  {
    name: 'home',
    go: ({ page }) => untilHome(page).then(() => page.getByRole('button', { name: 'Open Penguins' }).waitFor({ timeout: PATIENCE })),
  },
  {
    name: 'home-refused',
    go: async ({ page }) => {
      await drop(zone(page, 'Drop a CSV here'), {
        name: 'photo.csv',
        body: Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]),
      });
      await page.getByRole('alert').filter({ hasText: 'looks like' }).first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'problem-error',
    go: async (app) => {
      await dismissed(app);
      await drop(zone(app.page, 'Drop a CSV here'), {
        name: 'same answer.csv',
        body: csv(
          ['x', 'answer'],
          Array.from({ length: 30 }, (_, i) => [i, 'yes']),
        ),
      });
      await at(app.page, 'problem');
      await app.page.getByLabel('What is to be predicted?', { exact: true }).selectOption('answer');
      await app.page
        .locator('main')
        .getByText(/same value everywhere/)
        .first()
        .waitFor({ timeout: PATIENCE });
    },
  },
  { name: 'train-error', go: ({ page }) => go(page, 'train') },
  { name: 'evaluate-empty', go: ({ page }) => go(page, 'evaluate') },
  { name: 'deploy-empty', go: ({ page }) => go(page, 'deploy') },
  { name: 'monitor-empty', go: ({ page }) => go(page, 'monitor') },
  {
    name: 'problem',
    go: async (app) => {
      await home(app.page);
      await sample(app.page, 'Customer churn');
      await untilPosed(app.page);
      await app.page
        .getByLabel('What do you want to find out?', { exact: true })
        .fill('Which customers are about to leave, so that we can call them first?');
      await quiet(app);
    },
  },
  {
    name: 'data',
    go: async ({ page }) => {
      await go(page, 'data');
      await page.getByLabel('Role of churned', { exact: true }).waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'data-rows',
    go: async ({ page }) => {
      await page.getByRole('tab', { name: /^Rows/ }).click();
      await page.getByRole('grid').getByRole('row').nth(5).waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'clean',
    go: async ({ page }) => {
      await go(page, 'clean');
      await page.getByText('What the rows become').waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'clean-dialog',
    go: async ({ page }) => {
      await page.getByRole('button', { name: 'Add a step' }).first().click();
      await page.getByRole('dialog').getByLabel('Step', { exact: true }).selectOption('impute');
    },
  },
  {
    name: 'explore',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await go(page, 'explore');
      await page.locator('main figure').first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'explore-pair',
    go: async ({ page }) => {
      await page.getByRole('tab', { name: 'Two columns' }).click();
      await page.locator('main figure').first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'explore-all',
    go: async ({ page }) => {
      await page.getByRole('tab', { name: 'All with all' }).click();
      await page.getByText('How columns go together').first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'features',
    go: async ({ page }) => {
      await go(page, 'features');
      await page.getByText('Looking for features').waitFor({ state: 'detached', timeout: PATIENCE });
      await page.getByRole('button', { name: 'Add a step' }).first().click({ timeout: PATIENCE });
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Step', { exact: true }).selectOption('log');
      await dialog.getByRole('checkbox').first().check();
      await dialog.getByRole('button', { name: 'Add to the recipe' }).click();
    },
  },
  {
    name: 'train-empty',
    go: async ({ page }) => {
      await go(page, 'train');
      await page.getByRole('article').first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'training',
    go: async ({ page }) => {
      await only(page, ['Logistic regression', 'Decision tree', 'Gradient boosting', 'Neural network']);
      await page.getByRole('button', { name: 'Train 4 models' }).click();
      await page
        .getByText(/Learning curve of/)
        .first()
        .waitFor({ state: 'attached', timeout: PATIENCE });
    },
  },
  {
    name: 'train',
    go: async (app) => {
      await app.page.getByRole('region', { name: 'Leaderboard', exact: true }).waitFor({ timeout: PATIENCE });
      await quiet(app);
    },
  },
  { name: 'tune-empty', go: ({ page }) => go(page, 'tune') },
  {
    name: 'tune',
    go: async (app) => {
      const { page } = app;
      await page.getByRole('slider', { name: 'Trials: 20' }).press('Home');
      const boxes = page.locator('main').getByRole('checkbox').filter({ visible: true });
      for (let i = (await boxes.count()) - 1; i >= 0; i--) {
        const label = await boxes.nth(i).evaluate((el) => (el as HTMLInputElement).labels?.[0]?.textContent?.trim() ?? '');
        if (label !== 'Decision tree') await boxes.nth(i).uncheck();
      }
      await page.getByRole('button', { name: 'Search with 5 trials' }).click();
      await page.getByRole('button', { name: 'Try 20 more' }).waitFor({ timeout: 4 * PATIENCE });
      await quiet(app);
    },
  },
  {
    name: 'evaluate-closed',
    go: async ({ page }) => {
      await go(page, 'train');
      await choose(page, 'Logistic regression');
      await go(page, 'evaluate');
      await page.getByRole('button', { name: 'Open the holdout' }).waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'evaluate',
    go: async (app) => {
      await judge(app.page);
      await quiet(app);
    },
  },
  {
    name: 'evaluate-stale',
    go: async ({ page }) => {
      await go(page, 'problem');
      await page.locator('input[name=metric][value=recall]').check();
      await go(page, 'evaluate');
      await page.getByText('These results are out of date').waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'deploy',
    go: async (app) => {
      const { page } = app;
      await page.getByRole('button', { name: 'Bring up to date' }).click();
      await page.getByText('These results are out of date').waitFor({ state: 'detached', timeout: PATIENCE });
      await go(page, 'deploy');
      await page.getByRole('button', { name: 'Register this model' }).click({ timeout: PATIENCE });
      await page.getByRole('button', { name: /Version 1/ }).waitFor({ timeout: PATIENCE });
      await page
        .getByText(/^churned:/)
        .first()
        .waitFor({ state: 'attached', timeout: PATIENCE });
      await quiet(app);
    },
  },
  { name: 'deploy-downloads', go: ({ page }) => page.getByRole('tab', { name: 'Downloads' }).click() },
  { name: 'deploy-about', go: ({ page }) => page.getByRole('tab', { name: 'About the model' }).click() },
  {
    name: 'monitor-refused',
    go: async ({ page }) => {
      await go(page, 'monitor');
      await drop(zone(page, 'Drop a new file to check'), { name: 'empty.csv', body: '' });
      await page.getByRole('alert').filter({ hasText: 'is empty' }).first().waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'monitor',
    go: async (app) => {
      await dismissed(app);
      const { page } = app;
      const names = [
        'customer_id',
        'joined',
        'region',
        'age',
        'contract',
        'payment',
        'tenure_months',
        'monthly_price',
        'price_rise',
        'support_calls',
        'minutes_online',
        'newsletter',
      ];
      const later = Array.from({ length: 300 }, (_, i) => [
        `C-${200_000 + i}`,
        `2024-0${1 + (i % 9)}-1${i % 10}`,
        ['north', 'south', 'east', 'west'][i % 4] ?? '',
        20 + ((i * 7) % 60),
        ['monthly', 'one year', 'weekly'][i % 3] ?? '',
        ['card', 'transfer', 'direct debit'][i % 3] ?? '',
        (i * 5) % 60,
        60 + ((i * 13) % 30),
        i % 5 ? 0 : 4,
        i % 4,
        250 + ((i * 17) % 200),
        i % 2 ? 'yes' : 'no',
      ]);
      await drop(zone(page, 'Drop a new file to check'), { name: 'customers in may.csv', body: csv(names, later) });
      await page.getByRole('region', { name: 'Drift by column, the furthest first', exact: true }).waitFor({ timeout: PATIENCE });
      await quiet(app);
    },
  },
  {
    name: 'commands',
    go: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').first().waitFor();
    },
  },
  {
    name: 'home-projects',
    go: async ({ page }) => {
      await page.keyboard.press('Escape');
      await home(page);
      await page.getByRole('heading', { name: 'Your projects' }).waitFor({ timeout: PATIENCE });
    },
  },
  {
    name: 'home-delete',
    go: async ({ page }) => {
      await page.getByRole('button', { name: 'Actions for same answer' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').first().waitFor();
    },
  },
];
