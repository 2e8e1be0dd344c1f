/** A model at work on new data: matches columns by name, says what differs, predicts. */
import { countText } from '../src/core/count.js';
import { perTarget, type Artifact } from '../src/core/artifact.js';
import type { Form } from '../src/core/form.js';
import type { Matrix } from '../src/core/matrix.js';
import { Problem } from '../src/core/problem.js';
import type { Reading } from '../src/core/profile.js';
import type { Predicted, PreviewRows, RowPrediction, TargetAnswer } from '../src/core/protocol.js';
import { cellText, isCodes, lengthOf, missingAt, timeOf, type Column, type Table } from '../src/core/table.js';
import { best, entering, matrixOf, predictEach, predictEachBy } from './apply.js';
import { LEVEL, rangeOf, setOf } from './conformal.js';
import { contributions } from './forms/index.js';
import { readTable } from './read/index.js';
import { writeCsv } from './read/write.js';
import { sourcesOf, type Received } from './receive.js';

export { openArtifact } from './open.js';
export { readFor, type Received } from './receive.js';

export interface Matched {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

const listed = (names: readonly string[]) =>
  names
    .slice(0, 8)
    .map((n) => `“${n}”`)
    .join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');

/** The model's input columns out of a table, by name; what is missing is refused, what differs is said. */
export function matchInputs(a: Artifact, table: Table): Matched {
  const notes: string[] = [];
  const sources = sourcesOf(
    a,
    table.columns.map((c) => c.name),
  );
  const byName = new Map(table.columns.map((c) => [c.name, c]));
  const absent: string[] = [];
  const columns: Column[] = [];
  for (const input of a.inputs) {
    const source = sources.get(input.name);
    const found = source === undefined ? undefined : byName.get(source);
    if (!found) {
      absent.push(input.name);
      continue;
    }
    if (found.name !== input.name) notes.push(`“${found.name}” is taken for “${input.name}”.`);
    columns.push({ ...asKind(found, input.kind), name: input.name });
  }
  if (absent.length) throw new Problem('predict/missing-columns', { columns: listed(absent), count: absent.length });
  const taken = new Set(sources.values());
  for (const m of perTarget(a)) taken.add(m.target.name);
  const extra = table.columns.map((c) => c.name).filter((n) => !taken.has(n));
  if (extra.length)
    notes.push(`${extra.length === 1 ? 'One column' : `${extra.length} columns`} the model does not use: ${listed(extra)}.`);
  const places = new Map(table.columns.map((c, j) => [c.name, j]));
  const order = a.inputs.map((i) => places.get(sources.get(i.name)!)!);
  if (order.some((place, i) => i > 0 && place < order[i - 1]!))
    notes.push('The columns stand in another order than in training; they are matched by name.');
  for (const [i, input] of a.inputs.entries()) {
    const c = columns[i]!;
    if (!input.levels || input.levels.length >= 500 || !isCodes(c)) continue;
    const known = new Set(input.levels);
    const fresh = c.levels.map((l) => !known.has(l));
    let count = 0;
    const names = new Set<string>();
    for (const k of c.codes) {
      if (k < 0 || !fresh[k]) continue;
      count++;
      names.add(c.levels[k]!);
    }
    if (count)
      notes.push(
        `“${input.name}” has values that were not in training: ${listed([...names])} in ${countText(count)} ${count === 1 ? 'row' : 'rows'}; they count as unknown.`,
      );
  }
  return { columns, notes };
}

/** A column in the kind a model wants: texts that are no numbers become missing. */
function asKind(c: Column, kind: Column['kind']): Column {
  if (c.kind === kind) return c;
  const n = lengthOf(c);
  if (kind === 'category' || kind === 'text') {
    if (isCodes(c)) return { ...c, kind };
    const levels: string[] = [];
    const at = new Map<string, number>();
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      if (missingAt(c, i)) {
        codes[i] = -1;
        continue;
      }
      const text = cellText(c, i);
      let k = at.get(text);
      if (k === undefined) {
        at.set(text, (k = levels.length));
        levels.push(text);
      }
      codes[i] = k;
    }
    return { name: c.name, kind, codes, levels };
  }
  const values = new Float64Array(n);
  if (isCodes(c)) {
    const parsed = c.levels.map((l) => (kind === 'time' ? timeOf(l) : l.trim() === '' ? NaN : Number(l)));
    for (let i = 0; i < n; i++) values[i] = c.codes[i]! < 0 ? NaN : parsed[c.codes[i]!]!;
  } else values.set(c.values);
  return { name: c.name, kind, values };
}

/** How a new file must be read so that its columns are what the model learnt from. */
export const readingsOf = (a: Artifact): Record<string, Reading> => Object.fromEntries(a.inputs.map((i) => [i.name, i.reading]));

/** Answers as columns: the label or value, then one probability per class; of several targets each says which it is of. */
export function answerColumns(a: Artifact, guess: Float64Array, refused: ReadonlySet<number>, several = false): Column[] {
  const k = a.target.task === 'class' ? a.target.levels.length : 1;
  const n = guess.length / k;
  const name = `predicted_${a.target.name}`;
  if (a.target.task === 'number')
    return [{ name, kind: 'number', values: Float64Array.from({ length: n }, (_, i) => (refused.has(i) ? NaN : guess[i]!)) }];
  const codes = Int32Array.from({ length: n }, (_, i) => (refused.has(i) ? -1 : best(guess, i, k)));
  return [
    { name, kind: 'category', codes, levels: a.target.levels },
    ...a.target.levels.map((l, c): Column => ({
      name: several ? `probability_${a.target.name}_${l}` : `probability_${l}`,
      kind: 'number',
      values: Float64Array.from({ length: n }, (_, i) => (refused.has(i) ? NaN : guess[i * k + c]!)),
    })),
  ];
}

/** How sure the answers are, as columns: the ends of the range, or the classes that are likely enough; none where the model cannot tell. */
export function sureColumns(a: Artifact, guess: Float64Array, refused: ReadonlySet<number>, level: number): Column[] {
  const c = a.conformal;
  if (!c) return [];
  const k = a.target.task === 'class' ? a.target.levels.length : 1;
  const n = guess.length / k;
  const percent = Math.round(100 * level);
  if (c.kind === 'number') {
    const ranges = Array.from({ length: n }, (_, i) => (refused.has(i) ? null : rangeOf(c, guess[i]!, level)));
    if (ranges.every((r) => r === null)) return [];
    const name = `predicted_${a.target.name}`;
    return [
      { name: `${name}_low_${percent}`, kind: 'number', values: Float64Array.from(ranges, (r) => r?.low ?? NaN) },
      { name: `${name}_high_${percent}`, kind: 'number', values: Float64Array.from(ranges, (r) => r?.high ?? NaN) },
    ];
  }
  const sets = Array.from({ length: n }, (_, i) => (refused.has(i) ? null : setOf(c, guess.subarray(i * k, (i + 1) * k), level)));
  if (sets.every((s) => s === null)) return [];
  const texts = sets.map((s) => s && s.map((l) => a.target.levels[l]!).join(' | '));
  const levels = [...new Set(texts.filter((t) => t !== null))];
  const at = new Map(levels.map((l, i) => [l, i]));
  return [
    {
      name: `likely_${a.target.name}_${percent}`,
      kind: 'category',
      codes: Int32Array.from(texts, (t) => (t === null ? -1 : at.get(t)!)),
      levels,
    },
  ];
}

/** Answers for every row; the CSV has the columns of the file first, as they were read, then the answers. */
export function predictTable(a: Artifact, received: Received, level = LEVEL): Predicted {
  const began = performance.now();
  const matched = matchInputs(a, received.table);
  return answered(a, received, matched, predictEach(a, matched.columns), level, began);
}

/** The same, asked of someone who may take another road to the same answers, and may have something to say. */
export async function predictTableBy(
  a: Artifact,
  received: Received,
  level: number | undefined,
  ask: (form: Form, X: Matrix, note: (what: string) => void) => Promise<Float64Array>,
): Promise<Predicted> {
  const began = performance.now();
  const matched = matchInputs(a, received.table);
  const said = new Set<string>();
  const guesses = await predictEachBy(a, matched.columns, (m, columns) => ask(m.form, entering(m, columns), (text) => said.add(text)));
  return answered(a, received, { ...matched, notes: [...matched.notes, ...said] }, guesses, level ?? LEVEL, began);
}

function answered(
  a: Artifact,
  { table, notes: read }: Received,
  { columns, notes: matched }: Matched,
  guesses: readonly Float64Array[],
  level: number,
  began: number,
): Predicted {
  const refused: { row: number; why: string }[] = [];
  const skip = new Set<number>();
  for (let i = 0; i < table.rows; i++) {
    if (!columns.every((c) => missingAt(c, i))) continue;
    skip.add(i);
    refused.push({ row: i + 1, why: 'every input is missing' });
  }
  const answers = perTarget(a).flatMap((m, t) => [
    ...answerColumns(m, guesses[t]!, skip, guesses.length > 1),
    ...sureColumns(m, guesses[t]!, skip, level),
  ]);
  const taken = new Set(table.columns.map((c) => c.name));
  const named = answers.map((c) => {
    const name = unused(c.name, taken);
    taken.add(name);
    return { ...c, name };
  });
  const out: Table = { rows: table.rows, columns: [...table.columns, ...named] };
  const csv = new Blob([...writeCsv(out)], { type: 'text/csv' });
  const seconds = (performance.now() - began) / 1000;
  return {
    rows: table.rows,
    ok: table.rows - skip.size,
    refused: refused.slice(0, 100),
    notes: [...read, ...matched],
    head: headOf({ rows: table.rows, columns: [...answers, ...columns] }, 50),
    csv,
    seconds,
  };
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
  return free;
}

export function headOf(t: Table, most: number): PreviewRows {
  const n = Math.min(most, t.rows);
  return {
    names: t.columns.map((c) => c.name),
    kinds: t.columns.map((c) => c.kind),
    rows: Array.from({ length: n }, (_, i) =>
      t.columns.map((c) =>
        isCodes(c) ? cellText(c, i) : Number.isNaN(c.values[i]!) ? '' : c.kind === 'number' ? shortNumber(c.values[i]!) : cellText(c, i),
      ),
    ),
  };
}

/** A number for reading, not for reckoning: at most 6 significant digits. */
export const shortNumber = (v: number): string =>
  Number.isInteger(v) && Math.abs(v) < 1e15 ? String(v) : String(Number(v.toPrecision(6)));

const quoted = (s: string) => `"${s.replaceAll('"', '""')}"`;

/** One row given as texts by column name; what is left out is missing. Read by the same reader as a file. */
export async function rowColumns(a: Artifact, row: Readonly<Record<string, string>>): Promise<Matched> {
  const names = a.inputs.map((i) => i.name);
  // The last column keeps a row of empty cells from being a blank line.
  const line = (cells: readonly string[], mark: string) => [...cells.map(quoted), quoted(mark)].join(',');
  const spare = unused('row', new Set(names));
  const text = `${line(names, spare)}\n${line(
    names.map((n) => row[n] ?? ''),
    'row',
  )}\n`;
  const { table } = await readTable(new TextEncoder().encode(text), 'row', {
    header: true,
    delimiter: ',',
    quote: '"',
    encoding: 'utf-8',
    skip: 0,
    columns: readingsOf(a),
  });
  return matchInputs(a, { rows: 1, columns: table.columns.filter((c) => c.name !== spare) });
}

export async function predictRow(a: Artifact, row: Readonly<Record<string, string>>, level = LEVEL): Promise<RowPrediction> {
  const { columns, notes } = await rowColumns(a, row);
  const X = matrixOf(a.recipe, columns);
  const [guess = new Float64Array(), ...others] = predictEach(a, columns);
  const also = perTarget(a)
    .slice(1)
    .map((m, t) => ({ target: m.target.name, ...answerOf(m, others[t]!, level) }));
  const parts = contributions(a.form, X);
  const scores = parts ? parts.base.length : 0;
  const k = guess.length;
  const score = scores > 1 ? best(guess, 0, k) : 0;
  const pushes = parts
    ? X.names
        .map((name, j) => ({ name, value: parts.values[j * scores + score]! }))
        .filter((c) => Number.isFinite(c.value))
        .sort((p, q) => Math.abs(q.value) - Math.abs(p.value))
        .slice(0, 20)
    : null;
  const base = parts && Number.isFinite(parts.base[score]!) ? parts.base[score]! : null;
  return {
    ...answerOf(a, guess, level),
    level,
    contributions: pushes,
    base,
    ...(a.target.task === 'class' ? { toward: a.target.levels[scores > 1 ? score : k - 1] } : {}),
    ...(also.length ? { also } : {}),
    notes,
  };
}

/** What a model says of one row, and how sure it is. */
function answerOf(a: Artifact, guess: Float64Array, level: number): Omit<TargetAnswer, 'target'> {
  if (a.target.task === 'number')
    return {
      probabilities: null,
      label: null,
      value: Number.isFinite(guess[0]!) ? guess[0]! : null,
      range: a.conformal ? rangeOf(a.conformal, guess[0]!, level) : null,
      likely: null,
    };
  const likely = a.conformal ? setOf(a.conformal, guess, level) : null;
  return {
    probabilities: a.target.levels.map((l, c) => [l, guess[c]!] as const),
    label: a.target.levels[best(guess, 0, guess.length)]!,
    value: null,
    range: null,
    likely: likely && likely.map((c) => a.target.levels[c]!),
  };
}
