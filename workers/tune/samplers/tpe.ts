/** Tree-structured Parzen estimators: tries what good trials have and bad ones lack. */
import type { Value, Values } from '../../../src/core/param.js';
import type { Random } from '../../../src/core/random.js';
import { random, splitSeed } from '../../../src/core/random.js';
import type { Dimension, Options, Range, Space, Trial } from '../../../src/core/sampler.js';
import { sampler } from '../../../src/core/sampler.js';
import { fromUnit, isActive, keyOf, toUnit } from '../space.js';
import { draw, randomSampler } from './random.js';

/** Trials drawn by chance before there is something to learn from. */
const START = 10;
/** Candidates per parameter; the one with the best ratio is taken. */
const CANDIDATES = 24;
/** Good trials: the best tenth, at least 2, at most 25. */
const goodOf = (n: number) => Math.min(25, Math.max(2, Math.ceil(n / 10)));

/**
 * A density on 0…1: one bump per observation and a flat prior that counts as one.
 * Bumps are logistic, not normal as in the paper: both are round, but this one has its tails in closed form.
 */
interface Density {
  readonly centres: readonly number[];
  readonly widths: readonly number[];
}

const rise = (z: number) => 1 / (1 + Math.exp(-z));

/** Width of a bump: the farther of its two neighbours (or ends), never narrower than the number of bumps deserves. */
function density(observed: readonly number[]): Density {
  const centres = [...observed].sort((a, b) => a - b);
  const least = 1 / Math.min(100, 2 + centres.length);
  const widths = centres.map((c, i) => Math.min(1, Math.max(least, c - (centres[i - 1] ?? 0), (centres[i + 1] ?? 1) - c)));
  return { centres, widths };
}

/** A logistic with scale s has standard deviation 1.814 s. */
const scale = (width: number) => width / 1.813799;

function at({ centres, widths }: Density, x: number): number {
  let sum = 1;
  centres.forEach((c, i) => {
    const s = scale(widths[i]!);
    const f = rise((x - c) / s);
    sum += (f * (1 - f)) / s / (rise((1 - c) / s) - rise(-c / s));
  });
  return sum / (centres.length + 1);
}

function drawFrom({ centres, widths }: Density, u: Random): number {
  const i = Math.floor(u() * (centres.length + 1));
  if (i === centres.length) return u();
  const s = scale(widths[i]!);
  const c = centres[i]!;
  const low = rise(-c / s);
  const p = low + u() * (rise((1 - c) / s) - low);
  return Math.min(1, Math.max(0, c + s * Math.log(p / (1 - p))));
}

function chooseNumber(d: Range, good: readonly Value[], bad: readonly Value[], u: Random): number {
  const places = (values: readonly Value[]) => density(values.filter((v): v is number => typeof v === 'number').map((v) => toUnit(d, v)));
  const l = places(good);
  const g = places(bad);
  let best = 0.5;
  let most = -Infinity;
  for (let k = 0; k < CANDIDATES; k++) {
    const x = drawFrom(l, u);
    const ratio = at(l, x) / at(g, x);
    if (ratio > most) {
      most = ratio;
      best = x;
    }
  }
  return fromUnit(d, best);
}

/** Shares of each option among good and bad trials, with one flat prior observation spread over all. */
function chooseOption(d: Options, good: readonly Value[], bad: readonly Value[], u: Random): Value {
  const k = d.options.length;
  const share = (values: readonly Value[], option: Value) => {
    const text = JSON.stringify(option);
    return (values.filter((v) => JSON.stringify(v) === text).length + 1 / k) / (values.length + 1);
  };
  const l = d.options.map((o) => share(good, o));
  let best = 0;
  let most = -Infinity;
  for (let c = 0; c < CANDIDATES; c++) {
    let left = u();
    let i = 0;
    while (i < k - 1 && left >= l[i]!) left -= l[i++]!;
    // Chance breaks ties, so that equal options are tried alike.
    const ratio = l[i]! / share(bad, d.options[i]!);
    if (ratio > most) {
      most = ratio;
      best = i;
    }
  }
  return d.options[best]!;
}

function propose(s: Space, good: readonly Values[], bad: readonly Values[], u: Random): Values {
  const out: Record<string, Value> = {};
  const of = (d: Dimension, group: readonly Values[]) => group.filter((p) => Object.hasOwn(p, d.name)).map((p) => p[d.name]!);
  for (const d of s.dimensions) {
    if (!isActive(d, s, out)) continue;
    out[d.name] = d.kind === 'options' ? chooseOption(d, of(d, good), of(d, bad), u) : chooseNumber(d, of(d, good), of(d, bad), u);
  }
  return out;
}

const finished = (t: Trial): t is { params: Values; score: number } => t.score !== null && Number.isFinite(t.score);

export const tpeSampler = sampler({
  id: 'tpe',
  version: 1,
  label: 'Guided',
  help: 'Learns from the trials so far: compares where good and bad ones lie and tries what the good have in common. Needs about ten trials to begin with, then usually finds more in the same time than chance. The field calls this Bayesian optimisation; this one is the tree-structured Parzen estimator (TPE).',
  source: 'Bergstra, Bardenet, Bengio & Kégl, “Algorithms for hyper-parameter optimization”, NIPS (2011), § 4; group sizes as in Optuna.',
  params: {},
  ask(space, trials, count, seed) {
    const scored = trials.filter(finished);
    const start = Math.max(0, Math.min(count, START - scored.length));
    const out = randomSampler.ask(space, trials, start, seed);
    if (start === count) return out;
    const order = scored.map((t, i) => ({ t, i })).sort((a, b) => b.t.score - a.t.score || a.i - b.i);
    const cut = goodOf(scored.length);
    const good = order.slice(0, cut).map(({ t }) => t.params);
    // Failed and unfinished trials count as bad: the next ones keep away from them.
    const bad = [...order.slice(cut).map(({ t }) => t.params), ...trials.filter((t) => !finished(t)).map((t) => t.params)];
    const seen = new Set([...trials.map((t) => t.params), ...out].map((p) => keyOf(space, p)));
    while (out.length < count) {
      const u = random(splitSeed(seed, 'tpe', trials.length + out.length));
      let found: Values | null = null;
      for (let tries = 0; tries < 100 && !found; tries++) {
        // After some repeats of what is known, chance looks elsewhere.
        const params = tries < 20 ? propose(space, good, bad, u) : draw(space, u);
        if (!seen.has(keyOf(space, params))) found = params;
      }
      if (!found) break;
      seen.add(keyOf(space, found));
      bad.push(found);
      out.push(found);
    }
    return out;
  },
});
