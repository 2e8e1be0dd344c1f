/** What no fitter works on is refused before it begins. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { guard } from '../../../workers/models/guard.js';

const X = matrix(3, 1, Float32Array.of(1, 2, 3));
const ask = (target: Target) => () => guard(X, target, { missing: false });

describe('guard', () => {
  it('refuses targets whose squares would leave the range of numbers, and names the row', () => {
    expect(ask({ task: 'number', y: Float64Array.of(1, -1e61, 2) })).toThrow('of row 2, -1e+61: too large');
    expect(ask({ task: 'number', y: Float64Array.of(0, 1e-300, 1e-290) })).toThrow('of row 3, 1e-290: too small');
    for (const y of [Float64Array.of(0, 0, 0), Float64Array.of(1e-300, 1, 0), Float64Array.of(1e59, -1e59, 0)])
      expect(ask({ task: 'number', y })).not.toThrow();
  });

  it('refuses such weights too', () => {
    const y = Int32Array.of(0, 1, 0);
    const weighing = (...w: number[]): Target => ({ task: 'class', y, levels: ['a', 'b'], weight: Float64Array.from(w) });
    expect(ask(weighing(1, 1e100, 0))).toThrow('The largest weight is that of row 2');
    expect(ask(weighing(1e-100, 0, 0))).toThrow('too small');
    expect(ask(weighing(0, 1e-9, 1e9))).not.toThrow();
    expect(ask(weighing(0, 0, 0))).toThrow('All rows have weight 0');
  });
});
