/** Measures against SciPy 1.10 (pearsonr, spearmanr, f_oneway, kruskal, chi2_contingency without correction) and by hand. */
import { describe, expect, it } from 'vitest';
import { anova, chiSquare, information, kruskal, pearson, spearman } from '../../../workers/profile/measures.js';

const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const y = [2, 1, 4, 3, 7, 8, 6, 10, 9, 12];
const g = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2];

describe('measures', () => {
  it('agree with SciPy', () => {
    const r = pearson(x, y)!;
    expect(r.value).toBeCloseTo(0.9362468821760163, 12);
    expect(r.test!.p).toBeCloseTo(6.689056712905238e-5, 9);
    const s = spearman(x, [2, 2, 4, 3, 7, 8, 6, 10, 9, 12])!;
    expect(s.value).toBeCloseTo(0.9361745372672995, 12);
    expect(s.test!.p).toBeCloseTo(6.718873258402915e-5, 9);
    const v = [2, 1, 4, 3, 7, 8, 6, 10, 3, 3];
    const f = anova(v, g)!;
    expect(f.test!.statistic).toBeCloseTo(1.6886363636363635, 10);
    expect(f.test!.p).toBeCloseTo(0.2520878026535993, 9);
    const k = kruskal(v, g)!;
    expect(k.test!.statistic).toBeCloseTo(3.1863354037267086, 10);
    expect(k.test!.p).toBeCloseTo(0.20328065824343106, 9);
  });
  it('agree with SciPy on a table of counts', () => {
    const counts = [
      [10, 20, 5],
      [15, 5, 9],
    ];
    const a: number[] = [];
    const b: number[] = [];
    counts.forEach((row, i) => row.forEach((n, j) => a.push(...new Array<number>(n).fill(i)) && b.push(...new Array<number>(n).fill(j))));
    const c = chiSquare(a, b)!;
    expect(c.test).toMatchObject({ df: [2] });
    expect(c.test!.statistic).toBeCloseTo(10.674173117522871, 10);
    expect(c.test!.p).toBeCloseTo(0.004809863571590412, 10);
    expect(c.value).toBeCloseTo(Math.sqrt(10.674173117522871 / 64), 10);
    expect(information(a, b).nats).toBeCloseTo(0.08780956239341439, 12);
  });
  it('leave out rows in which either is missing, and are undefined rather than NaN', () => {
    expect(pearson([...x, NaN, 3], [...y, 1, NaN])!.value).toBeCloseTo(0.9362468821760163, 12);
    expect(anova([...x, 5], [...g, -1])!.rows).toBe(10);
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(pearson([], [])).toBeNull();
    expect(anova([1, 2], [0, 0])).toBeNull();
    expect(kruskal([1, 1, 1], [0, 1, 1])).toBeNull();
    expect(chiSquare([0, 0], [0, 1])).toBeNull();
    expect(pearson([1, 2, 3], [2, 4, 6])!.test!.p).toBe(0);
  });
});
