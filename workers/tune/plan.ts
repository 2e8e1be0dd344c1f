/**
 * The next round of a study over several kinds of model. Nothing is remembered: the round follows from the finished trials.
 *
 * 1. Every kind of model once with its defaults.
 * 2. Two random draws for every kind that has something to search; when trials are short, for as many of the best kinds
 *    as half of the trials that are left go round (two at least), so that there is something left to search with.
 * 3. Rounds of four, for as long as there are trials: two for the kind with the best score so far, one each for the
 *    second and third best, led by the sampler. The third drops out after eight trials and leaves its share to the best. A kind whose space is used up passes its trials down the order.
 */
import type { Params, Values } from '../../src/core/param.js';
import { splitSeed } from '../../src/core/random.js';
import type { Sampler, Space, Trial } from '../../src/core/sampler.js';
import { randomSampler } from './samplers/random.js';
import { space } from './space.js';

export interface Family {
  /** Id of the model. */
  readonly id: string;
  readonly params: Params;
  /** Parameters to search; all that declare a range when left out. */
  readonly search?: readonly string[];
}
export interface Finished extends Trial {
  readonly model: string;
}
export interface Planned {
  readonly model: string;
  /** Searched parameters only; {} is the defaults. */
  readonly params: Values;
  /** Number of the trial in the study, from 0. */
  readonly trial: number;
}

const DRAWS = 2;
const SHARES = [2, 1, 1] as const;
/** Trials after which only the two best kinds go on. */
const THIRD_STAYS = 8;

/** `trials` is the whole budget; an empty answer means that the study is over. A finished trial's score: higher is better, null for a failure. */
export function plan(models: readonly Family[], trials: number, seed: number, sampler: Sampler, done: readonly Finished[]): Planned[] {
  let left = trials - done.length;
  const out: Planned[] = [];
  const add = (model: string, proposals: readonly Values[]) => {
    for (const params of proposals) {
      if (left <= 0) return;
      out.push({ model, params, trial: done.length + out.length });
      left--;
    }
  };
  const own = (id: string) => done.filter((t) => t.model === id);
  const fresh = models.filter((m) => own(m.id).length === 0);
  if (fresh.length > 0) {
    for (const m of fresh) add(m.id, [{}]);
    return out;
  }

  const ranked = models
    .map((m, order) => {
      const scores = own(m.id).flatMap((t) => (t.score !== null && Number.isFinite(t.score) ? [t.score] : []));
      return { m, order, best: scores.length ? Math.max(...scores) : -Infinity, space: space(m.params, m.search), trials: own(m.id) };
    })
    .sort((a, b) => (a.best === b.best ? a.order - b.order : b.best - a.best));
  // A kind that always failed gets no more trials while another works, nor does one with nothing to search.
  const alive = ranked.filter((r) => r.space.dimensions.length > 0 && (r.best > -Infinity || ranked[0]!.best === -Infinity));
  const seedOf = (id: string) => splitSeed(seed, 'family', id);
  /** Trials with the defaults written out, so that a sampler sees them as points of its space and does not propose them again. */
  const known = (r: { space: Space; trials: readonly Finished[]; m: Family }) =>
    r.trials.map((t) => ({ score: t.score, params: withDefaults(r.space, r.m.params, t.params) }));

  const drawn = Math.max(2, Math.floor((trials - models.length) / 2 / DRAWS));
  for (const r of alive.slice(0, drawn)) {
    const short = DRAWS - (r.trials.length - 1);
    if (short > 0) add(r.m.id, randomSampler.ask(r.space, known(r), short, seedOf(r.m.id)));
  }
  if (out.length > 0) return out;

  const round = Math.min(
    left,
    SHARES.reduce((a, b) => a + b, 0),
  );
  let over = 0;
  alive.forEach((r, rank) => {
    const share = rank === 2 && r.trials.length >= THIRD_STAYS ? 0 : (SHARES[rank] ?? 0);
    const want = Math.min(round - out.length, share + over);
    if (want <= 0) return;
    const got = sampler.ask(r.space, known(r), want, seedOf(r.m.id));
    add(r.m.id, got);
    over = want - got.length;
  });
  // With fewer than three kinds the rest of the round goes to the best.
  const first = alive[0];
  if (first && out.length < round) {
    const asked = out.filter((p) => p.model === first.m.id).map((p) => ({ params: p.params, score: null }));
    add(first.m.id, sampler.ask(first.space, [...known(first), ...asked], round - out.length, seedOf(first.m.id)));
  }
  return out;
}

function withDefaults(s: Space, params: Params, given: Values): Values {
  if (Object.keys(given).length > 0) return given;
  const out: Record<string, Values[string]> = {};
  for (const d of s.dimensions) {
    const value = params[d.name]!.default;
    const active = !d.when || d.when.is.some((v) => v === (out[d.when!.param] ?? s.fixed[d.when!.param]));
    // A default of “no limit” lies outside a range of numbers.
    if (active && value !== null) out[d.name] = value;
  }
  return out;
}
