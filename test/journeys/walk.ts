/** The steps of the walk through the app, as a person does them; every journey and the tour go these ways. Knows no test runner. */
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import { stageIds, type StageId } from '../../src/core/workflow.js';

/** Long enough for a slow machine; nothing waits by the clock. */
export const PATIENCE = 30_000;

const capital = (s: string) => s.slice(0, 1).toUpperCase() + s.slice(1);

// ---- files

export interface Given {
  readonly name: string;
  readonly body: string | Uint8Array;
}

/** Lets a file fall on a drop zone, as a hand would. */
export async function drop(zone: Locator, { name, body }: Given): Promise<void> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const data = await zone.page().evaluateHandle(
    ({ name, base64 }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      return transfer;
    },
    { name, base64: Buffer.from(bytes).toString('base64') },
  );
  await zone.dispatchEvent('drop', { dataTransfer: data });
  await data.dispose();
}

export const zone = (page: Page, label: string | RegExp): Locator => page.getByRole('group', { name: label });

/** Presses something that downloads, and reads what came. */
export async function taken(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: PATIENCE }), press()]);
  return { name: download.suggestedFilename(), bytes: await content(download) };
}
const content = async (download: Download): Promise<Uint8Array> => new Uint8Array(readFileSync(await download.path()));

// ---- places

export async function untilHome(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1, name: 'From a table to a model you can trust' }).waitFor({ timeout: PATIENCE });
}
export async function home(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'All projects' }).first().click();
  await untilHome(page);
}
export async function at(page: Page, stage: StageId): Promise<void> {
  await page.getByRole('heading', { level: 1, name: capital(stage), exact: true }).waitFor({ timeout: PATIENCE });
}
export async function go(page: Page, stage: StageId): Promise<void> {
  await page.locator(`[data-stage=${stage}]`).click();
  await at(page, stage);
}
export { stageIds };

export const strip = (page: Page): Locator => page.getByRole('region', { name: 'Running work' });

/** Until nothing is being computed and all is on the disk. */
export async function untilQuiet(page: Page): Promise<void> {
  await strip(page)
    .getByRole('progressbar')
    .first()
    .waitFor({ state: 'detached', timeout: 2 * PATIENCE });
}
export async function untilSaved(page: Page): Promise<void> {
  await page.getByText('Saved on this device').first().waitFor({ state: 'attached', timeout: PATIENCE });
}

/** From home: drops a table and waits for the problem to be proposed. */
export async function begin(page: Page, file: Given): Promise<void> {
  await drop(zone(page, 'Drop a CSV here'), file);
  await at(page, 'problem');
}
export async function sample(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: `Open ${label}`, exact: true }).click();
  await at(page, 'problem');
}
/** Until the problem is posed and counted: how many rows to learn on. */
export async function untilPosed(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the data' }).waitFor({ timeout: PATIENCE });
}

// ---- what is done there

export async function pose(page: Page, metric: string, success: string): Promise<void> {
  await page.locator(`input[name=metric][value=${metric}]`).check();
  const line = page.getByLabel('From which score would it be a success?', { exact: true });
  await line.fill(success);
  await line.press('Tab');
  await page.getByText('Success from', { exact: true }).waitFor();
}

export const recipe = (page: Page): Locator => page.getByRole('complementary', { name: 'Recipe' }).getByRole('listitem');

/** A model on the Train step. */
export const card = (page: Page, model: string): Locator => page.getByRole('article', { name: model, exact: true });

/** Leaves only these models ticked on the Train step. */
export async function only(page: Page, models: readonly string[]): Promise<void> {
  await card(page, models[0] ?? '').waitFor({ timeout: PATIENCE });
  const all = page.getByRole('article').filter({ has: page.getByRole('checkbox', { name: 'Train', exact: true }) });
  for (let i = 0; i < (await all.count()); i++) {
    const box = all.nth(i).getByRole('checkbox', { name: 'Train', exact: true });
    if (await box.isEnabled()) await box.setChecked(models.includes((await all.nth(i).getAttribute('aria-label')) ?? ''));
  }
}

/** Opens the settings of a model and sets one by its label. */
export async function setting(page: Page, model: string, label: string, value: string): Promise<void> {
  const own = card(page, model);
  const field = own.getByLabel(label, { exact: true });
  if (!(await field.isVisible())) await own.locator('summary', { hasText: /^Settings/ }).click();
  if (!(await field.isVisible())) await own.locator('summary', { hasText: /^More options/ }).click();
  await field.fill(value);
}

export async function train(page: Page, models: readonly string[]): Promise<void> {
  await go(page, 'train');
  await only(page, models);
  await page.getByRole('button', { name: /^Train \d+ models?$/ }).click();
  await page.getByRole('region', { name: 'Leaderboard', exact: true }).waitFor({ timeout: 2 * PATIENCE });
  await untilQuiet(page);
}

/** Opens a run on the leaderboard and chooses it. */
export async function choose(page: Page, model: string): Promise<void> {
  await page
    .getByRole('region', { name: 'Leaderboard', exact: true })
    .getByRole('row')
    .filter({ hasText: model })
    .first()
    .getByRole('button')
    .first()
    .click();
  await page.getByRole('button', { name: 'Choose this model' }).click();
  await page.getByRole('button', { name: 'Evaluate it' }).waitFor();
}

export async function judge(page: Page): Promise<void> {
  await go(page, 'evaluate');
  await page.getByRole('button', { name: 'Open the holdout' }).click();
  await page.getByRole('heading', { name: 'All scores' }).waitFor({ timeout: 2 * PATIENCE });
  await untilQuiet(page);
}

export async function downloads(page: Page): Promise<void> {
  await go(page, 'deploy');
  await page.getByRole('tab', { name: 'Downloads' }).click({ timeout: PATIENCE });
}
export const download = (page: Page, label: string): Promise<{ name: string; bytes: Uint8Array }> =>
  taken(page, () => page.getByRole('button', { name: `Download: ${label}`, exact: true }).click());
