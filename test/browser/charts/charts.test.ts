/** Charts: the table says what the picture shows, marks answer to keys, a saved picture needs no style sheet, odd data draws no NaN. */
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import {
  Bars,
  Calibration,
  ConfusionMatrix,
  HeatMap,
  Histogram,
  IntervalDots,
  Lines,
  ParallelCoordinates,
  Scatter,
} from '../../../src/charts/index.js';
import { svgText } from '../../../src/charts/picture-file.js';
import '../../../src/theme.css';

const picture = async (): Promise<SVGSVGElement> =>
  vi.waitFor(() => {
    const svg = document.querySelector<SVGSVGElement>('figure .plot > svg');
    if (!svg) throw new Error('no picture yet');
    return svg;
  });
const confusion = {
  levels: ['no', 'yes'],
  counts: [
    [90, 10],
    [5, 45],
  ],
};

test('the table button shows the same numbers', async () => {
  await render(Bars, {
    title: 'Importance',
    of: 'Column',
    x: { label: 'Drop' },
    items: [
      { label: 'age', value: 0.25 },
      { label: 'fare', value: 0.125 },
    ],
  });
  await expect.element(page.getByRole('img', { name: /Importance/ })).toBeVisible();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await expect.element(page.getByRole('cell', { name: 'fare' })).toBeVisible();
  await expect.element(page.getByRole('cell', { name: '0.125' })).toBeVisible();
});

test('a cell of the confusion matrix opens by Enter and says what it holds', async () => {
  const onselect = vi.fn();
  await render(ConfusionMatrix, { confusion, onselect });
  const cell = page.getByRole('button', { name: /^5, 10\s% of 50 “yes” were called “no”/ });
  await expect.element(cell).toBeVisible();
  (cell.element() as SVGElement).focus();
  await userEvent.keyboard('{Enter}');
  expect(onselect).toHaveBeenCalledWith(1, 0);
});

test('a saved picture holds plain colours and its own title', async () => {
  await render(HeatMap, {
    title: 'Correlation',
    rows: ['a', 'b'],
    columns: ['a', 'b'],
    values: [
      [1, -0.37],
      [-0.37, 1],
    ],
    scale: 'diverging',
    most: 1,
  });
  const text = svgText(await picture(), { title: 'Correlation' });
  expect(text).toContain('>Correlation</text>');
  expect(text).toContain('xmlns="http://www.w3.org/2000/svg"');
  expect(text).not.toMatch(/var\(|color-mix|oklch|oklab|class=|NaN/);
});

test('more than 5 000 points are one image', async () => {
  const xs = Float64Array.from({ length: 6_000 }, (_, i) => i % 77);
  await render(Scatter, { title: 'Cloud', x: { label: 'x' }, y: { label: 'y' }, xs, ys: xs });
  const svg = await picture();
  expect(svg.querySelector('image')?.getAttribute('href')).toMatch(/^data:image\/png/);
  expect(svg.querySelectorAll('path').length).toBe(0);
});

test('a rectangle drawn over the cloud comes back in the units of the axes', async () => {
  const onselect = vi.fn<(range: { x: [number, number]; y: [number, number] } | null) => void>();
  await render(Scatter, {
    title: 'Cloud',
    x: { label: 'x', domain: [0, 10] },
    y: { label: 'y', domain: [0, 10] },
    xs: [1, 9],
    ys: [1, 9],
    onselect,
  });
  const area = (await picture()).querySelector<SVGRectElement>('rect.select')!;
  const box = area.getBoundingClientRect();
  const at = (fx: number, fy: number) => ({
    pointerId: 1,
    bubbles: true,
    clientX: box.left + box.width * fx,
    clientY: box.top + box.height * fy,
  });
  area.setPointerCapture = () => undefined;
  area.dispatchEvent(new PointerEvent('pointerdown', at(0.02, 0.98)));
  area.dispatchEvent(new PointerEvent('pointermove', at(0.5, 0.5)));
  area.dispatchEvent(new PointerEvent('pointerup', at(0.5, 0.5)));
  const range = onselect.mock.lastCall?.[0];
  expect(range?.x[1]).toBeCloseTo(5, 0);
  expect(range?.y[0]).toBeLessThan(0.5);
  expect(range?.y[1]).toBeCloseTo(5, 0);
});

const odd: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['no bins', async () => render(Histogram, { title: 't', x: { label: 'x' }, bins: [] })],
  ['one value', async () => render(Histogram, { title: 't', x: { label: 'x' }, bins: [{ from: 3, to: 3, count: 1 }] })],
  ['no bars', async () => render(Bars, { title: 't', x: { label: 'x' }, items: [] })],
  [
    'holes in a line',
    async () =>
      render(Lines, { title: 't', x: { label: 'x' }, y: { label: 'y' }, series: [{ label: 'a', x: [0, 1, 2], y: [NaN, null, 4] }] }),
  ],
  [
    'no points on a log axis',
    async () =>
      render(Lines, { title: 't', x: { label: 'x', log: true }, y: { label: 'y', log: true }, series: [{ label: 'a', x: [], y: [] }] }),
  ],
  [
    'missing values in a cloud',
    async () => render(Scatter, { title: 't', x: { label: 'x' }, y: { label: 'y' }, xs: [NaN, 1], ys: [2, NaN] }),
  ],
  ['a matrix of nulls', async () => render(HeatMap, { title: 't', rows: ['a'], columns: ['a'], values: [[null]] })],
  [
    'a class without rows',
    async () =>
      render(ConfusionMatrix, {
        confusion: {
          levels: ['a', 'b'],
          counts: [
            [0, 0],
            [0, 3],
          ],
        },
      }),
  ],
  ['no bins of calibration', async () => render(Calibration, { curves: [{ level: 'a', error: 0, bins: [] }] })],
  [
    'equal scores',
    async () => render(IntervalDots, { title: 't', x: { label: 'AUC' }, rows: [{ label: 'a', value: 0.5, low: 0.5, high: 0.5 }] }),
  ],
  [
    'failed trials',
    async () =>
      render(ParallelCoordinates, {
        title: 't',
        score: 'AUC',
        axes: [{ label: 'a', log: true }],
        lines: [{ values: [null], score: null }],
      }),
  ],
  [
    'values that read alike',
    () =>
      render(ParallelCoordinates, {
        title: 't',
        score: 'MAE',
        axes: [{ label: 'a' }],
        lines: [123.4561, 123.4572, 123.4569].map((v) => ({ values: [v], score: v })),
      }),
  ],
];
test('a picture without room for an axis draws what it can', async () => {
  const narrow = document.createElement('div');
  narrow.style.width = '1px';
  document.body.append(narrow);
  await render(Lines, {
    target: narrow,
    props: { title: 't', x: { label: 'Step' }, y: { label: 'Loss' }, series: [{ label: 'a', x: [1, 2, 3], y: [3, 2, 1] }] },
  });
  await picture();
  narrow.remove();
});

for (const [name, draw] of odd) {
  test(`${name}: draws no NaN`, async () => {
    await draw();
    const svg = await picture();
    expect(svg.outerHTML).not.toMatch(/NaN|Infinity|undefined/);
  });
}
