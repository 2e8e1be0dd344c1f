/** Rounds of small corrections in several bags side by side; each bag stops where its held-out rows no longer gain, and keeps its best. */
import type { Loss } from '../tree/boost-loss.js';
import type { Pulse } from '../tree/pulse.js';
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
): Promise<Boosted> {
  const tables = bags.map(() => new Float64Array(stage.size));
  const best = bags.map(() => new Float64Array(stage.size));
  const rounds = bags.map(() => 0);
  const judged = (bag: Bag) => (bag.held.length > 0 ? loss.mean(bag.raw, bag.held) : 0);
  const now = bags.map(judged);
  const least = now.slice();
  /** The loss that a bag must fall below to be said to improve, and the round when it last did. */
  const mark = now.slice();
  const since = bags.map(() => 0);
  const scale = now.map(Math.abs);
  const alive = bags.map(() => true);
  const curve = bags.map(({ learns }) => curveRows(learns));

  for (let round = 1; round <= limits.maxRounds && alive.some(Boolean); round++) {
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
