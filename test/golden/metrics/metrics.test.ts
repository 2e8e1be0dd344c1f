/** Metrics agree with scikit-learn: ties, absent classes, weights. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Scored } from '../../../src/core/metric.js';
import { metrics, scoreAll } from '../../../workers/evaluate/metrics/index.js';
import { hold } from '../close.js';

interface Case extends Scored {
  readonly name: string;
  readonly scores: Record<string, number>;
}
const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as { tolerance: number; cases: Case[] };

describe('metrics against scikit-learn', () => {
  it.each(golden.cases)('$name', (c) => {
    const got = scoreAll(c);
    expect(Object.keys(got).sort()).toEqual(Object.keys(c.scores).sort());
    for (const [id, want] of Object.entries(c.scores)) {
      hold('Metrics', 'scikit-learn', id, Math.abs(got[id]! - want) / Math.max(1, Math.abs(want)), golden.tolerance);
    }
  });
  it('has a value for every metric', () => {
    expect(new Set(golden.cases.flatMap((c) => Object.keys(c.scores)))).toEqual(new Set(metrics.keys()));
  });
});
