/** The weights of a linear form with how sure they are: standard errors, tests against 0, intervals. */
import type { Form } from '../../src/core/form.js';
import { fTail, normalQuantile, tQuantile, tTail2 } from '../evaluate/distributions.js';

export interface Coefficient {
  /** Column of the matrix; null for the intercept. */
  readonly name: string | null;
  readonly weight: number;
  /** Null, all of these, where the rows cannot tell this weight from others; t also where the fit is perfect. */
  readonly se: number | null;
  readonly t: number | null;
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Coefficients {
  /** Columns in order, then the intercept; for each raw score. */
  readonly scores: readonly (readonly Coefficient[])[];
  /** Degrees of freedom of t; null: the normal distribution. */
  readonly freedom: number | null;
  readonly noise: number;
  readonly explained: number;
  /** The test that no column tells anything; null where it does not apply. */
  readonly F: { readonly value: number; readonly columns: number; readonly p: number } | null;
}

/** Null for a form that carries no standard errors. `level` is the share of intervals that hold the true weight. */
export function inference(form: Form, names: readonly string[], level = 0.95): Coefficients | null {
  if (form.form !== 'linear') return null;
  const { spread, freedom, noise, explained, inputs, weights, bias } = form;
  if (spread === undefined || freedom === undefined || noise === undefined || explained === undefined) return null;
  const df = freedom === 0 ? Infinity : freedom;
  const reach = df === Infinity ? normalQuantile((1 + level) / 2) : tQuantile((1 + level) / 2, df);
  const row = (name: string | null, weight: number, se: number): Coefficient => {
    if (se === 0) return { name, weight, se: null, t: null, p: null, low: null, high: null };
    const t = weight / se;
    return { name, weight, se, t, p: tTail2(t, df), low: weight - reach * se, high: weight + reach * se };
  };
  const perfect = (name: string | null, weight: number): Coefficient => ({
    name,
    weight,
    se: 0,
    t: null,
    p: weight === 0 ? 1 : 0,
    low: weight,
    high: weight,
  });
  const one = noise === 0 ? perfect : row;
  const scores = Array.from(bias, (b, k) => {
    const from = k * (inputs + 1);
    const rows = Array.from({ length: inputs }, (_, j) => one(names[j] ?? String(j), weights[k * inputs + j]!, spread[from + j]!));
    return [...rows, one(null, b, spread[from + inputs]!)];
  });
  return { scores, freedom: freedom === 0 ? null : freedom, noise, explained, F: overall(form.link, scores[0]!, df, explained) };
}

/** F = (explained / columns) / (the rest / freedom), where every weight in use is settled by the rows and errors are normal. */
function overall(link: string, rows: readonly Coefficient[], freedom: number, explained: number): Coefficients['F'] {
  const used = rows.slice(0, -1).filter(({ weight, se }) => weight !== 0 || se !== null);
  const columns = used.length;
  if (link !== 'identity' || freedom === Infinity || columns === 0 || explained >= 1 || used.some(({ se }) => se === null)) return null;
  const value = explained / columns / ((1 - explained) / freedom);
  return { value, columns, p: fTail(value, columns, freedom) };
}
