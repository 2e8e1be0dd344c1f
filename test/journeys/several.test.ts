/** Several answers from one model: chosen by keyboard, trained, judged at one look, and taken away in one file. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterEach, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { openArtifact, predictTable, readFor } from '../../workers/serve.js';
import { openApp, type App } from './app.js';
import { clean, picture } from './ends.js';
import { begin, download, drop, go, judge, taken, train, untilPosed, untilQuiet, zone, PATIENCE } from './walk.js';

let app: App | null = null;
afterEach(async ({ task }) => {
  if (!app) return;
  if (task.result?.state === 'fail') await picture(app, task.name);
  await app.close();
  app = null;
});

/** Nothing serious by the rules of axe where the screen is now. */
async function sound({ page }: App, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  expect(serious.map((v) => `${where}: ${v.id} ${v.nodes[0]?.html ?? ''}`)).toEqual([]);
}

/** Songs with two yes/no columns and a number to predict; some of the second are unknown. */
export function songs(rows = 160): string {
  const u = random(3);
  const lines = Array.from({ length: rows }, (_, i) => {
    const [tempo, loud] = [60 + 120 * u(), u()];
    const dance = tempo + 30 * u() > 130;
    const party = dance === u() > 0.15;
    const played = (tempo * 3 + 100 * loud + 20 * u()).toFixed(1);
    return [
      tempo.toFixed(1),
      loud.toFixed(3),
      (u() * 10).toFixed(2),
      dance ? 'yes' : 'no',
      i % 13 === 0 ? '' : party ? 'yes' : 'no',
      played,
    ].join();
  });
  return `tempo,loudness,length,dance,party,played\n${lines.join('\n')}\n`;
}

it('predicts several columns in one project', async () => {
  app = await openApp('server', { reducedMotion: 'reduce' });
  const { page } = app;
  await begin(page, { name: 'songs.csv', body: songs() });
  await untilPosed(page);
  await page.getByLabel('What is to be predicted?', { exact: true }).selectOption('dance');

  // By keyboard: the list, then the first letters of a column.
  const add = page.getByLabel(/^Add (a|another) column$/);
  await add.focus();
  await page.keyboard.type('party');
  await page.getByLabel('Metric for party').waitFor();
  await page.getByLabel('The class of party that matters').waitFor({ timeout: PATIENCE });
  await add.focus();
  await page.keyboard.type('pl');
  await page.getByLabel('Metric for played').waitFor();
  const chain = page.getByRole('checkbox', { name: /^Let each know/ });
  await chain.focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Move played up' }).press('Enter');
  await page.getByText('A chain: dance, then played, then party.').waitFor();
  await page.getByRole('button', { name: 'Do not predict played' }).press('Enter');
  expect(await page.getByLabel('Metric for played').count()).toBe(0);
  await add.focus();
  await page.keyboard.type('pl');
  await page.getByLabel('Metric for played').waitFor();
  await chain.focus();
  await page.keyboard.press('Space');
  await untilPosed(page);
  const short = page.getByRole('complementary', { name: 'The problem in short' });
  await short.getByText('party, one of 2 classes').waitFor({ timeout: PATIENCE });
  await short.getByText('played, a number').waitFor();
  expect(await short.getByText('3 columns').count()).toBe(1);

  await sound(app, 'problem');

  await train(page, ['Logistic regression']);
  await page.getByText('Further targets in cross-validation').waitFor({ timeout: PATIENCE });
  await judge(page);
  const all = page.getByRole('group', { name: 'All targets, table' });
  expect(await all.getByRole('row').count()).toBe(4);
  expect(await all.getByRole('row', { name: /played/ }).textContent()).toContain('Linear regression');
  const labels = page.getByRole('group', { name: 'Labels together, table' });
  for (const name of ['Exact match', 'Hamming loss', 'Jaccard index']) await labels.getByRole('rowheader', { name }).waitFor();

  await sound(app, 'evaluate');

  await go(page, 'deploy');
  const further = page.getByRole('list', { name: 'Further targets' });
  await further.getByText(/^party:/).waitFor({ timeout: PATIENCE });
  await further.getByText(/^played:/).waitFor();
  await sound(app, 'deploy');
  await page.getByRole('tab', { name: 'Predict a file' }).click();
  await drop(zone(page, 'Drop a CSV to predict'), { name: 'new.csv', body: 'tempo,loudness,length\n150,0.5,4\n70,0.2,3\n' });
  const csv = await taken(page, () => page.getByRole('button', { name: 'Save the predictions as CSV' }).click({ timeout: PATIENCE }));
  const text = new TextDecoder().decode(csv.bytes);
  const [head = ''] = text.split(/\r?\n/);
  expect(head.split(',')).toEqual(
    expect.arrayContaining(['predicted_dance', 'predicted_party', 'probability_party_yes', 'predicted_played']),
  );

  await page.getByRole('tab', { name: 'Downloads' }).click();
  await page.getByText('It holds dance alone; party, played are not in it.').waitFor();
  const file = await download(page, 'Model file');
  const a = openArtifact(file.bytes);
  expect(a.also!.map((p) => p.target.name)).toEqual(['party', 'played']);
  const again = predictTable(a, await readFor(a, new TextEncoder().encode('tempo,loudness,length\n150,0.5,4\n70,0.2,3\n'), 'new.csv'));
  expect(await again.csv.text()).toBe(text);
  const onePage = await download(page, 'One-page predictor');
  await untilQuiet(page);

  const alone = await app.context.newPage();
  await alone.setContent(new TextDecoder().decode(onePage.bytes));
  await alone.getByLabel('tempo').fill('150');
  for (const target of ['dance', 'party', 'played'])
    await alone
      .locator('#answer')
      .getByText(new RegExp(`^${target}: `))
      .waitFor({ timeout: PATIENCE });
  await alone.close();
  await clean(app, 'several');
}, 180_000);
