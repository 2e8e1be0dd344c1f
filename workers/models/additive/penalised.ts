/** Penalised iteratively reweighted least squares: Newton's method on the likelihood, with the smoothness found anew on the way (Wood 2017, § 6.5). */
import type { Pace } from '../pace.js';
import { isCount, isFloats, partOf, savedIn, type Keep as RowsKeep, type Of } from '../resume.js';
import { plain, type Design } from './design.js';
import type { Likelihood } from './likelihood.js';
import { normalEquations, scoresOf, type Normal } from './normal-equations.js';
import { balanced, factored, fixed, likeliest, penalised, type Smoothed, type Working } from './smoothing.js';

export interface Fitted {
  /** What is known (see `plain`): score · size + place. */
  readonly coefficients: Float64Array;
  readonly eta: Float64Array;
  readonly deviance: number;
  /** Of the last step; null when stopped before the first. */
  readonly last: (Smoothed & { readonly normal: Normal }) | null;
  readonly converged: boolean;
  /** Scores ran away, as where columns tell classes apart perfectly, and were held by a weak ridge. */
  readonly held: boolean;
}

/** After a turn that was not the last. */
export interface Turned extends Of {
  readonly turn: number;
  readonly coefficients: Float64Array;
  readonly ridge: number;
  readonly rho: Float64Array | null;
  readonly middle: Float64Array | null;
  readonly before: number;
}

/** Within a turn: its equations are there, and the search for the smoothness is at this step. */
interface Over {
  readonly normal: Normal;
}
interface Begun {
  readonly step: number;
  readonly at: Float64Array;
}
const isNormal =
  (N: number) =>
  (v: unknown): boolean => {
    const { A, b } = (v ?? {}) as Partial<Normal>;
    return isFloats(N * N)(A) && isFloats(N)(b);
  };

/** Where states go, and the one to go on from. */
export interface Keep {
  readonly saved: Turned | null;
  offer(state: () => Omit<Turned, 'of'>): void;
  /** For what is under way within a turn. */
  readonly within: RowsKeep;
}

/** Deviance that changes by less than this share has settled. */
const SETTLED = 1e-11;
/** Scores farther than this from where they started are running away: odds of 10¹³ to 1. */
const AWAY = 30;
/** Then every coefficient but the constants costs this times its square: it is some ten units of the score at most. */
const RIDGE = 0.01;

export async function fitPenalised(
  design: Design,
  likelihood: Likelihood,
  /** Σ weight of the rows. */
  rows: number,
  /** Null: found; else the same λ for all. */
  lambda: number | null,
  maxIter: number,
  p: Pace,
  keep?: Keep,
): Promise<Fitted> {
  const { penalties, size } = design;
  const C = likelihood.scores;
  const n = design.value.length / design.width;
  const start = new Float64Array(C * size);
  for (let c = 0; c < C; c++) start[c * size] = likelihood.start[c]!;
  const saved = keep?.saved ?? null;
  let coefficients: Float64Array = saved?.coefficients ?? start;
  let ridge = saved?.ridge ?? 0;
  let eta: Float64Array = scoresOf(design, plain(design, coefficients));
  const slope = new Float64Array(n * C);
  const bend = new Float64Array((n * C * (C + 1)) / 2);
  let rho: Float64Array | null = lambda === null ? null : new Float64Array(penalties.length).fill(Math.log(lambda));
  let middle = rho;
  if (saved) ({ rho, middle } = saved);
  let last: Fitted['last'] = null;
  let deviance = likelihood.at(eta, slope, bend);
  let before = saved?.before ?? Infinity;
  let converged = false;
  const turned = (turn: number) => {
    if (turn + 1 < maxIter && !converged) keep?.offer(() => ({ turn: turn + 1, coefficients, ridge, rho, middle, before }));
  };
  const cost = (beta: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < beta.length && ridge > 0; i++) if (i % size > 0) sum += ridge * beta[i]! * beta[i]!;
    penalties.forEach(({ start, size: q }, j) => {
      for (let c = 0; c < C; c++)
        for (let i = c * size + start; i < c * size + start + q; i++) sum += Math.exp(rho![j]!) * beta[i]! * beta[i]!;
    });
    return sum;
  };
  for (let turn = saved?.turn ?? 0; turn < maxIter && !converged && !p.stopped; turn++) {
    const now = () => ({ turn, coefficients, ridge, rho, middle, before });
    const isFirst = turn === (saved?.turn ?? 0);
    const N = C * size;
    // A turn is gone on with only where it was cut off.
    const part = (name: string, bytes = 0, beside = () => ({})): RowsKeep | undefined => {
      const own = keep && partOf(keep.within, name, bytes, () => ({ ...now(), ...beside() }));
      return own && !isFirst ? { ...own, saved: null } : own;
    };
    const over = isFirst ? savedIn<Over>(keep?.within, { normal: isNormal(N) }) : null;
    const normal: Normal | null = over?.normal ?? (await normalEquations(design, C, eta, slope, bend, p, part('rows')));
    if (!normal) break;
    const smoothing = part('smoothing', 8 * N * N, () => ({ normal }));
    const begun = savedIn<Begun>(smoothing, { step: isCount, at: isFloats(penalties.length) });
    // Exact: the target is centred and brought to a variance of 1 before, so that Σ weight · y² is Σ weight.
    const A = ridged(normal.A, C, size, ridge);
    const working: Working = {
      A,
      b: normal.b,
      scores: C,
      size,
      scatter: likelihood.exact ? { squares: likelihood.deviance(new Float64Array(n)), rows } : null,
    };
    if (lambda === null) middle ??= balanced(working, penalties);
    const going = async (step: number, at: Float64Array) => {
      if (p.due((C * size) ** 3 * 2)) {
        await p.rest();
        if (!p.stopped) smoothing?.offer(0, (): Begun => ({ step, at }));
      }
      return !p.stopped;
    };
    const was = rho;
    const found =
      lambda === null
        ? await likeliest(working, penalties, begun?.at ?? rho ?? middle!, middle!, going, begun?.step)
        : fixed(working, penalties, rho!);
    rho = found.rho;
    // Newton's step is halved until what is to be least falls; where the step is exact it always does.
    const from = deviance + cost(coefficients);
    let next = found.coefficients;
    let there = scoresOf(design, plain(design, next));
    let reached = likelihood.deviance(there);
    for (let halved = 0; halved < 25 && !likelihood.exact && !(reached + cost(next) <= from * (1 + 1e-10)); halved++) {
      const [old, step] = [coefficients, next];
      next = step.map((v, i) => (v + old[i]!) / 2);
      there = scoresOf(design, plain(design, next));
      reached = likelihood.deviance(there);
    }
    const away = ridge === 0 && !likelihood.exact && there.some((z, i) => Math.abs(z - likelihood.start[i % C]!) > AWAY);
    if (away) {
      ridge = RIDGE;
      rho = lambda === null ? null : rho;
      next = start;
      there = scoresOf(design, plain(design, start));
    }
    coefficients = next;
    eta = there;
    deviance = likelihood.at(eta, slope, bend);
    if (away) {
      before = Infinity;
      if (!(await p.step({ train: deviance / rows }))) break;
      turned(turn);
      continue;
    }
    last = { ...found, normal };
    const ends = deviance + cost(coefficients);
    const moved = was === null || rho === null ? Infinity : rho.reduce((most, v, j) => Math.max(most, Math.abs(v - was[j]!)), 0);
    converged = likelihood.exact || (Math.abs(before - ends) <= SETTLED * (Math.abs(ends) + 0.1) && moved < 1e-5);
    before = ends;
    if (!(await p.step({ train: deviance / rows }))) break;
    turned(turn);
  }
  if (last && !likelihood.exact) {
    // Spread and degrees of freedom belong to the place where the steps ended.
    const normal = p.stopped ? null : await normalEquations(design, C, eta, slope, bend, p);
    if (normal)
      last = {
        rho: last.rho,
        coefficients,
        normal,
        factor: factored(penalised({ A: ridged(normal.A, C, size, ridge), scores: C, size }, penalties, last.rho), C * size),
      };
  }
  return { coefficients, eta, deviance, last, converged, held: ridge > 0 };
}

/** A ridge on all coefficients but the constants. */
const ridged = (A: Float64Array, C: number, size: number, ridge: number): Float64Array =>
  ridge === 0 ? A : A.map((v, i) => (i % (C * size + 1) === 0 && (i / (C * size + 1)) % size > 0 ? v + ridge : v));
