/** The whole road by keyboard alone: from a sample on the first page to a model taken away; the focus can be seen wherever it stops. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openApp, type App } from './app.js';
import { clean, picture } from './ends.js';
import { at, PATIENCE, untilHome, untilPosed, untilQuiet } from './walk.js';

let app: App | null = null;
afterEach(async ({ task }) => {
  if (!app) return;
  if (task.result?.state === 'fail') await picture(app, task.name);
  await app.close();
  app = null;
});

interface Focus {
  readonly tag: string;
  readonly role: string;
  readonly name: string;
  /** Looks other than without the focus, itself or one of the two around it. */
  readonly seen: boolean;
}

/** What has the focus, by the words a screen reader would say, and whether it can be told by eye. */
const focus = (page: Page): Promise<Focus> =>
  page.evaluate(() => {
    const el = document.activeElement as HTMLElement;
    const around = [el, el.parentElement, el.parentElement?.parentElement].filter((x) => x instanceof Element);
    const looks = () =>
      around
        .map((x) =>
          (({ outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, top }) =>
            [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, top].join())(getComputedStyle(x)),
        )
        .join('|');
    const quiet = new CSSStyleSheet();
    const labelled = el
      .getAttribute('aria-labelledby')
      ?.split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ');
    const labels = 'labels' in el ? [...((el as HTMLInputElement).labels ?? [])].map((l) => l.textContent ?? '').join(' ') : '';
    const name = (el.getAttribute('aria-label') ?? labelled ?? (labels || el.textContent || '')).trim().replace(/\s+/g, ' ');
    // Without transitions, or the old look would still be fading.
    quiet.replaceSync('* { transition: none !important; }');
    document.adoptedStyleSheets = [quiet];
    const y = document.querySelector('main')?.scrollTop ?? 0;
    const focused = looks();
    el.blur();
    const blurred = looks();
    el.focus({ preventScroll: true });
    document.adoptedStyleSheets = [];
    document.querySelector('main')?.scrollTo(0, y);
    // A place that only a script brings the focus to (a step's title) is read, not seen.
    const placed = el.tabIndex < 0;
    return {
      tag: el.tagName.toLowerCase(),
      role: el.getAttribute('role') ?? (el as HTMLInputElement).type ?? '',
      name,
      seen: placed || focused !== blurred,
    };
  });

const unseen = new Set<string>();
/** Tabs on until what is wanted has the focus. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab', most = 150): Promise<void> {
  const met: string[] = [];
  for (let i = 0; i < most; i++) {
    const now = await focus(page);
    if (now.tag !== 'body' && !now.seen) unseen.add(`${now.tag} “${now.name.slice(0, 60)}”`);
    if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
    met.push(now.name.slice(0, 30));
    await page.keyboard.press(key);
  }
  throw new Error(`The focus never came to ${String(name)}; it passed ${met.join(' · ')}`);
}
/** The step of the rail, from wherever the focus is; then its title has the focus. */
async function step(page: Page, title: string): Promise<void> {
  await tabTo(page, new RegExp(`^\\d+ ?${title}`), 'Tab', 250);
  await page.keyboard.press('Enter');
  await at(page, title.toLowerCase() as 'problem');
  await expect.poll(async () => (await focus(page)).name).toBe(title);
}

it('opens a sample, trains, judges and takes a model away, without a mouse', async () => {
  app = await openApp('server', { reducedMotion: 'reduce' });
  const { page } = app;
  await untilHome(page);
  await tabTo(page, 'Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Open Iris');
  await page.keyboard.press('Enter');
  await untilPosed(page);

  await tabTo(page, 'What is to be predicted?');
  await tabTo(page, 'A class');
  await step(page, 'Data');
  await tabTo(page, /^Columns/);
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await focus(page)).name).toMatch(/^Rows/);
  await step(page, 'Clean');
  await tabTo(page, 'Add a step');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await focus(page)).name).toBe('Add a step');
  await step(page, 'Explore');
  await step(page, 'Features');
  await step(page, 'Train');
  // All but two are unticked with the space bar.
  const boxes = page.getByRole('checkbox', { name: 'Train', exact: true });
  await boxes.first().waitFor({ timeout: PATIENCE });
  const ticked = page.getByRole('checkbox', { name: 'Train', exact: true, checked: true });
  for (let i = 0; i < 40 && (await ticked.count()) > 2; i++) {
    await tabTo(page, 'Train');
    const model = await page.evaluate(() => document.activeElement?.closest('article')?.getAttribute('aria-label') ?? '');
    if (
      !['Decision tree', 'k nearest neighbours'].includes(model) &&
      (await page.evaluate(() => (document.activeElement as HTMLInputElement).checked))
    )
      await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
  }
  await tabTo(page, 'Train 2 models');
  await page.keyboard.press('Enter');
  const board = page.getByRole('region', { name: 'Leaderboard', exact: true });
  await board.getByRole('row').filter({ hasText: 'k nearest neighbours' }).waitFor({ timeout: PATIENCE });
  await untilQuiet(page);
  await tabTo(page, 'Choose this model');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Evaluate it');
  await page.keyboard.press('Enter');
  await at(page, 'evaluate');
  await tabTo(page, 'Open the holdout');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'All scores' }).waitFor({ timeout: PATIENCE });
  await step(page, 'Deploy');
  await tabTo(page, 'Predict a row');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, 'Download: Model file');
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: PATIENCE }), page.keyboard.press('Enter')]);
  expect(readFileSync(await download.path()).length).toBeGreaterThan(500);
  expect([...unseen]).toEqual([]);
  await clean(app, 'by keyboard');
});
