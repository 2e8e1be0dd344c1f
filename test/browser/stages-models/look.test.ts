/** Looking into models that were really fitted: every registered one draws, nothing on screen is no number, keys reach all, axe finds nothing serious. */
import axe from 'axe-core';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { Inside as Picture } from '../../../src/core/inside.js';
import type { Catalog, Job } from '../../../src/core/protocol.js';
import { Problem } from '../../../src/core/problem.js';
import { project } from '../../../src/project/index.js';
import Deploy from '../../../src/stages/deploy/Screen.svelte';
import Compare from '../../../src/stages/train/Compare.svelte';
import Inside from '../../../src/stages/train/inside/Inside.svelte';
import Leaderboard from '../../../src/stages/train/Leaderboard.svelte';
import { insideOf } from '../../../workers/explain/inside/index.js';
import { models } from '../../../workers/models/index.js';
import declared from '../../contract/catalog.json';
import '../../../src/theme.css';
import { answer, fitted, kinds, type Fitted, type Kind } from './fitted.js';

vi.mock('../../../src/jobs/index.js', () => ({
  ask: () => Promise.reject(new Error('the data worker was asked')),
  lanes: () => 1,
  read: () => ({ result: Promise.reject(new Error('a file was read')), stop: () => undefined, cancel: () => undefined }),
  start: (job: Job) => ({ result: answer(job), stop: () => undefined, cancel: () => undefined }),
}));

const catalog = { ...declared, samples: [], samplers: [] } as unknown as Catalog;
const still = document.createElement('style');
still.textContent = '* { transition: none !important; }';
document.head.append(still);

function open(made: readonly Fitted[]) {
  project.catalog = catalog;
  project.workflow = { ...made[0]!.design.workflow, chosen: made[0]!.run.key };
  project.runs = made.map((f) => f.run);
  project.looks = [];
  project.evaluation = null;
  project.models = [];
  project.readiness = { problem: null, rows: 72, training: 58, holdout: 14, features: 3, classes: [], notes: [] };
}
beforeEach(() => {
  delete document.documentElement.dataset['theme'];
});
afterEach(async () => {
  await page.viewport(1280, 900);
});

/** Words and drawings that only a slip could make. */
const slips = (of: Element): string[] =>
  [...of.outerHTML.matchAll(/.{0,60}(?:\bNaN\b|\bInfinity\b|\bundefined\b|\[object ).{0,40}/g)].map(([text]) => text);
async function serious(): Promise<string[]> {
  await tick();
  const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`);
}
const inside = () => page.getByRole('region', { name: /^Inside / });
async function look(f: Fitted) {
  open([f]);
  const screen = await render(Inside, { run: f.run, onclose: () => undefined });
  await expect.element(page.getByRole('figure', { name: /^What .* answers over/ })).toBeVisible();
  await expect.element(page.getByText('Looking …')).not.toBeInTheDocument();
  return screen;
}

/** Needs a table that these are not. */
const refused: Readonly<Record<Kind, readonly string[]>> = {
  'two classes': ['ordinal'],
  'three classes': [],
  number: [],
};
const met = new Set<Picture['kind']>();
const pictured: Readonly<Record<Picture['kind'], string>> = {
  clouds: 'naive-bayes-gaussian',
  coefficients: 'logistic',
  network: 'neural-network',
  parts: 'voting',
  remembered: 'support-vector-machine',
  rules: 'rule-list',
  shapes: 'explainable-boosting',
  trees: 'decision-tree',
};

describe.each(kinds)('%s: every model that can be asked', (kind) => {
  const task = kind === 'number' ? 'number' : 'class';
  test.each([...models.values()].filter((m) => m.id !== 'baseline' && m.tasks.includes(task)).map((m) => m.id))(
    '%s shows what it learnt, and no slip',
    async (id) => {
      const made = await fitted(kind, id).catch((error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      });
      if (made instanceof Problem) {
        expect(refused[kind], made.message).toContain(id);
        return;
      }
      const picture = insideOf(made.artifact);
      expect(picture, 'a picture of its own').not.toBeNull();
      if (picture) met.add(picture.kind);
      const { container } = await look(made);
      expect(slips(container)).toEqual([]);
      // The border alone is not enough: something of its own stands before it.
      const own = [...inside().element().children].filter((e) => !e.matches('header, .borders'));
      expect(own.filter((e) => e.querySelector('figure svg, table, li, strong') !== null || e.matches('figure'))).not.toEqual([]);
      expect(own.map((e) => e.textContent).join('').length).toBeGreaterThan(40);
      // The same in words: every picture has its table.
      for (const button of container.querySelectorAll<HTMLElement>('[aria-label="Show as table"]')) button.click();
      await tick();
      expect(slips(container)).toEqual([]);
    },
  );
});

test('between them they show every kind of picture there is', () => {
  expect([...met].sort()).toEqual(Object.keys(pictured));
});

describe('each kind of picture', () => {
  test.each(Object.entries(pictured))('%s: axe finds nothing serious in either theme, and it fits a phone', async (kind, model) => {
    const made = await fitted('two classes', model);
    expect(insideOf(made.artifact)?.kind).toBe(kind);
    const { container } = await look(made);
    container.setAttribute('role', 'main');
    // As the card does around it.
    container.style.padding = '16px';
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      expect(await serious()).toEqual([]);
    }
    await page.viewport(360, 800);
    // A chart follows its place a frame later.
    await expect.poll(() => document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    expect(slips(container)).toEqual([]);
  });

  test('opened, the keyboard is there; Escape closes it', async () => {
    const f = await fitted('two classes', 'decision-tree');
    open([f]);
    const shut = vi.fn();
    await render(Inside, { run: f.run, onclose: shut });
    await expect.poll(() => document.activeElement?.textContent).toBe('Inside Decision tree');
    await userEvent.keyboard('{Escape}');
    expect(shut).toHaveBeenCalledOnce();
  });

  test('a tree: a branch opens and closes by key, and says so', async () => {
    await look(await fitted('two classes', 'decision-tree'));
    const root = () => document.querySelector<SVGGElement>('g[aria-expanded]')!;
    root().focus();
    const before = document.querySelectorAll('g[role=button], g[aria-label]').length;
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => root().getAttribute('aria-expanded')).toBe('false');
    expect(document.querySelectorAll('g[role=button], g[aria-label]').length).toBeLessThan(before);
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => root().getAttribute('aria-expanded')).toBe('true');
  });

  test('a forest: the next tree is shown by key', async () => {
    await look(await fitted('number', 'random-forest'));
    page.getByRole('button', { name: 'Next tree' }).element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('Tree 2 of 8')).toBeVisible();
  });

  test('weights: with intervals where the fit knows them, and one class at a time', async () => {
    await look(await fitted('number', 'linear', { penalty: 'none' }));
    await expect.element(page.getByText('Weight of each column, with its 95 % interval').first()).toBeVisible();
    await expect.element(page.getByText('Weight, 95 % interval', { exact: true })).toBeVisible();
    await expect.element(page.getByText(/one standard deviation more of a number/).first()).toBeVisible();
    await page.getByText(/^All \d+ weights as a table$/).click();
    await expect.element(page.getByRole('columnheader', { name: /^Standard error/ })).toBeVisible();
  });

  test('clouds: what a line is, is said: a spread, not an interval', async () => {
    await look(await fitted('two classes', 'naive-bayes-gaussian'));
    await expect.element(page.getByText('Mean, one standard deviation').first()).toBeVisible();
    await expect.element(page.getByText(/on one scale for all columns/)).toBeVisible();
    expect(document.body.textContent).not.toContain('95 % interval');
  });

  test('members open one by one, and the way back is there', async () => {
    await look(await fitted('two classes', 'voting'));
    // By their names on the board: “Trees” twice would tell nothing.
    await page.getByRole('button', { name: 'Look inside Decision tree' }).click();
    await expect.element(page.getByText('The tree', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'All members' }).click();
    await expect.element(page.getByRole('button', { name: 'Look inside k nearest neighbours' })).toBeVisible();
  });

  test('the border: over a category and a number as well, and never one column twice', async () => {
    const { container } = await look(await fitted('three classes', 'logistic'));
    await page.getByRole('combobox', { name: 'Upwards' }).selectOptions('town');
    await expect.element(page.getByRole('figure', { name: /answers over age and town/ })).toBeVisible();
    const offered = [...document.querySelectorAll('option')].map((o) => o.textContent.trim());
    expect(offered.filter((o) => o === 'town')).toHaveLength(1);
    expect(slips(container)).toEqual([]);
  });
});

describe('comparing', () => {
  const metricsOf = (kind: Kind) =>
    catalog.metrics.filter((m) => (kind === 'number' ? ['rmse', 'r2'] : ['accuracy', 'roc_auc']).includes(m.id));
  async function compared(kind: Kind, one: Fitted, two: Fitted) {
    open([one, two]);
    const metrics = metricsOf(kind);
    const metric = metrics.find((m) => m.id === project.workflow.problem.metric)!;
    const screen = await render(Compare, { one: one.run, two: two.run, names: ['First', 'Second'] as const, metric, metrics });
    await expect.element(page.getByRole('figure', { name: /^What .* answers over/ }).nth(1)).toBeVisible();
    return screen;
  }

  test('the difference is taken fold by fold, with the better one named and the amount without a sign', async () => {
    const scored = (f: Fitted, folds: readonly number[]): Fitted => ({
      ...f,
      run: { ...f.run, cv: { ...f.run.cv, rmse: { ...f.run.cv['rmse']!, folds } } },
    });
    const { container } = await compared(
      'number',
      scored(await fitted('number', 'linear'), [10, 10.2, 9.9]),
      scored(await fitted('number', 'decision-tree'), [20, 20.1, 20.3]),
    );
    await expect
      .element(
        page.getByText(/^First is better: its root mean squared error is lower by \d[\d.]* \(95 % interval \d[\d.]* to \d[\d.]*\)\./),
      )
      .toBeVisible();
    expect(slips(container)).toEqual([]);
    container.setAttribute('role', 'main');
    expect(await serious()).toEqual([]);
  });

  test('of one model, only settings that differ and play a part are listed, by the names a person reads', async () => {
    await compared(
      'two classes',
      await fitted('two classes', 'k-nearest-neighbours', { k: 3, weights: 'distance' }),
      await fitted('two classes', 'k-nearest-neighbours', { p: 4 }),
    );
    const table = page.getByRole('table', { name: 'What differs otherwise' });
    await expect.element(table.getByRole('row', { name: /^Neighbours/ })).toBeVisible();
    expect(table.element().textContent).not.toMatch(/Minkowski|uniform|euclidean/);
  });

  test('of two models, columns are chosen once for both borders', async () => {
    await compared('two classes', await fitted('two classes', 'logistic'), await fitted('two classes', 'k-nearest-neighbours'));
    expect(page.getByRole('combobox', { name: 'Across' }).all()).toHaveLength(1);
    await page.getByRole('combobox', { name: 'Across' }).selectOptions('town');
    await expect.element(page.getByRole('figure', { name: /answers over town and/ }).nth(1)).toBeVisible();
  });
});

describe('the leaderboard', () => {
  const board = async (made: readonly Fitted[], more: Partial<Fitted['run']> = {}) => {
    open(made);
    project.runs = project.runs.map((r, i) => (i === 0 ? { ...r, ...more } : r));
    const again = vi.fn();
    const screen = await render(Leaderboard, { busy: false, onblend: () => undefined, onagain: again });
    screen.container.setAttribute('role', 'main');
    return { ...screen, again };
  };

  test('a look inside is one press away, and closing leads back to that button', async () => {
    await board([await fitted('two classes', 'logistic'), await fitted('two classes', 'decision-tree')]);
    const button = page.getByRole('button', { name: 'Look inside', exact: true });
    button.element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(inside()).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(inside()).not.toBeInTheDocument();
    await expect.element(button).toHaveFocus();
  });

  test('a run that was stopped says that its best was kept, and goes on from there', async () => {
    const { again } = await board([await fitted('two classes', 'logistic')], { stopped: true });
    await expect.element(page.getByText('Stopped before its end')).toBeVisible();
    await expect.element(page.getByRole('cell', { name: 'stopped, best kept' })).toBeVisible();
    await page.getByRole('button', { name: 'Train it to the end' }).click();
    expect(again).toHaveBeenCalledOnce();
  });
});

describe('one row in use', () => {
  test('a number has a range; surer is wider', async () => {
    open([await fitted('number', 'linear')]);
    const { container } = await render(Deploy);
    const range = page.getByText(/^With \d+\s% confidence between/);
    await expect.element(range).toBeVisible();
    const width = () => {
      const [low, high] = [...range.element().querySelectorAll('strong')].map((s) => Number(s.textContent.replaceAll(',', '')));
      return high! - low!;
    };
    const before = width();
    await page.getByRole('combobox', { name: 'How sure' }).selectOptions('0.95');
    await expect.element(page.getByText(/^With 95\s% confidence between/)).toBeVisible();
    expect(width()).toBeGreaterThan(before);
    expect(slips(container)).toEqual([]);
  });

  test('classes: those that are likely enough are named', async () => {
    open([await fitted('three classes', 'logistic')]);
    await render(Deploy);
    await expect.element(page.getByText(/^With 90\s% confidence (only|one of these:) /)).toBeVisible();
  });

  test('neighbours speak for the answer with their own cells', async () => {
    open([await fitted('two classes', 'k-nearest-neighbours')]);
    const { container } = await render(Deploy);
    const table = page.getByRole('table', { name: /the training rows most like this one/ });
    await expect.element(table).toBeVisible();
    expect(table.getByRole('row').all()).toHaveLength(6);
    expect(slips(container)).toEqual([]);
  });

  test.each(['three classes', 'number'] as const)('the trees of a forest vote: %s', async (kind) => {
    open([await fitted(kind, 'random-forest')]);
    const { container } = await render(Deploy);
    await expect.element(page.getByRole('figure', { name: 'How its trees vote' })).toBeVisible();
    expect(slips(container)).toEqual([]);
    container.setAttribute('role', 'main');
    expect(await serious()).toEqual([]);
  });
});
