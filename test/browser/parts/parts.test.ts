/** Parts by keyboard: what a mouse can do, keys can do, and the focus is where a person expects it. */
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { choice, flag, int, real } from '../../../src/core/param.js';
import { CommandPalette, DataGrid, Dialog, Menu, ParamForm, Segmented, SimpleTable, Tabs } from '../../../src/parts/index.js';
import '../../../src/theme.css';

test('tabs: arrows move and choose, and only the chosen tab is a stop', async () => {
  const onchange = vi.fn();
  await render(Tabs, { label: 'Views', onchange, tabs: ['One', 'Two', 'Three'].map((label) => ({ id: label, label })) });
  await userEvent.tab();
  await expect.element(page.getByRole('tab', { name: 'One' })).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(page.getByRole('tab', { name: 'Three' })).toHaveFocus();
  await expect.element(page.getByRole('tab', { name: 'Three' })).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{Home}');
  expect(onchange.mock.calls.map((c) => c[0] as string)).toEqual(['Three', 'One']);
});

test('menu: opens on its first item, arrows go round, Escape gives the focus back', async () => {
  const run = vi.fn();
  await render(Menu, {
    label: 'More',
    items: [
      { label: 'Rename', run },
      { label: 'Delete', run: () => undefined },
    ],
  });
  await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('menuitem', { name: 'Rename' })).toHaveFocus();
  await userEvent.keyboard('{ArrowUp}');
  await expect.element(page.getByRole('menuitem', { name: 'Delete' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByRole('button', { name: 'More' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await userEvent.keyboard('{Enter}');
  expect(run).toHaveBeenCalledOnce();
});

test('dialog: Escape closes it and says so', async () => {
  const onclose = vi.fn();
  await render(Dialog, { open: true, title: 'Delete this?', onclose });
  await expect.element(page.getByRole('dialog', { name: 'Delete this?' })).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await vi.waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  await expect.element(page.getByRole('dialog', { includeHidden: true })).not.toBeVisible();
});

test('segmented: is a radio group', async () => {
  const onchange = vi.fn();
  await render(Segmented, {
    label: 'Metric',
    value: 'a',
    onchange,
    options: [
      { value: 'a', label: 'Recall' },
      { value: 'b', label: 'Precision' },
    ],
  });
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}');
  expect(onchange).toHaveBeenCalledWith('b');
});

const params = {
  rate: real({ label: 'Rate', help: '.', default: 0.1, min: 0.001, max: 1, scale: 'log', tune: [0.01, 0.3] }),
  depth: int({ label: 'Depth', help: '.', default: null, min: 1, max: 32, none: 'no limit' }),
  sample: flag({ label: 'Sample', help: '.', default: false }),
  share: real({ label: 'Share', help: '.', default: 0.5, min: 0, max: 1, when: { param: 'sample', is: [true] } }),
  kind: choice({ label: 'Kind', help: '.', options: { a: 'Alpha', b: 'Beta' }, default: 'a', more: true }),
};

test('parameters: a wrong value is named and not passed on, a right one is', async () => {
  const onchange = vi.fn();
  await render(ParamForm, { params, values: {}, onchange });
  const rate = page.getByRole('textbox', { name: 'Rate' });
  await rate.fill('7');
  await expect.element(page.getByText('Rate must lie between 0.001 and 1, not 7.')).toBeVisible();
  expect(onchange).not.toHaveBeenCalled();
  await rate.fill('0,25');
  expect(onchange.mock.lastCall?.[0]).toMatchObject({ rate: 0.25, depth: null });
});

test('parameters: no limit, conditions, and ticks for the search', async () => {
  const onchange = vi.fn();
  const onsearch = vi.fn();
  const screen = await render(ParamForm, { params, values: {}, onchange, search: [], onsearch });
  await expect.element(page.getByRole('checkbox', { name: 'no limit' })).toBeChecked();
  expect(page.getByRole('textbox', { name: 'Share' }).query()).toBeNull();
  await page.getByRole('checkbox', { name: 'search' }).click();
  expect(onsearch).toHaveBeenCalledWith(['rate']);
  await screen.rerender({ values: { sample: true } });
  await expect.element(page.getByRole('textbox', { name: 'Share' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'no limit' }).click();
  expect(onchange.mock.lastCall?.[0]).toMatchObject({ depth: 10 });
});

const rows = (from: number, to: number) =>
  Promise.resolve(Array.from({ length: to - from }, (_, i) => [`r${from + i}`, String((from + i) * 2), '']));
const columns = [
  { name: 'id', kind: 'text' as const },
  { name: 'twice', kind: 'number' as const },
  { name: 'gap', kind: 'category' as const },
];

test('grid: five million rows, reached by keys to the very last, without drawing them', async () => {
  const onopen = vi.fn();
  await render(DataGrid, { label: 'Rows', columns, total: 5_000_000, rows, onopen, height: 300 });
  await expect.element(page.getByRole('gridcell', { name: 'r0' })).toBeVisible();
  expect(document.querySelectorAll('[role=row]').length).toBeLessThan(40);
  await userEvent.tab();
  await userEvent.keyboard('{ArrowDown}{ArrowRight}');
  await expect.element(page.getByRole('gridcell', { name: '2', exact: true })).toHaveFocus();
  await userEvent.keyboard('{Control>}{End}{/Control}');
  await expect.element(page.getByRole('gridcell', { name: 'r4999999' })).toBeInViewport();
  await userEvent.keyboard('{ArrowUp}{Enter}');
  expect(onopen).toHaveBeenCalledWith(4_999_998);
  expect(document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex')).toBe('5000000');
});

test('grid: a new version forgets the old rows', async () => {
  const screen = await render(DataGrid, { label: 'Rows', columns, total: 3, rows, version: 1 });
  await expect.element(page.getByRole('gridcell', { name: 'r2' })).toBeVisible();
  await screen.rerender({
    version: 2,
    rows: () =>
      Promise.resolve([
        ['new', '1', 'x'],
        ['b', '2', 'y'],
        ['c', '3', 'z'],
      ]),
  });
  await expect.element(page.getByRole('gridcell', { name: 'new' })).toBeVisible();
  expect(page.getByRole('gridcell', { name: 'r2' }).query()).toBeNull();
});

test('table: sorts by a header, with what is missing last both ways', async () => {
  await render(SimpleTable, {
    caption: 'Scores',
    columns: ['Model', 'Score'],
    rows: [
      ['a', 2],
      ['b', null],
      ['c', 10],
    ],
  });
  const order = () => [...document.querySelectorAll('tbody tr td:first-child')].map((td) => td.textContent?.trim());
  await page.getByRole('button', { name: 'Score' }).click();
  expect(order()).toEqual(['c', 'a', 'b']);
  await page.getByRole('button', { name: 'Score' }).click();
  expect(order()).toEqual(['a', 'c', 'b']);
  await expect.element(page.getByRole('columnheader', { name: 'Score' })).toHaveAttribute('aria-sort', 'ascending');
});

test('commands: Ctrl K opens, typing narrows, Enter runs', async () => {
  const run = vi.fn();
  await render(CommandPalette, {
    commands: [
      { id: 'a', label: 'Undo', section: 'Edit', run: () => undefined },
      { id: 'b', label: 'Train the chosen models', section: 'Train', run },
    ],
  });
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.keyboard('tra mod');
  await expect.element(page.getByRole('option')).toHaveTextContent('Train the chosen models');
  await userEvent.keyboard('{Enter}');
  expect(run).toHaveBeenCalledOnce();
});
