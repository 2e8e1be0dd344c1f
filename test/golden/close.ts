/** A comparison with a reference: held to its tolerance, and told to exact.ts, which prints one table of them all. */
import { expect, TestRunner } from 'vitest';

export interface Compared {
  readonly family: string;
  readonly reference: string;
  readonly quantity: string;
  readonly tolerance: number;
  readonly error: number;
}
declare module 'vitest' {
  interface TaskMeta {
    compared?: Compared[];
  }
}

/** Largest difference, relative to the largest value wanted (to `least` where all are smaller). */
export function ofLargest(got: ArrayLike<number>, want: readonly number[], least = 1e-3): number {
  expect(got.length).toBe(want.length);
  return Math.max(...want.map((w, i) => Math.abs(got[i]! - w))) / Math.max(least, ...want.map(Math.abs));
}

/** Largest difference, each relative to its own value (to `least` where that is smaller). */
export function ofEach(got: ArrayLike<number>, want: readonly number[], least = 1): number {
  expect(got.length).toBe(want.length);
  return Math.max(...want.map((w, i) => Math.abs(got[i]! - w) / Math.max(least, Math.abs(w))));
}

/** One more error of this family in this quantity: below the tolerance, or the test fails. Of each test the largest is kept. */
export function hold(family: string, reference: string, quantity: string, error: number, tolerance: number): void {
  const test = TestRunner.getCurrentTest();
  if (test) {
    const all = (test.meta.compared ??= []);
    const at = all.findIndex(
      (c) => c.family === family && c.reference === reference && c.quantity === quantity && c.tolerance === tolerance,
    );
    if (at < 0) all.push({ family, reference, quantity, tolerance, error });
    else if (error > all[at]!.error) all[at] = { ...all[at]!, error };
  }
  expect(error, quantity).toBeLessThan(tolerance);
}

/** `hold` for one family. */
export const holder =
  (family: string, reference: string) =>
  (quantity: string, error: number, tolerance: number): void =>
    hold(family, reference, quantity, error, tolerance);
