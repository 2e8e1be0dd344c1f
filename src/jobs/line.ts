/** One worker and the line to it: calls that end in a result, a Problem, or our own word that it is gone. */
import * as Comlink from 'comlink';
import { catalogue, Problem, type Code, type Where } from '../core/problem.js';
import type { News, Tell } from '../core/protocol.js';
import { spawn } from './spawn.js';

/** Errors cross as plain errors with `code` and `where` on them; make a Problem of them again. */
export function revived(error: unknown): unknown {
  const e = error as { name?: unknown; code?: unknown; where?: unknown } | null;
  if (e && e.name === 'Problem' && typeof e.code === 'string' && Object.hasOwn(catalogue, e.code))
    return new Problem(e.code as Code, e.where as Where);
  return error;
}

export class Line<Api extends object> {
  readonly api: Comlink.Remote<Api>;
  private readonly worker: Worker;
  private readonly gone: Promise<never>;
  private fail!: (reason: unknown) => void;
  closed = false;

  constructor(which: 'data' | 'train') {
    this.worker = spawn(which);
    this.api = Comlink.wrap<Api>(this.worker);
    // A call in flight never settles after terminate(): each races this promise, which only we and a crash reject.
    this.gone = new Promise<never>((_, reject) => (this.fail = reject));
    this.gone.catch(() => undefined);
    this.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end(new Problem('job/crashed', { why: event.message || 'the worker stopped' }));
    });
    this.worker.addEventListener('messageerror', () => this.end(new Problem('job/crashed', { why: 'a message could not be read' })));
  }

  async call<T>(ask: (api: Comlink.Remote<Api>) => Promise<T>): Promise<T> {
    try {
      return await Promise.race([ask(this.api), this.gone]);
    } catch (error) {
      throw revived(error);
    }
  }

  /** Terminates the worker; every call under way is rejected with this reason. */
  end(reason: unknown): void {
    if (this.closed) return;
    this.closed = true;
    this.worker.terminate();
    this.fail(reason);
  }
}

/** A function that may be called from the other side. */
export const told = (tell: Tell): Tell => Comlink.proxy((news: News) => tell(news));
