/** The rising steps nearest to the points: pools adjacent violators (Barlow et al. 1972; as IsotonicRegression in scikit-learn). */

export interface Knots {
  /** Rising. */
  readonly at: Float64Array;
  readonly value: Float64Array;
}

/** Straight lines run between knots. Points at one place are one point, at their mean; knots inside a level stretch are left out. */
export function isotonic(x: Float64Array, y: ArrayLike<number>, weight: ArrayLike<number>): Knots {
  const order = Array.from(x.keys()).sort((a, b) => x[a]! - x[b]!);
  const at: number[] = [];
  const mean: number[] = [];
  const mass: number[] = [];
  for (const i of order) {
    const last = at.length - 1;
    if (last >= 0 && x[i]! - at[last]! < Number.EPSILON) {
      const all = mass[last]! + weight[i]!;
      mean[last] = (mean[last]! * mass[last]! + y[i]! * weight[i]!) / all;
      mass[last] = all;
    } else {
      at.push(x[i]!);
      mean.push(y[i]!);
      mass.push(weight[i]!);
    }
  }
  // Blocks that reach from their first point to that of the next; one that is not above the one before joins it.
  const first: number[] = [];
  const level: number[] = [];
  const heavy: number[] = [];
  for (let i = 0; i < at.length; i++) {
    first.push(i);
    level.push(mean[i]!);
    heavy.push(mass[i]!);
    while (level.length > 1 && level[level.length - 2]! >= level[level.length - 1]!) {
      const [l, h] = [level.pop()!, heavy.pop()!];
      first.pop();
      const k = level.length - 1;
      level[k] = (level[k]! * heavy[k]! + l * h) / (heavy[k]! + h);
      heavy[k] = heavy[k]! + h;
    }
  }
  const places: number[] = [];
  const values: number[] = [];
  first.forEach((from, b) => {
    const to = (first[b + 1] ?? at.length) - 1;
    places.push(at[from]!);
    values.push(level[b]!);
    if (to > from) {
      places.push(at[to]!);
      values.push(level[b]!);
    }
  });
  return { at: Float64Array.from(places), value: Float64Array.from(values) };
}
