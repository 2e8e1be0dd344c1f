/** The board that threads share: who is waited for, and for how long. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { areBack, boardBytes, follow, LEAVE, lead, ordersAt } from '../../../workers/kernels/hands.js';
import { allocate } from '../../../workers/kernels/memory.js';

const board = 64;
const make = () => {
  const memory = allocate(board + boardBytes, false, true);
  return { memory, words: new Int32Array(memory.u8.buffer, board, 16), orders: ordersAt(memory, board) };
};
/** Words of a board. */
const [ORDER, FINISHED, READY] = [0, 1, 2];
afterEach(() => void vi.restoreAllMocks());

describe('a leader', () => {
  it('leads nobody before all have come', () => {
    const { memory, words } = make();
    const leader = lead(memory, board, 2);
    expect(leader.shares).toBe(1);
    Atomics.add(words, READY, 1);
    expect(leader.shares).toBe(1);
    Atomics.add(words, READY, 1);
    expect(leader.shares).toBe(3);
    expect(lead(memory, board, 0).shares).toBe(1);
  });

  it('does not take a computer that has slept for a thread that is gone', () => {
    const { memory, words } = make();
    let waits = 0;
    // The wait is over at once, and only then the thread wakes and does its share.
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      if (++waits === 3) Atomics.add(words, FINISHED, 1);
      return 'timed-out';
    });
    let mine = 0;
    lead(memory, board, 1).together(() => mine++);
    expect([mine, waits]).toEqual([1, 3]);
  });

  it('gives up a thread that is not heard of for long', () => {
    const { memory } = make();
    vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
    expect(() => lead(memory, board, 1).together(() => undefined)).toThrow(/is gone/);
  });

  it('says so when a share failed', () => {
    const { memory, words, orders } = make();
    orders[0] = 1;
    let shares = 0;
    const leader = lead(memory, board, 1);
    vi.spyOn(Atomics, 'wait').mockImplementation(() => 'timed-out');
    expect(() =>
      leader.together(() => {
        // The thread, here one after the other: it does its share, then is sent home.
        expect(Atomics.load(words, ORDER)).toBe(1);
        follow(memory, board, () => {
          shares++;
          orders[0] = LEAVE;
          Atomics.add(words, ORDER, 1);
          throw new Error('no');
        });
      }),
    ).toThrow(/failed/);
    expect(shares).toBe(1);
  });
});

describe('hands that were sent', () => {
  it('are back when they have left the board, late ones too', () => {
    const { memory } = make();
    const leader = lead(memory, board, 1);
    expect(areBack(memory, board, 1)).toBe(false);
    leader.dismiss();
    expect(areBack(memory, board, 1)).toBe(false);
    // It comes when all is over.
    follow(memory, board, () => {
      throw new Error('There is nothing to do any more');
    });
    expect(areBack(memory, board, 1)).toBe(true);
  });
});
