/** Evaluate, Deploy and Monitor: empty, closed, open and out of date; by keyboard alone; nothing serious for axe. */
import axe from 'axe-core';
import { tick, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { Problem } from '../../../src/core/problem.js';
import type { Job } from '../../../src/core/protocol.js';
import { evaluationKey } from '../../../src/core/workflow.js';
import { choose, project, setProblem } from '../../../src/project/index.js';
import Deploy from '../../../src/stages/deploy/Screen.svelte';
import Evaluate from '../../../src/stages/evaluate/Screen.svelte';
import Monitor from '../../../src/stages/monitor/Screen.svelte';
import { putEvaluation } from '../../../src/store/index.js';
import '../../../src/theme.css';
import { answer, catalog, evaluation, runs, workflow } from './state.js';

const asked = vi.hoisted(() => ({ jobs: [] as Job[], refuse: new Map<string, Error>() }));
vi.mock('../../../src/jobs/index.js', () => ({
  ask: () => Promise.reject(new Error('the data worker was asked')),
  lanes: () => 1,
  read: () => ({ result: Promise.reject(new Error('a file was read')), stop: () => undefined, cancel: () => undefined }),
  start: (job: Job) => {
    asked.jobs.push(job);
    const refused = asked.refuse.get(job.kind);
    const made = async () => {
      if (refused) throw refused;
      const result = await answer(job);
      if (job.kind === 'evaluate')
        await putEvaluation(evaluationKey(job.workflow, job.run), result as Awaited<ReturnType<typeof evaluation>>);
      return result;
    };
    return { result: made(), stop: () => undefined, cancel: () => undefined };
  },
}));

const best = runs[2]!;
/** No id, so that nothing is written under this name. */
function open(
  more: Partial<Pick<typeof project, 'runs' | 'looks' | 'evaluation' | 'models' | 'watches'>> & { chosen?: string | null } = {},
) {
  project.catalog = catalog;
  project.workflow = { ...workflow, chosen: more.chosen ?? null };
  project.past = [];
  project.future = [];
  project.runs = more.runs ?? runs;
  project.looks = more.looks ?? [];
  project.evaluation = more.evaluation ?? null;
  project.models = more.models ?? [];
  project.watches = more.watches ?? [];
  project.readiness = {
    problem: null,
    rows: 300,
    training: 240,
    holdout: 60,
    features: 2,
    classes: [
      ['no', 180],
      ['yes', 120],
    ],
    notes: [],
  };
}

beforeEach(() => {
  asked.jobs.length = 0;
  asked.refuse.clear();
});
afterEach(async () => {
  delete document.documentElement.dataset['theme'];
  await page.viewport(1280, 900);
});

// Colours glide when the theme changes; axe must see where they arrive.
const still = document.createElement('style');
still.textContent = '* { transition: none !important; }';
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
          .map((n) => `${n.html.slice(0, 120)} ${n.any[0]?.message ?? ''}`)
          .join(' | ')}`,
    );
}
const file = (name: string, text: string) => new File([text], name, { type: 'text/csv' });
const fileInput = (accept: string) => page.elementLocator(document.querySelector(`input[type=file][accept^="${accept}"]`)!);

describe('evaluate', () => {
  test('with nothing trained it says what it needs and leads there', async () => {
    open({ runs: [] });
    await render(Evaluate);
    await page.getByRole('button', { name: 'Train models' }).click();
    expect(project.stage).toBe('train');
  });

  test('the best of the leaderboard is offered, and opening by key counts one look', async () => {
    open();
    await render(Evaluate);
    await expect.element(page.getByRole('combobox', { name: 'The model to be judged' })).toHaveValue(best.key);
    page.getByRole('button', { name: 'Open the holdout' }).element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/^Better than guessing: accuracy/)).toBeVisible();
    expect(project.workflow.chosen).toBe(best.key);
    expect(project.looks.map((l) => l.run)).toEqual([best.key]);
    await expect.element(page.getByText('looked at once')).toBeVisible();
  });

  test('a second model costs a second look, and the screen says so before', async () => {
    open({ looks: [{ at: 1, run: best.key, design: best.design }], chosen: runs[1]!.key });
    await render(Evaluate);
    await expect.element(page.getByText(/These rows have been looked at once/)).toBeVisible();
    await page.getByRole('button', { name: 'Open the holdout' }).click();
    await expect.element(page.getByText('looked at twice', { exact: true })).toBeVisible();
    expect(project.looks).toHaveLength(2);
  });

  test('whoever looks, changes a feature and looks again is told that these rows have been seen', async () => {
    open();
    await render(Evaluate);
    await page.getByRole('button', { name: 'Open the holdout' }).click();
    await expect.element(page.getByText('looked at once')).toBeVisible();
    expect(project.looksHere).toBe(1);
    const columns = project.workflow.columns.map((c, i) => (i === 0 ? { ...c, role: 'ignore' as const } : c));
    const before = project.design;
    project.workflow = { ...project.workflow, columns };
    expect(project.design).not.toBe(before);
    expect(project.looksHere).toBe(1);
    // Other rows are held out.
    project.workflow = { ...project.workflow, seed: project.workflow.seed + 1 };
    expect(project.looksHere).toBe(0);
  });

  test('the threshold moves by key, the matrix and the cost with it', async () => {
    open({ chosen: best.key, evaluation: await evaluation(), looks: [{ at: 1, run: best.key, design: best.design }] });
    await render(Evaluate);
    const slider = page.getByRole('slider', { name: /^Threshold/ });
    const cost = () => document.querySelector('[aria-live=polite] strong')?.textContent;
    const before = cost();
    slider.element().focus();
    for (let k = 0; k < 30; k++) await userEvent.keyboard('{ArrowRight}');
    await expect.element(page.getByRole('slider', { name: 'Threshold: 0.80', exact: true })).toHaveFocus();
    expect(cost()).not.toBe(before);
    await page.getByRole('button', { name: 'Take the cheapest' }).click();
    await expect.element(page.getByText(/No other threshold costs less/)).toBeVisible();
  });

  test('a column picked is asked for, and its curve is drawn', async () => {
    open({ chosen: best.key, evaluation: await evaluation() });
    await render(Evaluate);
    await page.getByRole('combobox', { name: 'How the answer moves with' }).selectOptions('ward');
    await expect.element(page.getByText('Probability of “yes” by ward').first()).toBeVisible();
    expect(asked.jobs.at(-1)).toMatchObject({ kind: 'dependence', column: 'ward', run: best.key });
  });

  test('when the question changes, the old answer stays in sight, marked, and one click mends it without a look', async () => {
    open({ chosen: best.key, looks: [{ at: 1, run: best.key, design: best.design }] });
    await putEvaluation(evaluationKey(project.workflow, best.key), await evaluation());
    await project.loadEvaluation();
    await render(Evaluate);
    setProblem('success', { success: 0.5 });
    await project.loadEvaluation();
    await expect.element(page.getByText('These results are out of date')).toBeVisible();
    await expect.element(page.getByRole('group', { name: 'Results of Logistic regression, out of date' })).toBeVisible();
    await page.getByRole('button', { name: 'Bring up to date' }).click();
    await expect.element(page.getByText('These results are out of date')).not.toBeInTheDocument();
    expect(project.looks).toHaveLength(1);
  });

  test('a refusal is shown with its way out', async () => {
    open();
    asked.refuse.set('evaluate', new Problem('evaluate/no-model'));
    await render(Evaluate);
    await page.getByRole('button', { name: 'Open the holdout' }).click();
    await expect.element(page.getByText('Train it again: the same seed gives the same model.')).toBeVisible();
  });
});

describe('deploy', () => {
  test('the first model registered is the champion; a second can take its place, the first is archived', async () => {
    open({ chosen: best.key });
    await render(Deploy);
    await page.getByRole('button', { name: 'Register this model' }).click();
    await expect.element(page.getByRole('button', { name: /^Version 1/ })).toBeVisible();
    expect(project.models).toMatchObject([{ version: 1, stage: 'champion', run: best.key }]);
    choose(runs[1]!.key);
    await page.getByRole('combobox', { name: 'Model in hand' }).selectOptions(runs[1]!.key);
    await page.getByRole('button', { name: 'Register this model' }).click();
    await page.getByRole('button', { name: 'Actions for version 2' }).click();
    await page.getByRole('menuitem', { name: 'Make it the champion' }).click();
    expect(project.models.map((m) => m.stage)).toEqual(['archived', 'champion']);
  });

  test('one row: the answer follows the slider by key; an emptied field counts as unknown', async () => {
    open({ chosen: best.key });
    await render(Deploy);
    await expect.element(page.getByText(/^ill: no \d/)).toBeVisible();
    page.getByRole('slider', { name: 'age, slider' }).element().focus();
    await userEvent.keyboard('{End}');
    await expect.element(page.getByText(/^ill: yes \d/)).toBeVisible();
    await userEvent.clear(page.getByRole('spinbutton', { name: 'age', exact: true }));
    await expect.element(page.getByText(/^ill: no \d/)).toBeVisible();
    expect(asked.jobs.findLast((j) => j.kind === 'predict-row')).toMatchObject({
      row: { age: '', ward: 'south', seen: '1970-01-01', remark: '' },
    });
  });

  test('a file: how many, what was refused, and a CSV to save', async () => {
    open({ chosen: best.key });
    await render(Deploy);
    await page.getByRole('tab', { name: 'Predict a file' }).click();
    await userEvent.upload(fileInput('.csv'), file('new.csv', 'age\n70\n'));
    await expect.element(page.getByText(/1 of 2 rows predicted/)).toBeVisible();
    await expect.element(page.getByText('every input is missing')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Save the predictions as CSV' })).toBeVisible();
  });

  test('a download that is not possible says why, beside its button', async () => {
    open({ chosen: best.key });
    asked.refuse.set('export', new Problem('export/not-here', { export: 'TensorFlow.js network', why: 'it is not a neural network' }));
    await render(Deploy);
    await page.getByRole('tab', { name: 'Downloads' }).click();
    await page.getByRole('button', { name: 'Download: TensorFlow.js network' }).click();
    await expect.element(page.getByText(/it is not a neural network/)).toBeVisible();
  });

  test('a model file from a disk is used as it is', async () => {
    open({ runs: [] });
    await render(Deploy);
    await userEvent.upload(fileInput('.safetensors'), new File([new Uint8Array([1, 2, 3])], 'old.safetensors'));
    await expect.element(page.getByText(/^ill: \w+ \d/)).toBeVisible();
    expect(asked.jobs.find((j) => j.kind === 'inspect')).toMatchObject({ artifact: new Uint8Array([1, 2, 3]) });
  });
});

describe('monitor', () => {
  const models = [
    { version: 1, at: 1, run: best.key, stage: 'archived', note: '' },
    { version: 2, at: 2, run: runs[1]!.key, stage: 'champion', note: '' },
  ] as const;

  test('the champion is compared; drift and a fallen score lead to retraining', async () => {
    open({ chosen: best.key, models });
    await render(Monitor);
    await expect.element(page.getByRole('combobox', { name: 'Model' })).toHaveValue(runs[1]!.key);
    await userEvent.upload(fileInput('.csv'), file('june.csv', 'age\n70\n'));
    await expect.element(page.getByText(/^1 of 2 columns has drifted: “age”/)).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Retrain with this file' })).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'age' })).toBeVisible();
    page.getByRole('button', { name: 'ward' }).element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('heading', { name: 'ward' })).toBeVisible();
  });

  test('versions are put side by side on a labelled file, without a line in the history', async () => {
    open({
      chosen: best.key,
      models: [
        { version: 1, at: 1, run: best.key, stage: 'champion', note: '' },
        { version: 2, at: 2, run: runs[1]!.key, stage: 'candidate', note: '' },
      ],
    });
    await render(Monitor);
    await userEvent.upload(fileInput('.csv'), file('june.csv', 'age\n70\n'));
    await page.getByRole('button', { name: 'Compare 2 versions' }).click();
    await expect.element(page.getByText('The champion is not beaten here.')).toBeVisible();
    expect(page.getByRole('table', { name: 'Versions on this file' }).getByRole('row').all()).toHaveLength(3);
    expect(project.watches).toHaveLength(0);
  });

  test('checks of before are listed, newest first, with their line', async () => {
    const watches = [1, 2, 3].map((at) => ({
      at,
      file: `month-${at}.csv`,
      rows: 100,
      share: at / 10,
      drifted: ['age'],
      score: 0.9 - at / 20,
    }));
    open({ models, watches });
    await render(Monitor);
    const table = page.getByRole('table', { name: 'Files checked, newest first' });
    await expect.element(table.getByRole('row').nth(1)).toHaveTextContent('month-3.csv');
    await expect.element(page.getByText('Share of columns drifted, check by check').first()).toBeVisible();
  });
});

const states: readonly [string, Component, () => Promise<void>, () => Promise<unknown>][] = [
  ['evaluate, empty', Evaluate, async () => open({ runs: [] }), async () => undefined],
  ['evaluate, closed', Evaluate, async () => open(), async () => undefined],
  [
    'evaluate, open',
    Evaluate,
    async () => open({ chosen: best.key, evaluation: await evaluation(2), looks: [{ at: 1, run: best.key, design: best.design }] }),
    async () => expect.element(page.getByText(/^Better than guessing/)).toBeVisible(),
  ],
  ['deploy, empty', Deploy, async () => open({ runs: [] }), async () => undefined],
  [
    'deploy, a row',
    Deploy,
    async () => open({ chosen: best.key, models: [{ version: 1, at: 1, run: best.key, stage: 'champion', note: 'x' }] }),
    async () => expect.element(page.getByText(/^ill: \w+ \d/)).toBeVisible(),
  ],
  [
    'deploy, about',
    Deploy,
    async () => open({ chosen: best.key }),
    async () => {
      await page.getByRole('tab', { name: 'About the model' }).click();
      await expect.element(page.getByText('Who is ill?')).toBeVisible();
    },
  ],
  ['monitor, empty', Monitor, async () => open({ runs: [] }), async () => undefined],
  [
    'monitor, drifted',
    Monitor,
    async () =>
      open({ chosen: best.key, watches: [1, 2].map((at) => ({ at, file: 'a.csv', rows: 10, share: 0.5, drifted: [], score: 0.8 })) }),
    async () => {
      await userEvent.upload(fileInput('.csv'), file('june.csv', 'age\n70\n'));
      await expect.element(page.getByText(/has drifted/).first()).toBeVisible();
    },
  ],
];
for (const [name, Screen, before, after] of states)
  test(`${name}: axe finds nothing serious in either theme, and it fits 360 px`, async () => {
    await before();
    // The frame gives every screen its main and its h1.
    const { container } = await render(Screen);
    container.setAttribute('role', 'main');
    await after();
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      expect(await serious()).toEqual([]);
    }
    await page.viewport(360, 800);
    await tick();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  });
