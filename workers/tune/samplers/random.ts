/** Random search. */
import type { Value, Values } from '../../../src/core/param.js';
import type { Random } from '../../../src/core/random.js';
import { random, splitSeed } from '../../../src/core/random.js';
import type { Dimension, Space } from '../../../src/core/sampler.js';
import { sampler } from '../../../src/core/sampler.js';
import { fromUnit, isActive, keyOf } from '../space.js';

/** Draws that may repeat an earlier trial before the space counts as used up. */
const TRIES = 100;

const drawOne = (d: Dimension, u: Random): Value =>
  d.kind === 'options' ? d.options[Math.floor(u() * d.options.length)]! : fromUnit(d, u());

export function draw(s: Space, u: Random): Values {
  const out: Record<string, Value> = {};
  for (const d of s.dimensions) if (isActive(d, s, out)) out[d.name] = drawOne(d, u);
  return out;
}

export const randomSampler = sampler({
  id: 'random',
  version: 1,
  label: 'Random',
  help: 'Draws every parameter by chance from its range. Hard to beat for its simplicity, and better than a grid when only a few parameters matter.',
  source: 'Bergstra & Bengio, “Random search for hyper-parameter optimization”, JMLR 13 (2012).',
  params: {},
  ask(space, trials, count, seed) {
    const seen = new Set(trials.map((t) => keyOf(space, t.params)));
    const out: Values[] = [];
    for (let k = 0; k < count; k++) {
      // The stream belongs to the number of the trial, so that asking for 2 and 2 gives what asking for 4 gives.
      const u = random(splitSeed(seed, 'random', trials.length + k));
      for (let tries = 0; tries < TRIES; tries++) {
        const params = draw(space, u);
        const key = keyOf(space, params);
        if (seen.has(key)) continue;
        seen.add(key);
        out.push(params);
        break;
      }
      if (out.length <= k) break;
    }
    return out;
  },
});
