/** The hand a job is led by: seeded chance, progress, the live curve, and the ear for stop. Works in a worker and in Node. */
import type { Context, Hands } from '../src/core/model.js';
import type { Backend, Tell } from '../src/core/protocol.js';
import { random } from '../src/core/random.js';

const YIELD_MS = 50;

declare const setImmediate: ((f: () => void) => void) | undefined;

/** Lets messages in. A microtask would not; a MessageChannel hop costs 0.05 ms where setTimeout(0) costs 4. */
export function pause(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** One job's news and its stop flag; parts of the job (folds, the final fit) draw contexts from it. */
export class Guide {
  /** Set from outside: every report answers false from then on. */
  stopped = false;
  readonly notes: string[] = [];
  private last = 0;
  private share = 1;
  private from = 0;
  private label = '';
  private lapFrom = 0;
  private lapShare = 1;
  private about = '';

  readonly tell: Tell;
  /** What the person wishes. */
  readonly backend: Backend;

  /** Threads that may help with a fit. */
  readonly hands: Hands | undefined;

  constructor(tell: Tell = () => undefined, backend: Backend = 'auto', hands?: Hands) {
    this.tell = tell;
    this.backend = backend;
    this.hands = hands;
    this.last = performance.now();
  }

  /** What follows is this stretch of the whole, 0 ≤ from < to ≤ 1. */
  stretch(from: number, to: number, label: string): void {
    this.from = this.lapFrom + this.lapShare * from;
    this.share = this.lapShare * (to - from);
    this.label = this.about ? `${this.about}: ${label}` : label;
  }

  /** All stretches until the next lap are stretches of this part of the whole. What it is about stands before their labels, and its curves are not drawn. */
  lap(from = 0, to = 1, about = ''): void {
    this.lapFrom = from;
    this.lapShare = to - from;
    this.about = about;
  }

  /** Progress inside the present stretch; false when asked to stop. Yields when due. */
  async report(done: number, of: number): Promise<boolean> {
    const now = performance.now();
    if (now - this.last >= YIELD_MS) {
      this.tell({ kind: 'progress', done: this.from + (this.share * done) / Math.max(1, of), of: 1, label: this.label });
      await pause();
      this.last = performance.now();
    }
    return !this.stopped;
  }

  note(text: string): void {
    if (this.notes.includes(text)) return;
    this.notes.push(text);
    this.tell({ kind: 'note', text });
  }

  /** The context of one fit. `part` numbers its curve. */
  context(seed: number, part: number): Context {
    return {
      random: random(seed),
      backend: this.backend,
      ...(this.hands ? { hands: this.hands } : {}),
      note: (text) => this.note(text),
      report: (done, of, point) => {
        if (point && !this.about) this.tell({ kind: 'curve', part, done, ...point });
        return this.report(done, of);
      },
    };
  }
}

/** News at most ten a second of progress, and curves in the order they came but never more than 200 points a second. */
export function throttled(tell: Tell): Tell {
  let lastProgress = 0;
  let lastCurve = 0;
  return (news) => {
    const now = performance.now();
    if (news.kind === 'progress') {
      if (now - lastProgress < 100) return;
      lastProgress = now;
    } else if (news.kind === 'curve') {
      if (now - lastCurve < 20) return;
      lastCurve = now;
    }
    tell(news);
  };
}
