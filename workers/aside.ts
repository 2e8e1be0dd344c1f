/**
 * Parts of one run that other lanes learn meanwhile: a fold, or the fit on all training rows. Each part has a seed of its own, so who learns
 * it makes no difference. What is done is kept beside the checkpoints: if the tab is closed, it need not be learnt again.
 */
import type { Form } from '../src/core/form.js';
import type { CurvePoint } from '../src/core/protocol.js';
import { APP } from './version.js';

/** A part learnt to its end; plain data. */
export interface PartDone {
  /** The version that wrote it; another one learns it anew. */
  readonly app: string;
  /** Of the fit on all training rows. */
  readonly form: Form | null;
  /** Of a fold: predictions for its test rows (rows × outputs). */
  readonly guess: Float64Array | null;
  readonly curve: readonly CurvePoint[];
  readonly notes: readonly string[];
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  readonly features: number;
  readonly bytes: number;
}

export interface Lent {
  /** Asks for a part to be learnt elsewhere: true when it is done and kept, false when nobody was free or it came to nothing. */
  lend(part: number, parts: number): Promise<boolean>;
  load(key: string): Promise<unknown>;
  drop(key: string): Promise<void>;
  /** Whether a fit of so many operations, in a run that has lasted so long, is worth another lane's trouble of preparing for it. */
  worth?(operations: number, ms: number): boolean;
}

const isLong = (operations: number, ms: number): boolean => operations > 3e8 || ms > 700;

/** Where a part of a run is kept. */
export const partKey = (run: string, part: number): string => `${run}#${part}`;

export class Aside {
  private readonly given = new Map<number, Promise<boolean>>();
  private readonly kept = new Set<number>();
  /** Parts of which something was kept. */
  private readonly seen = new Set<number>();
  /** The part that the run itself is at. */
  private now = 0;
  private readonly lent: Lent | undefined;
  private readonly key: string;
  private readonly parts: number;
  private readonly operations: number;
  private readonly began = performance.now();

  /** `operations`: what one fit takes, roughly. */
  constructor(lent: Lent | undefined, key: string, parts: number, operations: number) {
    this.lent = lent;
    this.key = key;
    this.parts = parts;
    this.operations = operations;
  }

  /** Parts that others have done and nobody has taken yet. */
  get done(): number {
    return this.kept.size;
  }

  /** Offers what comes after this part, the last first, to whoever is free; again whenever somebody has become so. */
  offer(now: number): void {
    this.now = Math.max(this.now, now);
    if (!this.lent || !(this.lent.worth ?? isLong)(this.operations, performance.now() - this.began)) return;
    for (let part = this.parts - 1; part > this.now; part--) {
      if (this.given.has(part)) continue;
      const answer = this.lent.lend(part, this.parts).catch(() => false);
      this.given.set(part, answer);
      void answer.then((done) => {
        if (!done) this.given.delete(part);
        else {
          this.kept.add(part);
          this.seen.add(part);
          this.offer(this.now);
        }
      });
    }
  }

  /** What another lane made of this part, when it is done or soon will be; null: it is still to be learnt. `cells`: predictions of a fold. */
  async take(part: number, cells: number | null): Promise<PartDone | null> {
    if (!this.lent) return null;
    await this.given.get(part);
    const p = (await this.lent.load(partKey(this.key, part)).catch(() => undefined)) as Partial<PartDone> | undefined;
    this.kept.delete(part);
    if (p) this.seen.add(part);
    if (p?.app !== APP || !Array.isArray(p.notes) || !Array.isArray(p.curve)) return null;
    const isWhole = cells === null ? !!p.form : p.guess instanceof Float64Array && p.guess.length === cells;
    return isWhole ? (p as PartDone) : null;
  }

  /** The run is over: nothing of it is kept. */
  async end(): Promise<void> {
    for (const part of this.seen) await this.lent?.drop(partKey(this.key, part)).catch(() => undefined);
  }
}
