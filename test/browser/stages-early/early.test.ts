/** Problem to Tune and the recipe, on a small messy table and with the real workers: empty, posed, narrow, dark; by keyboard; nothing serious for axe. */
import axe from 'axe-core';
import { tick, type Component } from 'svelte';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { Problem as TableworkProblem } from '../../../src/core/problem.js';
import { furtherOf } from '../../../src/core/workflow.js';
import type { ColumnPicture } from '../../../src/core/picture.js';
import Rail from '../../../src/frame/Rail.svelte';
import TopBar from '../../../src/frame/TopBar.svelte';
import WorkStrip from '../../../src/frame/WorkStrip.svelte';
import Home from '../../../src/home/Home.svelte';
import { Toasts } from '../../../src/parts/index.js';
import { addFurther, dropTarget, loadCatalog, project, startProject, statusOf, works } from '../../../src/project/index.js';
import { Recipe } from '../../../src/recipe/index.js';
import Clean from '../../../src/stages/clean/Screen.svelte';
import Data from '../../../src/stages/data/Screen.svelte';
import ColumnView from '../../../src/stages/explore/ColumnView.svelte';
import Explore from '../../../src/stages/explore/Screen.svelte';
import Features from '../../../src/stages/features/Screen.svelte';
import Problem from '../../../src/stages/problem/Screen.svelte';
import ModelRow from '../../../src/stages/train/ModelRow.svelte';
import Train from '../../../src/stages/train/Screen.svelte';
import Tune from '../../../src/stages/tune/Screen.svelte';
import '../../../src/theme.css';
import { runOf } from '../stages-late/state.js';
import Host from './Host.svelte';

const screens: readonly (readonly [string, Component])[] = [
  ['problem', Problem],
  ['data', Data],
  ['clean', Clean],
  ['explore', Explore],
  ['features', Features],
  ['train', Train],
  ['tune', Tune],
];

/** 120 rows: two columns with gaps, one spelt in two ways, a target that hangs on the first. */
const table = (): File => {
  const lines = ['height,weight,town,ill'];
  for (let i = 0; i < 120; i++) {
    const height = 150 + ((i * 37) % 50);
    lines.push(
      `${i % 9 ? height : ''},${i % 11 ? 50 + ((i * 13) % 40) : ''},${['North', 'north', 'South'][i % 3]},${height + (i % 7) > 178 ? 'yes' : 'no'}`,
    );
  }
  return new File([`${lines.join('\n')}\n`], 'people.csv', { type: 'text/csv' });
};

// Colours glide when the theme changes; axe must see where they arrive.
const still = document.createElement('style');
still.textContent = '* { transition: none !important; animation: none !important; }';
document.head.append(still);

async function serious(): Promise<string[]> {
  await tick();
  const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`)
          .join(' | ')}`,
    );
}
const show = (screen: Component) => render(Host, { screen });
/** The screen has all that it asks the workers for. */
async function settled(): Promise<void> {
  await expect.poll(() => project.warnings !== null && project.readiness !== null, { timeout: 20_000 }).toBe(true);
  await expect
    .poll(() => document.querySelector('main')?.textContent ?? '', { timeout: 20_000 })
    .not.toMatch(/(Looking|Reading|Comparing|Trying)[^.]*…/);
}
const primaries = () => document.querySelectorAll('main button.primary').length;

beforeAll(loadCatalog);
afterEach(async () => {
  delete document.documentElement.dataset['theme'];
  await page.viewport(1280, 800);
});

describe('without data', () => {
  test.each(screens)('%s says what it needs and offers one way there', async (_, screen) => {
    await project.close();
    await show(screen);
    await expect.element(page.getByText(/^There is no (data|target) yet$/)).toBeVisible();
    expect(primaries()).toBe(1);
    expect(await serious()).toEqual([]);
  });

  test('home takes a table pasted into its dialog', async () => {
    await project.close();
    await render(Home);
    await page.getByRole('button', { name: 'Paste a table' }).click();
    await expect.element(page.getByRole('button', { name: 'Use this table' })).toBeDisabled();
    await page.getByRole('textbox', { name: 'Table' }).fill('size\tprice\n1\t10\n2\t20\n3\t31\n');
    expect(await serious()).toEqual([]);
    await page.getByRole('button', { name: 'Use this table' }).click();
    await expect.poll(() => project.workflow.columns.map((c) => c.name), { timeout: 20_000 }).toEqual(['size', 'price']);
  });
});

describe('with a table', () => {
  beforeAll(async () => {
    await startProject(table());
    expect(project.workflow.problem.target).toBe('ill');
  });
  afterAll(() => project.close());

  test.each(screens)('%s has nothing serious for axe, wide and light, narrow and dark, and does not run over', async (_, screen) => {
    await show(screen);
    await settled();
    expect(await serious()).toEqual([]);
    expect(primaries()).toBeLessThanOrEqual(1);
    await page.viewport(360, 740);
    document.documentElement.dataset['theme'] = 'dark';
    expect(await serious()).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  });

  test('the frame on a phone: ten steps, the present one in sight, nothing runs over', async () => {
    await page.viewport(360, 740);
    await render(TopBar, { openPalette: () => undefined });
    await render(Rail);
    project.go('tune');
    await tick();
    const step = page.getByRole('button', { name: 'Tune' }).element().getBoundingClientRect();
    expect(step.left).toBeGreaterThanOrEqual(0);
    expect(step.right).toBeLessThanOrEqual(360);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    expect(await serious()).toEqual([]);
  });

  test('the rail on a phone stays where it was pushed to, while the marks of the steps change', async () => {
    await page.viewport(390, 800);
    project.go('problem');
    await render(Rail);
    const list = document.querySelector('ol')!;
    await expect.poll(() => list.scrollWidth).toBeGreaterThan(list.clientWidth);
    list.scrollLeft = 300;
    const { readiness } = project;
    project.readiness = { ...readiness!, problem: new TableworkProblem('problem/no-target').toJSON() };
    await expect.poll(() => statusOf('problem').mark).toBe('warning');
    await tick();
    expect(list.scrollLeft).toBe(300);
    project.readiness = readiness;
  });

  test('clean: findings of one kind are one card, one key mends them all, and the focus stays on the page', async () => {
    await show(Clean);
    await render(Recipe);
    await settled();
    await expect.element(page.getByRole('heading', { name: '2 columns have missing values.' })).toBeVisible();
    const before = project.workflow;
    page.getByRole('button', { name: 'Fill with the median', exact: true }).element().focus();
    await userEvent.keyboard('{Enter}');
    expect(project.workflow.recipe.map((u) => [u.step, u.on])).toEqual([['impute', ['height', 'weight']]]);
    await expect.poll(() => document.activeElement?.textContent).toMatch(/found|dealt with/);
    project.undo();
    expect(project.workflow).toBe(before);
  });

  test('clean: what is left as it is can be taken back from the message', async () => {
    await show(Clean);
    await render(Toasts);
    await settled();
    await page.getByRole('button', { name: 'Leave all as they are' }).click();
    expect(project.workflow.dismissed).toHaveLength(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(project.workflow.dismissed).toEqual([]);
  });

  test('explore: the share drawn is that of the class that matters, not of the most frequent', async () => {
    const bars = [
      { label: 'North', count: 10, byClass: [9, 1], mean: null },
      { label: 'South', count: 9, byClass: [5, 4], mean: null },
    ];
    const picture = { name: 'town', kind: 'category', rows: 19, missing: 0, distinct: 2, target: 'ill', classes: ['no', 'yes'], bins: [], boxes: [], bars, rest: { levels: 0, rows: 0 }, measures: [] } as unknown as ColumnPicture; // prettier-ignore
    await render(ColumnView, { picture, matters: 'yes' });
    await expect.element(page.getByText('Share of “yes” for each value')).toBeVisible();
    await expect.element(page.getByText('44.4 %')).toBeVisible();
  });

  test('explore: a bar opens its column, and a cell of the matrix opens the pair, by key', async () => {
    await show(Explore);
    await settled();
    page
      .getByRole('button', { name: /^town / })
      .element()
      .focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('heading', { name: 'town', exact: true })).toBeVisible();
    await page.getByRole('tab', { name: 'All with all' }).click();
    const cell = page.getByRole('button', { name: /^Column height, Column weight/ });
    await expect.element(cell).toBeVisible();
    cell.element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('heading', { name: 'height and weight' })).toBeVisible();
  });

  test('work of one kind is one line, and its end is said once', async () => {
    await render(WorkStrip);
    const begun = ['a', 'b', 'c'].map((name) => works.begin(`Model ${name}`, `train:${name}`));
    begun[0]!.tell({ kind: 'progress', done: 1, of: 2, label: 'Fold 1 of 2' });
    await expect.element(page.getByText('Training 3 models')).toBeVisible();
    expect(document.querySelectorAll('progress')).toHaveLength(1);
    begun[0]!.end();
    await expect.element(page.getByText('1 of 3 done', { exact: false })).toBeVisible();
    begun[1]!.end();
    begun[2]!.end();
    await expect.element(page.getByText('Training: done')).toBeVisible();
    expect(document.querySelectorAll('progress')).toHaveLength(0);
  });

  test('one model beside the baseline is called by its name, with how far it is', async () => {
    for (const w of works.list) works.dismiss(w);
    await render(WorkStrip);
    const baseline = works.begin('Baseline', 'train:baseline');
    const model = works.begin('Model a', 'train:a');
    baseline.end();
    model.tell({ kind: 'progress', done: 1, of: 4, label: 'Fold 2 of 3' });
    await expect.element(page.getByText('Model a', { exact: true })).toBeVisible();
    await expect.element(page.getByText('Fold 2 of 3', { exact: false })).toBeVisible();
    expect(document.querySelector('progress')!.value).toBe(0.25);
    model.end();
    await expect.element(page.getByText('Training: done')).toBeVisible();
  });

  test('what was cancelled is said, and not in the colour of success', async () => {
    for (const w of works.list) works.dismiss(w);
    await render(WorkStrip);
    const colour = () => getComputedStyle(document.querySelector('[role=status]')!).color;
    works.begin('Model a', 'train:a').end();
    await expect.element(page.getByText('Model a: done')).toBeVisible();
    const success = colour();
    works.begin('Model b', 'train:b').end(new TableworkProblem('job/cancelled'));
    await expect.element(page.getByText('Model b: cancelled')).toBeVisible();
    expect(colour()).not.toBe(success);
  });

  test('two more targets, one right after the other, are two steps of undo; Data and the rail count them', async () => {
    await Promise.all([addFurther('town'), addFurther('weight')]);
    expect(furtherOf(project.workflow).map((t) => t.target)).toEqual(['town', 'weight']);
    await show(Data);
    await settled();
    await expect.element(page.getByText('targets “ill”, “town”, “weight”', { exact: false })).toBeVisible();
    expect(statusOf('problem').words).toBe('Predict 3 columns');
    project.undo();
    expect(furtherOf(project.workflow).map((t) => t.target)).toEqual(['town']);
    project.undo();
    expect(furtherOf(project.workflow)).toEqual([]);
  });

  test('tune: what was trained is ticked, else the short list; with no tick there is nothing to start', async () => {
    const ticked = () =>
      [...document.querySelectorAll<HTMLInputElement>('main li > :not(details) input:checked')].flatMap((x) =>
        x.type === 'checkbox' ? (x.labels?.[0]?.textContent ?? []) : [],
      );
    await show(Tune);
    await settled();
    expect(ticked()).toContain('Random forest');
    project.runs = [{ ...runOf('decision-tree', 'Decision tree', 0.9), design: project.design ?? '' }];
    await expect.poll(ticked).toEqual(['Decision tree']);
    await page.getByRole('checkbox', { name: 'Decision tree' }).click();
    await expect.element(page.getByText('Tick a model that is to take part.')).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Search with/ })).toBeDisabled();
    project.undo();
    project.runs = [];
  });

  test('train: a long wait is said beside its tick before anything starts', async () => {
    const model = project.catalog!.models.find((m) => m.id === 'gaussian-process')!;
    const row = { model, params: {}, ticked: true, ontick: () => undefined, onparams: () => undefined, ontrain: () => undefined };
    const { rerender } = await render(ModelRow, { ...row, forecast: { model: model.id, whyNot: null, seconds: 3190, bytes: 1e6 } });
    await expect.element(page.getByText('It would take about 53 min here.', { exact: false })).toBeVisible();
    await rerender({ forecast: { model: model.id, whyNot: null, seconds: 20, bytes: 1e6 } });
    await expect.element(page.getByText('It would take', { exact: false })).not.toBeInTheDocument();
  });

  test('data: a target that gets another role is no target any more', async () => {
    await show(Data);
    await settled();
    await page.getByRole('combobox', { name: 'Role of ill' }).selectOptions('ignore');
    expect(project.workflow.problem.target).toBe(null);
    await expect.element(page.getByText(/no target yet, 1 left out/)).toBeVisible();
    project.undo();
    expect(project.workflow.problem.target).toBe('ill');
    dropTarget('feature');
    await show(Train);
    await expect.element(page.getByText('There is no target yet')).toBeVisible();
    project.undo();
  });
});

describe('with a target spelt in several ways', () => {
  const spelt = (): File => {
    const lines = ['height,ill'];
    for (let i = 0; i < 120; i++) lines.push(`${150 + ((i * 37) % 50)},${i % 3 ? 'no' : i % 4 ? 'yes' : 'Yes'}`);
    return new File([`${lines.join('\n')}\n`], 'spelt.csv', { type: 'text/csv' });
  };
  beforeAll(async () => {
    await startProject(spelt());
    expect(project.workflow.problem.target).toBe('ill');
  });
  afterAll(() => project.close());
  const classes = () => project.readiness?.classes.map(([l]) => l);

  test('data: one key makes one class of the spellings, another parts them, and undo takes either back', async () => {
    await show(Data);
    await settled();
    expect(classes()).toEqual(['Yes', 'no', 'yes']);
    const levels = () => project.profile?.columns.find((c) => c.name === 'ill')?.top.length;
    expect(await serious()).toEqual([]);
    await page.getByRole('button', { name: 'Treat as one' }).click();
    await expect.poll(classes, { timeout: 20_000 }).toEqual(['no', 'yes']);
    expect(levels()).toBe(2);
    expect(project.workflow.problem.positive).toBe('yes');
    await expect.element(page.getByText('“Yes” as “yes”')).toBeVisible();
    expect(await serious()).toEqual([]);
    project.undo();
    await expect.poll(classes, { timeout: 20_000 }).toEqual(['Yes', 'no', 'yes']);
    await expect.poll(levels).toBe(3);
    project.redo();
    await expect.poll(levels, { timeout: 20_000 }).toBe(2);
    await page.getByRole('button', { name: 'Read them apart' }).click();
    await expect.poll(classes, { timeout: 20_000 }).toEqual(['Yes', 'no', 'yes']);
  });

  test.each<readonly [string, Component]>([
    ['problem', Problem],
    ['clean', Clean],
  ])('%s: offers the same', async (_, screen) => {
    await show(screen);
    await settled();
    await page.getByRole('button', { name: 'Treat as one' }).click();
    await expect.poll(classes, { timeout: 20_000 }).toEqual(['no', 'yes']);
    await expect.poll(() => document.querySelector('main')?.textContent).not.toContain('Treat as one');
    project.undo();
    await expect.poll(classes, { timeout: 20_000 }).toEqual(['Yes', 'no', 'yes']);
  });
});
