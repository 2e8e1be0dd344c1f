/**
 * The program inside a one-page predictor: opens the model the page carries, draws a form for its inputs and predicts rows and files.
 * It runs the app's own reading, steps and forms, so its numbers are the app's. Names and cells only ever become text.
 */
import type { Artifact, InputColumn } from '../src/core/artifact.js';
import { Problem } from '../src/core/problem.js';
import type { PreviewRows, RowPrediction, TargetAnswer } from '../src/core/protocol.js';
import { openArtifact, predictRow, predictTable, readFor } from './serve.js';

/** As much of a document as is used here; workers are compiled without one. */
interface Element {
  textContent: string | null;
  value: string;
  hidden: boolean;
  readonly files: ArrayLike<Blob & { readonly name: string }> | null;
  append(...nodes: (Element | string)[]): void;
  replaceChildren(...nodes: (Element | string)[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, heard: (e: Heard) => void): void;
}
interface Heard {
  preventDefault(): void;
  readonly dataTransfer?: { readonly files: ArrayLike<Blob & { readonly name: string }> } | null;
}
declare const document: { getElementById(id: string): Element | null; createElement(tag: string): Element };

export const open = (base64: string): Artifact => openArtifact(Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0)));

/** A number as the form gives it ('.' for the decimals) in the notation of the column's file. */
const inNotation = (input: InputColumn, text: string): string =>
  input.kind === 'number' && input.reading.decimal === ',' ? text.replace('.', ',') : text;

export const row = (a: Artifact, values: Readonly<Record<string, string>>): Promise<RowPrediction> =>
  predictRow(a, Object.fromEntries(a.inputs.map((i) => [i.name, inNotation(i, values[i.name] ?? '')])));

export async function file(a: Artifact, data: Blob | Uint8Array, name: string) {
  return predictTable(a, await readFor(a, data, name));
}

function make(tag: string, attributes: Readonly<Record<string, string>> = {}, ...children: (Element | string)[]): Element {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}
const at = (id: string): Element => document.getElementById(id)!;
const short = (v: number) => String(Number(v.toPrecision(6)));
const said = (e: unknown) =>
  e instanceof Problem ? `${e.message} ${e.hint}` : `Something went wrong: ${e instanceof Error ? e.message : String(e)}`;

function field(input: InputColumn, id: string): Element {
  if (input.levels && input.levels.length > 0 && input.levels.length < 500) {
    const select = make('select', { id }, ...['', ...input.levels].map((l) => make('option', { value: l }, l === '' ? 'unknown' : l)));
    return select;
  }
  if (input.kind === 'number')
    return make('input', {
      id,
      type: 'number',
      step: 'any',
      ...(typeof input.median === 'number' ? { placeholder: `e.g. ${short(input.median)}` } : {}),
    });
  return make('input', { id, type: 'text', ...(input.reading.format ? { placeholder: input.reading.format } : {}) });
}

function hint(input: InputColumn): string {
  if (input.kind === 'number' && typeof input.min === 'number' && typeof input.max === 'number')
    return `${short(input.min)} to ${short(input.max)} in training`;
  return input.kind === 'time' ? (input.reading.format ?? 'a date') : '';
}

/** Every target in turn, then what is to be said of the row. */
const answer = (a: Artifact, p: RowPrediction): Element[] => [
  ...answerTo(a.target.name, p, p.level),
  ...(p.also ?? []).flatMap((t) => answerTo(t.target, t, p.level)),
  ...p.notes.map((n) => make('p', { class: 'note' }, n)),
];

function answerTo(target: string, p: Omit<TargetAnswer, 'target'>, level: number): Element[] {
  if (!p.probabilities)
    return [
      make('p', { class: 'big' }, p.value === null ? `${target}: no answer` : `${target}: ${short(p.value)}`),
      ...(p.range
        ? [make('p', {}, `With ${Math.round(100 * level)} % confidence between ${short(p.range.low)} and ${short(p.range.high)}.`)]
        : []),
    ];
  const bars = [...p.probabilities]
    .sort((x, y) => y[1] - x[1])
    .slice(0, 20)
    .map(([level, share]) =>
      make(
        'tr',
        {},
        make('th', { scope: 'row' }, level),
        make('td', {}, make('meter', { min: '0', max: '1', value: String(share), 'aria-label': level })),
        make('td', {}, `${(100 * share).toFixed(1)} %`),
      ),
    );
  return [
    make('p', { class: 'big' }, `${target}: ${p.label ?? ''}`),
    make('table', {}, make('tbody', {}, ...bars)),
    ...(p.likely && p.likely.length > 1
      ? [make('p', {}, `With ${Math.round(100 * level)} % confidence one of these: ${p.likely.join(', ')}.`)]
      : []),
  ];
}

const grid = (t: PreviewRows): Element =>
  make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ...t.names.map((n) => make('th', { scope: 'col' }, n)))),
    make('tbody', {}, ...t.rows.slice(0, 20).map((r) => make('tr', {}, ...r.map((c) => make('td', {}, c))))),
  );

function start(): void {
  let a: Artifact;
  try {
    a = open(at('model').textContent ?? '');
  } catch (e) {
    at('answer').replaceChildren(make('p', { class: 'note', role: 'alert' }, said(e)));
    return;
  }
  const fields = a.inputs.map((input, i) => ({ input, e: field(input, `input-${i}`) }));
  at('fields').append(
    ...fields.map(({ input, e }, i) =>
      make('div', { class: 'field' }, make('label', { for: `input-${i}` }, input.name), e, make('small', {}, hint(input))),
    ),
  );
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const values = Object.fromEntries(fields.map(({ input, e }) => [input.name, e.value]));
    let nodes: Element[];
    try {
      nodes = Object.values(values).every((v) => v === '')
        ? [make('p', {}, 'Fill in what you know; what is left empty counts as unknown.')]
        : answer(a, await row(a, values));
    } catch (e) {
      nodes = [make('p', { class: 'note', role: 'alert' }, said(e))];
    }
    if (mine === asked) at('answer').replaceChildren(...nodes);
  };
  for (const { e } of fields) e.addEventListener('input', () => void ask());
  at('form').addEventListener('submit', (e) => {
    e.preventDefault();
    void ask();
  });
  void ask();

  let link = '';
  const many = async (data: Blob | Uint8Array, name: string) => {
    try {
      const p = await file(a, data, name);
      if (link) URL.revokeObjectURL(link);
      link = URL.createObjectURL(p.csv);
      const stem = name.replace(/\.\w+$/, '');
      at('rows').replaceChildren(
        make(
          'p',
          {},
          `${p.ok} of ${p.rows} rows predicted. `,
          make('a', { href: link, download: `${stem}-predictions.csv`, id: 'download' }, 'Save the predictions (CSV)'),
        ),
        ...p.notes.map((n) => make('p', { class: 'note' }, n)),
        make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'First predictions' }, grid(p.head)),
      );
    } catch (e) {
      at('rows').replaceChildren(make('p', { class: 'note', role: 'alert' }, said(e)));
    }
  };
  at('file').addEventListener('change', () => {
    const chosen = at('file').files?.[0];
    if (chosen) void many(chosen, chosen.name);
  });
  at('drop').addEventListener('dragover', (e) => e.preventDefault());
  at('drop').addEventListener('drop', (e) => {
    e.preventDefault();
    const dropped = e.dataTransfer?.files[0];
    if (dropped) void many(dropped, dropped.name);
  });
  at('pasted').addEventListener('submit', (e) => {
    e.preventDefault();
    void many(new TextEncoder().encode(at('paste').value), 'pasted.csv');
  });
}

if (typeof document !== 'undefined') start();
