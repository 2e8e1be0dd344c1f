/** Turns a category into one column of 0 and 1 per level. */
import { choice, int } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { countLevels, distinctColumns, listed, numberColumn, placesIn } from './columns.js';

type Learnt = {
  readonly names: readonly string[];
  /** Levels that get a column, in order; the first may be dropped. */
  readonly levels: readonly (readonly string[])[];
  /** Levels seen in training that share the column “other”. */
  readonly rare: readonly (readonly string[])[];
  /** 1: the first level has no column. */
  readonly dropped: readonly number[];
};

export const oneHot = columnStep({
  id: 'one-hot',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['category'],
  label: 'One column per level (one-hot)',
  help: 'Makes a column of 0 and 1 for every level, so that a model which only knows numbers can use a category. A level that was not there in training gives 0 everywhere.',
  source: 'Suits, “Use of dummy variables in regression equations”, JASA 52 (1957); as scikit-learn OneHotEncoder.',
  params: {
    minFrequency: int({
      label: 'Fewest rows per level',
      help: 'Levels with fewer training rows share one column called “other”.',
      default: 1,
      min: 1,
      max: 1_000_000,
      scale: 'log',
      tune: [1, 50],
    }),
    maxLevels: int({
      label: 'Most columns per category',
      help: 'Keeps the most frequent levels; the rest share “other”.',
      default: 100,
      min: 2,
      max: 10_000,
      scale: 'log',
      more: true,
    }),
    drop: choice({
      label: 'Leave out one level',
      help: 'With every level present the columns always add up to 1. Linear models without a penalty need one of them left out.',
      default: 'none',
      options: { none: 'None', first: 'The first of each', 'if-binary': 'The first, where there are only two' },
      more: true,
    }),
    missing: choice({
      label: 'Missing values',
      help: 'What a gap becomes.',
      default: 'zeros',
      options: { zeros: '0 in every column', column: 'A column of their own' },
      more: true,
    }),
  },
  learn(columns, params): Learnt {
    const levels: string[][] = [];
    const rare: string[][] = [];
    const dropped: number[] = [];
    for (const c of columns) {
      const counted = countLevels(c);
      const order = counted.levels.map((_, l) => l);
      const frequent = order.filter((l) => counted.counts[l]! >= params.minFrequency);
      const few = frequent.length === order.length && order.length <= params.maxLevels;
      // “other” takes one of the columns when it is needed.
      const room = few ? order.length : params.maxLevels - 1;
      const kept = new Set([...frequent].sort((a, b) => counted.counts[b]! - counted.counts[a]! || a - b).slice(0, room));
      levels.push(order.filter((l) => kept.has(l)).map((l) => counted.levels[l]!));
      rare.push(order.filter((l) => !kept.has(l)).map((l) => counted.levels[l]!));
      const own = kept.size + (kept.size < order.length ? 1 : 0);
      dropped.push(kept.size > 0 && own > 1 && (params.drop === 'first' || (params.drop === 'if-binary' && own === 2)) ? 1 : 0);
    }
    return { names: columns.map((c) => c.name), levels, rare, dropped };
  },
  apply(columns, state, params) {
    const { levels, rare, dropped } = state as Learnt;
    const out: Column[] = [];
    columns.forEach((c, j) => {
      const own = levels[j]!;
      const other = rare[j]!;
      const places = placesIn(c, [...own, ...other]);
      const n = places.length;
      const made = own.map(() => new Float64Array(n));
      const rest = new Float64Array(n);
      const gap = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const p = places[i]!;
        if (p >= own.length) rest[i] = 1;
        else if (p >= 0) made[p]![i] = 1;
        else if (p === -1) gap[i] = 1;
      }
      for (let l = dropped[j]!; l < own.length; l++) out.push(numberColumn(`${c.name}=${own[l]}`, made[l]!));
      if (other.length > 0) out.push(numberColumn(`${c.name}=other`, rest));
      if (params.missing === 'column') out.push(numberColumn(`${c.name}=missing`, gap));
    });
    return distinctColumns(out);
  },
  says: (on) => `Make a column of 0 and 1 for every level of ${listed(on)}`,
  learnt(state) {
    const { names, levels, rare, dropped } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names
      .map((n, j) => `${n}: ${levels[j]!.length - dropped[j]!} levels${rare[j]!.length ? `, ${rare[j]!.length} rare ones as “other”` : ''}`)
      .join('; ');
  },
});
