/** The difference of two runs over the same folds, with the interval that knows folds share training rows (Nadeau & Bengio 2003). */

export interface Paired {
  /** Mean of first − second over the folds both have. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly folds: number;
}

/** Quantile 0.975 of Student's t for 1…30 degrees of freedom, then the normal one: folds are few. */
const T = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985, 2.178813, 2.160369, 2.144787,
  2.13145, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407,
  2.04523, 2.042272,
]; // prettier-ignore

/** Null for fewer than two folds that both have. The share a fold tests is taken as 1 / folds. */
export function pairedDifference(first: readonly (number | null)[], second: readonly (number | null)[]): Paired | null {
  const gaps: number[] = [];
  for (let i = 0; i < Math.min(first.length, second.length); i++) {
    const a = first[i];
    const b = second[i];
    if (typeof a === 'number' && typeof b === 'number') gaps.push(a - b);
  }
  const k = gaps.length;
  if (k < 2) return null;
  const mean = gaps.reduce((s, g) => s + g, 0) / k;
  const variance = gaps.reduce((s, g) => s + (g - mean) ** 2, 0) / (k - 1);
  const half = (T[k - 2] ?? 1.959964) * Math.sqrt(variance * (1 / k + 1 / (k - 1)));
  return { mean, low: mean - half, high: mean + half, folds: k };
}
