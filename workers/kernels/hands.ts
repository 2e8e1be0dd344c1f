/**
 * One piece of work over several threads that share its memory: one leads, the others wait at a board for orders.
 * An order is begun and ended together, in some microseconds. Who does which share depends on the order alone, never on who is faster.
 */
import type { Memory } from './memory.js';

/** Bytes of a board. */
export const boardBytes = 64 + 8 * 40;

/** Words of a board. */
const ORDER = 0;
const FINISHED = 1;
const READY = 2;
const ASLEEP = 3;
const FAILED = 4;
const LEFT = 5;

/** The words of an order, written by the leader: Float64, the first says what is to be done. */
export const ordersAt = (memory: Memory, board: number): Float64Array =>
  memory.f64.subarray((board + 64) >>> 3, (board + boardBytes) >>> 3);

/** The order that sends the hands home. */
export const LEAVE = 0;

/** Looks at a word this often before it goes to sleep: about half a millisecond. */
const PATIENCE = 300_000;
/**
 * A share takes milliseconds; a hand that is not heard of in so many waits of so long is gone. One wait alone tells nothing: when the
 * computer has slept, it is over before the hand is awake.
 */
const WAITS = 60;
const WAIT_MS = 1000;
/** Hands that are at the board are off it within microseconds; busy cores may take their time. */
const LEAVING_MS = 50;

const wordsAt = (memory: Memory, board: number): Int32Array => new Int32Array(memory.u8.buffer, board, 16);

export interface Lead {
  /** Threads at work: 1 until all the hands have come. */
  readonly shares: number;
  /** Everyone does the order that stands at the board, and this thread what is given; back when all have. Only when there is more than one share. */
  together(mine: () => void): void;
  /** Sends the hands home. They may still be on their way. */
  dismiss(): void;
}

export function lead(memory: Memory, board: number, hands: number): Lead {
  const words = wordsAt(memory, board);
  const orders = ordersAt(memory, board);
  const call = () => {
    Atomics.store(words, FINISHED, 0);
    Atomics.add(words, ORDER, 1);
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, ORDER);
  };
  let here = false;
  return {
    get shares() {
      here ||= hands > 0 && Atomics.load(words, READY) === hands;
      return here ? hands + 1 : 1;
    },
    together(mine) {
      call();
      mine();
      let waits = 0;
      for (let looks = 0; Atomics.load(words, FINISHED) < hands; looks++) {
        if (looks < PATIENCE) continue;
        const done = Atomics.load(words, FINISHED);
        if (done < hands && Atomics.wait(words, FINISHED, done, WAIT_MS) === 'timed-out' && ++waits === WAITS)
          throw new Error('A thread that shares the work is gone');
      }
      if (Atomics.load(words, FAILED)) throw new Error('A thread that shares the work failed');
    },
    dismiss() {
      orders[0] = LEAVE;
      here = false;
      call();
    },
  };
}

/** Whether all the hands that were sent to a board have been dismissed and are off it, so that its memory may serve again. */
export function areBack(memory: Memory, board: number, hands: number): boolean {
  const words = wordsAt(memory, board);
  if (Atomics.load(words, READY) === hands) {
    const until = performance.now() + LEAVING_MS;
    for (let left = Atomics.load(words, LEFT); left < hands && performance.now() < until; left = Atomics.load(words, LEFT))
      Atomics.wait(words, LEFT, left, LEAVING_MS);
  }
  return Atomics.load(words, LEFT) === hands;
}

/** A hand's work: does its share of every order until it is sent home. */
export function follow(memory: Memory, board: number, share: () => void): void {
  const words = wordsAt(memory, board);
  const orders = ordersAt(memory, board);
  // A leader calls nobody before all are ready; a call that was made already is the one that sends everyone home.
  let seen = 0;
  Atomics.add(words, READY, 1);
  for (;;) {
    for (let looks = 0; Atomics.load(words, ORDER) === seen; looks++) {
      if (looks < PATIENCE) continue;
      Atomics.add(words, ASLEEP, 1);
      Atomics.wait(words, ORDER, seen);
      Atomics.sub(words, ASLEEP, 1);
    }
    seen = Atomics.load(words, ORDER);
    if (orders[0] === LEAVE) break;
    try {
      share();
    } catch {
      Atomics.store(words, FAILED, 1);
    }
    Atomics.add(words, FINISHED, 1);
    Atomics.notify(words, FINISHED);
  }
  // From here on nothing is touched any more.
  Atomics.add(words, LEFT, 1);
  Atomics.notify(words, LEFT);
}

export interface Worth {
  /** Whether the next piece of work is to be shared. */
  next(): boolean;
  /** Whether sharing a piece has taken so long already that the rest of it had better be done alone. */
  tooLong(ms: number): boolean;
  /** How long the piece took. */
  took(ms: number): void;
}

/** Pieces until the other way is looked at again: soon while sharing does not pay yet, as threads that come are slow at first. It doubles each time. */
const PAYING = 16;
const NOT_PAYING = 1;
const LATE = 512;

/**
 * Whether sharing pays, by the clock: cores that have other things to do make everyone wait for the slowest. Pieces of about the same size
 * are done the way that was the quicker one of late, and now and then the other.
 */
export function worth(): Worth {
  const late = { alone: [] as number[], shared: [] as number[] };
  const best = (way: number[]) => Math.min(...way);
  let shared = false;
  let paid = true;
  let pause = PAYING;
  let left = PAYING;
  return {
    next() {
      const pays = best(late.shared) <= best(late.alone);
      if (late.alone.length === 0 || late.shared.length === 0) return (shared = late.alone.length > 0);
      if (pays !== paid) left = pause = pays ? PAYING : NOT_PAYING;
      paid = pays;
      if (left-- > 0) return (shared = pays);
      left = pause = Math.min(LATE, 2 * pause);
      return (shared = !pays);
    },
    tooLong: (ms) => shared && ms > 1.5 * best(late.alone),
    took(ms) {
      // What was begun together and ended alone says of sharing that it was too slow, and of working alone nothing.
      const way = shared ? late.shared : late.alone;
      way.push(ms);
      if (way.length > 3) way.shift();
    },
  };
}
