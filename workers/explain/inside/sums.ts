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
  const scores = Array.from({ length: count }, (_, k) => {
    const rows = Array.from({ length: form.inputs }, (_, j) => {
      const c = known?.scores[k]?.[j];
      const { se = null, t = null, p = null, low = null, high = null } = c ?? {};
      return { name: naming.columns[j] ?? String(j), weight: form.weights[k * form.inputs + j]!, se, t, p, low, high };
    });
    const kept = rows.filter((r) => r.weight !== 0);
    return {
      level: form.link === 'softmax' ? (naming.levels[k] ?? null) : form.outputs > 1 ? (naming.levels[form.outputs - 1] ?? null) : null,
      rows: kept.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MOST),
      intercept: form.bias.length === count ? form.bias[k]! : null,
      zero: rows.length - kept.length,
    };
  });
  const says: string[] = [];
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

const short = (v: number) => String(Number(v.toPrecision(3)));
