/** Cuts numbers into ranges. */
import { choice, int } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { categoryColumn, listed, numberColumn, numbersOf, short } from './columns.js';
import { quantile, sortedPresent } from './numbers.js';

type Learnt = {
  readonly names: readonly string[];
  /** Inner edges, ascending: a value belongs to the bin after every edge that is at most it. */
  readonly edges: readonly Float64Array[];
};

function inner(sorted: Float64Array, how: 'uniform' | 'quantile', bins: number): Float64Array {
  if (sorted.length === 0) return new Float64Array(0);
  const low = sorted[0]!;
  const high = sorted[sorted.length - 1]!;
  const all = Array.from({ length: bins + 1 }, (_, k) =>
    how === 'quantile' ? quantile(sorted, k / bins) : k === bins ? high : low + ((high - low) * k) / bins,
  );
  // Quantiles that fall together make one edge.
  const apart = all.filter((edge, k) => k === 0 || edge - all[k - 1]! > 1e-8 * (high - low));
  return Float64Array.from(apart.slice(1, -1));
}

/** How many edges are at most v. */
function binOf(edges: Float64Array, v: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= v) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbered, so that they sort as they lie: “1: below 20”, “2: 20 to 35”, “3: 35 and above”. */
function labels(edges: Float64Array): string[] {
  const digits = String(edges.length + 1).length;
  return Array.from({ length: edges.length + 1 }, (_, b) => {
    const range =
      edges.length === 0
        ? 'all'
        : b === 0
          ? `below ${short(edges[0]!)}`
          : b === edges.length
            ? `${short(edges[b - 1]!)} and above`
            : `${short(edges[b - 1]!)} to ${short(edges[b]!)}`;
    return `${String(b + 1).padStart(digits, '0')}: ${range}`;
  });
}

export const bins = columnStep({
  id: 'bins',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number'],
  label: 'Cut into ranges',
  help: 'Makes groups of a number, such as age groups. Lets a linear model follow a bend and makes a table easier to read, at the price of what happens inside a range.',
  source: 'Dougherty, Kohavi & Sahami, ICML (1995); as scikit-learn KBinsDiscretizer.',
  params: {
    how: choice({
      label: 'Ranges',
      help: 'Equally full ranges follow the data; equally wide ones are easier to explain.',
      default: 'quantile',
      options: { quantile: 'Equally full', uniform: 'Equally wide' },
    }),
    bins: int({ label: 'How many', help: 'Ranges that fall together are merged.', default: 5, min: 2, max: 100, tune: [2, 20] }),
    as: choice({
      label: 'Makes',
      help: 'A category has a name for each range; a number is 0, 1, 2 and so on.',
      default: 'category',
      options: { category: 'A category', number: 'A number' },
      more: true,
    }),
  },
  learn: (columns, params): Learnt => ({
    names: columns.map((c) => c.name),
    edges: columns.map((c) => inner(sortedPresent(numbersOf(c)), params.how, params.bins)),
  }),
  apply(columns, state, params) {
    const { edges } = state as Learnt;
    return columns.map((c, j) => {
      const values = numbersOf(c);
      if (params.as === 'number')
        return numberColumn(
          c.name,
          values.map((v) => (Number.isNaN(v) ? NaN : binOf(edges[j]!, v))),
        );
      return categoryColumn(
        c.name,
        Int32Array.from(values, (v) => (Number.isNaN(v) ? -1 : binOf(edges[j]!, v))),
        labels(edges[j]!),
      );
    });
  },
  says: (on, params) => `Cut ${listed(on)} into ${params.bins} ${params.how === 'quantile' ? 'equally full' : 'equally wide'} ranges`,
  learnt(state) {
    const { names, edges } = state as Learnt;
    if (names.length === 0) return 'Nothing to learn.';
    return names
      .map((n, j) => `${n}: cut at ${edges[j]!.length ? Array.from(edges[j]!.subarray(0, 8), short).join(', ') : 'nothing'}`)
      .join('; ');
  },
});
