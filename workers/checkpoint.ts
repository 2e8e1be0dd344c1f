/**
 * Where a long run is to go on from after its tab was closed: the folds that are done, and what the fit under way last handed out.
 * Kept only for runs that last, and at most as often as writing it is cheap beside the work.
 */
import type { CurvePoint } from '../src/core/protocol.js';
import { APP } from './version.js';

/** A run up to a point; plain data. `begun` is the part under way and what its fit had handed out. */
export interface Progress {
  /** The version that wrote it; another one begins anew. */
  readonly app: string;
  readonly folds: readonly Readonly<Record<string, number>>[];
  readonly outOfFold: Float64Array;
  readonly curve: readonly CurvePoint[];
  readonly notes: readonly string[];
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  readonly predicted: number;
  readonly features: number;
  readonly bytes: number;
  readonly begun: { readonly part: number; readonly state: unknown } | null;
}

/** Where progress is kept; the key is the run's. */
export interface Keeper {
  /** Milliseconds of work between two writes. */
  readonly every?: number;
  load(key: string): Promise<unknown>;
  save(key: string, p: Progress): Promise<void>;
  drop(key: string): Promise<void>;
}

/** A run shorter than this is simply run again; state made and written once in so long is not felt. */
const WORTH_MS = 5_000;

/** Decides when to write, writes one at a time, and never lets a failed write end the work. */
export class Checkpoint {
  private last = performance.now();
  private writing: Promise<void> | null = null;
  private written = false;
  private readonly keeper: Keeper | undefined;
  private readonly key: string;
  private readonly every: number;

  constructor(keeper: Keeper | undefined, key: string) {
    this.keeper = keeper;
    this.key = key;
    this.every = keeper?.every ?? WORTH_MS;
  }

  /** What was kept for this run, if it is of a shape to go on from: `cells` values out of fold, at most `parts` folds. */
  async load(cells: number, parts: number): Promise<Progress | null> {
    const p = (await this.keeper?.load(this.key).catch(() => undefined)) as Partial<Progress> | undefined;
    if (p?.app !== APP || !(p.outOfFold instanceof Float64Array) || p.outOfFold.length !== cells) return null;
    if (!Array.isArray(p.folds) || p.folds.length > parts) return null;
    this.written = true;
    return p as Progress;
  }

  /** Keeps what `make` gives, when the last time is long enough ago and the last write is done. */
  offer(make: () => Progress): void {
    if (!this.keeper || this.writing || performance.now() - this.last < this.every) return;
    const began = performance.now();
    this.written = true;
    this.writing = this.keeper
      .save(this.key, make())
      .catch(() => undefined)
      .then(() => {
        this.writing = null;
        // Never more than a tenth of the time on keeping.
        this.last = this.every === 0 ? -Infinity : performance.now() + 9 * (performance.now() - began);
      });
  }

  /** The run is done: nothing to go on from. */
  async end(): Promise<void> {
    await this.writing;
    if (this.written) await this.keeper?.drop(this.key).catch(() => undefined);
  }
}
