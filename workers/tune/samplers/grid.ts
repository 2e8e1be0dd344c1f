/** Grid search: every combination of a few values each, in an order that covers the whole space early. */
import type { Value, Values } from '../../../src/core/param.js';
import { random, shuffle, splitSeed } from '../../../src/core/random.js';
import type { Dimension } from '../../../src/core/sampler.js';
import { sampler } from '../../../src/core/sampler.js';
import { fromUnit, isActive, keyOf } from '../space.js';

/** Values of a number on the grid, ends included. */
const POINTS = 5;
/** Combinations listed; a larger grid is cut to so many, evenly spaced, before they are shuffled. */
const MOST = 20_000;

function pointsOf(d: Dimension): readonly Value[] {
  if (d.kind === 'options') return d.options;
  const ends = d.kind === 'int' && d.high - d.low < POINTS ? d.high - d.low : POINTS - 1;
  if (ends === 0) return [d.low];
  const step = (k: number) => {
    if (d.kind === 'real' && !d.log) return d.low + ((d.high - d.low) * k) / ends;
    if (d.kind === 'int' && !d.log) return Math.round(d.low + ((d.high - d.low) * k) / ends);
    return k === 0 ? d.low : k === ends ? d.high : fromUnit(d, k / ends);
  };
  return [...new Set(Array.from({ length: ends + 1 }, (_, k) => step(k)))];
}

export const gridSampler = sampler({
  id: 'grid',
  version: 1,
  label: 'Grid',
  help: 'Tries every combination of five values per number and all options, in shuffled order. Complete and easy to explain, but the number of combinations multiplies: for one to three parameters.',
  source: 'LeCun et al., “Efficient BackProp” (1998); as scikit-learn GridSearchCV.',
  params: {},
  ask(space, trials, count, seed) {
    const points = space.dimensions.map(pointsOf);
    const total = points.reduce((product, p) => product * p.length, 1);
    const listed = Math.min(total, MOST);
    const order = shuffle(
      Array.from({ length: listed }, (_, i) => Math.floor((i * total) / listed)),
      random(splitSeed(seed, 'grid')),
    );
    const seen = new Set(trials.map((t) => keyOf(space, t.params)));
    const out: Values[] = [];
    for (const combination of order) {
      if (out.length >= count) break;
      const params: Record<string, Value> = {};
      let rest = combination;
      space.dimensions.forEach((d, j) => {
        const own = points[j]!;
        const value = own[rest % own.length]!;
        rest = Math.floor(rest / own.length);
        if (isActive(d, space, params)) params[d.name] = value;
      });
      const key = keyOf(space, params);
      if (seen.has(key)) continue;
      seen.add(key);
      out.push(params);
    }
    return out;
  },
});
