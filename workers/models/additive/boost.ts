/** Rounds of small corrections in several bags side by side; each bag stops where its held-out rows no longer gain, and keeps its best. */
import type { Loss } from '../tree/boost-loss.js';
import type { Pulse } from '../tree/pulse.js';
import { isCount, isFlag, isFloats, isList, isNumber, savedState, type Of } from '../resume.js';
import type { Bag, Stage } from './bag.js';

export interface Limits {
  readonly maxRounds: number;
  /** Rounds without improvement that end a bag; null: never. */
  readonly patience: number;
  /** Improvements below this share of the loss at the start count as none. */
  readonly tol: number;
}

/** Held-out rows are looked at every so many rounds. */
const EVERY = 5;
/** Training rows that the learning curve looks at, per bag. */
const CURVE = 1000;

export interface Boosted {
  /** Per bag: the table of its best round. */
  readonly tables: Float64Array[];
  /** Per bag: rounds up to it. */
  readonly rounds: number[];
}

/** After a round, of all bags. */
export interface Midway extends Of {
  readonly round: number;
  readonly tables: readonly Float64Array[];
  readonly best: readonly Float64Array[];
  readonly rounds: readonly number[];
  readonly now: readonly number[];
  readonly least: readonly number[];
  readonly mark: readonly number[];
  readonly since: readonly number[];
  readonly scale: readonly number[];
  readonly alive: readonly boolean[];
  readonly raw: readonly Float64Array[];
}

/** Where states go, and the one to go on from. */
export interface Keep {
  readonly saved: unknown;
  offer(bytes: number, state: () => Midway): void;
}

export async function boost(
  stage: Stage,
  bags: readonly Bag[],
  /** The loss with all rows at their weight. */
  loss: Loss,
  limits: Limits,
  /** What the loss is multiplied by on the curve, to be in units of the target. */
  unit: number,
  beat: Pulse,
  from: number,
  keep: Keep,
): Promise<Boosted> {
  const n = bags[0]!.raw.length;
  const each = (is: (v: unknown) => boolean) => isList(is, bags.length);
  const of = `${from} ${stage.size}`;
  const saved = savedState<Midway>(keep.saved, of, {
    round: isCount,
    tables: each(isFloats(stage.size)),
    best: each(isFloats(stage.size)),
    rounds: each(isCount),
    now: each(isNumber),
    least: each(isNumber),
    mark: each(isNumber),
    since: each(isCount),
    scale: each(isNumber),
    alive: each(isFlag),
    raw: each(isFloats(n)),
  });
  bags.forEach(({ raw }, b) => saved && raw.set(saved.raw[b]!));
  const tables = saved?.tables.map((t) => t.slice()) ?? bags.map(() => new Float64Array(stage.size));
  const best = saved?.best.map((t) => t.slice()) ?? bags.map(() => new Float64Array(stage.size));
  const rounds = [...(saved?.rounds ?? bags.map(() => 0))];
  const judged = (bag: Bag) => (bag.held.length > 0 ? loss.mean(bag.raw, bag.held) : 0);
  const now = [...(saved?.now ?? bags.map(judged))];
  const least = [...(saved?.least ?? now)];
  /** The loss that a bag must fall below to be said to improve, and the round when it last did. */
  const mark = [...(saved?.mark ?? now)];
  const since = [...(saved?.since ?? bags.map(() => 0))];
  const scale = saved?.scale ?? now.map(Math.abs);
  const alive = [...(saved?.alive ?? bags.map(() => true))];
  const curve = bags.map(({ learns }) => curveRows(learns));

  for (let round = 1 + (saved?.round ?? 0); round <= limits.maxRounds && alive.some(Boolean); round++) {
    for (const [b, bag] of bags.entries()) {
      if (!alive[b] || beat.stopped) continue;
      if (!(await stage.round(bag, b, tables[b]!, from + round - 1))) continue;
      if (bag.held.length === 0) rounds[b] = round;
      else if (round % EVERY === 0 || round === limits.maxRounds) {
        now[b] = loss.mean(bag.raw, bag.held);
        if (now[b]! < least[b]!) {
          least[b] = now[b]!;
          best[b]!.set(tables[b]!);
          rounds[b] = round;
        }
        if (now[b]! < mark[b]! - limits.tol * scale[b]!) {
          mark[b] = now[b]!;
          since[b] = round;
        } else if (round - since[b]! >= limits.patience) alive[b] = false;
      }
    }
    if (beat.stopped) break;
    if (round % EVERY === 0 || round === 1) {
      const valid = bags.some((bag) => bag.held.length > 0) ? { valid: unit * mean(alive.map((a, b) => (a ? now[b]! : least[b]!))) } : {};
      if (!(await beat.step(from + round, { train: unit * mean(bags.map((bag, b) => loss.mean(bag.raw, curve[b]!))), ...valid }))) break;
      keep.offer(bags.length * 8 * (n + 2 * stage.size), () => ({
        of,
        round,
        tables: tables.map((t) => t.slice()),
        best: best.map((t) => t.slice()),
        rounds: [...rounds],
        now: [...now],
        least: [...least],
        mark: [...mark],
        since: [...since],
        scale: [...scale],
        alive: [...alive],
        raw: bags.map(({ raw }) => raw.slice()),
      }));
    }
  }
  return { tables: bags.map((bag, b) => (bag.held.length > 0 ? best[b]! : tables[b]!)), rounds };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function curveRows(learns: Uint8Array): Uint32Array {
  const stride = Math.max(1, Math.floor(learns.length / CURVE));
  const out: number[] = [];
  for (let i = 0; i < learns.length; i += stride) if (learns[i] === 1) out.push(i);
  return Uint32Array.from(out);
}
