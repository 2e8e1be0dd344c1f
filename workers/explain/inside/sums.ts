/** Weighted sums as a table: the weights of each raw score, largest first, with their intervals where the fit has them. */
import type { Linear } from '../../../src/core/form.js';
import type { CoefficientsPicture } from '../../../src/core/inside.js';
import { inference } from '../coefficients.js';
import type { Naming } from './naming.js';

const MOST = 200;

export function sumsPicture(form: Linear, naming: Naming): CoefficientsPicture {
  const known = inference(form, naming.columns);
  const K = form.weights.length / Math.max(1, form.inputs);
  const count = form.inputs > 0 ? K : form.bias.length;
  const steps = form.link === 'cumulative' ? stepsOf(form) : null;
  // Of classes in order every step has the same weights: they are shown once.
  const shown = steps ? steps.slice(-1).map(({ to }) => to) : Array.from({ length: count }, (_, k) => k);
  const scores = shown.map((k) => {
    const rows = Array.from({ length: form.inputs }, (_, j) => {
      const c = known?.scores[k]?.[j];
      const { se = null, t = null, p = null, low = null, high = null } = c ?? {};
      return { name: naming.columns[j] ?? String(j), weight: form.weights[k * form.inputs + j]!, se, t, p, low, high };
    });
    const kept = rows.filter((r) => r.weight !== 0);
    return {
      level: count > 1 ? (naming.levels[k] ?? null) : form.outputs > 1 ? (naming.levels[form.outputs - 1] ?? null) : null,
      rows: kept.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MOST),
      intercept: form.bias.length === count && !steps ? form.bias[k]! : null,
      zero: rows.length - kept.length,
    };
  });
  const says: string[] = [];
  if (steps?.length) {
    const name = (k: number) => `“${naming.levels[k] ?? String(k + 1)}”`;
    const cuts = steps.map(({ from, to }) => `${name(from)} and ${name(to)} part at ${short(-form.bias[to]!)}`);
    says.push(`All columns add up to one score, and along it ${cuts.join(', ')}.`);
  }
  if (known) {
    const { F, freedom, explained } = known;
    if (F)
      says.push(
        `F(${F.columns}, ${freedom ?? '∞'}) = ${short(F.value)}, p ${F.p < 0.001 ? '< 0.001' : `= ${short(F.p)}`}: whether the columns together tell anything.`,
      );
    says.push(
      `Explains ${short(100 * explained)} % of the ${form.link === 'identity' ? 'variance' : 'deviance'} of the rows it learnt from.`,
    );
  }
  return { kind: 'coefficients', link: form.link, scores, says };
}

/** Classes that training saw, from the lowest up, as steps from one to the next; the lowest and the unseen have no score of their own. */
function stepsOf({ bias, outputs }: Linear): { readonly from: number; readonly to: number }[] {
  const seen = Array.from({ length: outputs }, (_, k) => k)
    .filter((k) => bias[k]! > -1e29)
    .sort((a, b) => bias[b]! - bias[a]!);
  return seen.slice(1).map((to, r) => ({ from: seen[r]!, to }));
}

const short = (v: number) => String(Number(v.toPrecision(3)));
