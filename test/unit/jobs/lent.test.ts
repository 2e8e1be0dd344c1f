/** Lanes that are lent: to one run's parts while nobody else wants them, with what they have done in its progress; called back at once. */
import * as Comlink from 'comlink';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Job, Lend, News, Tell } from '../../../src/core/protocol.js';

/** What the workers under way were asked, and how each is answered. */
interface Asked {
  readonly job: Job;
  readonly tell: Tell;
  readonly lend: Lend | null;
  stopped: boolean;
  gone: boolean;
  answer(value: unknown): void;
}
const { asked } = vi.hoisted(() => ({ asked: [] as Asked[] }));

vi.mock('../../../src/jobs/spawn.js', () => ({
  spawn: () => {
    const { port1, port2 } = new MessageChannel();
    let mine: Asked | null = null;
    const api = {
      run: (job: Job, tell: Tell, _free: unknown, lend: Lend | null) =>
        new Promise((answer) => asked.push((mine = { job, tell, lend, answer, stopped: false, gone: false }))),
      stop: () => void (mine && (mine.stopped = true)),
    };
    Comlink.expose(api, port1 as unknown as Comlink.Endpoint);
    return Object.assign(port2, {
      terminate() {
        if (mine) mine.gone = true;
        port1.close();
      },
    });
  },
}));
vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
const { start } = await import('../../../src/jobs/index.js');

const job = (more: object) => more as unknown as Extract<Job, { kind: 'train' }>;
const begun = async (n: number): Promise<Asked> => {
  await expect.poll(() => asked.length).toBe(n);
  return asked[n - 1]!;
};
beforeEach(() => void (asked.length = 0));

it('lends a free lane, and counts what it does', async () => {
  const told: number[] = [];
  const run = start(job({ kind: 'train', from: 'train' }), (n: News) => void (n.kind === 'progress' && told.push(n.done)));
  const own = await begun(1);
  const lent = own.lend!(3, 4);
  const part = await begun(2);
  expect(part.job).toMatchObject({ kind: 'part', part: 3 });
  // The second part finds nobody.
  expect(await own.lend!(2, 4)).toBe(false);
  own.tell({ kind: 'progress', done: 0.25, of: 1, label: 'Fold 2' });
  part.tell({ kind: 'progress', done: 0.5, of: 1, label: '' });
  await expect.poll(() => told.at(-1)).toBeCloseTo(0.25 + 0.5 / 4);
  part.answer(true);
  expect(await lent).toBe(true);
  own.tell({ kind: 'progress', done: 0.3, of: 1, label: 'Fold 2' });
  own.answer('a run');
  expect(await run.result).toBe('a run');
  expect([...told].sort((a, b) => a - b)).toEqual(told);
});

it('calls it back when anything else wants a lane', async () => {
  const run = start(job({ kind: 'train', from: 'train' }), () => undefined);
  const own = await begun(1);
  const lent = own.lend!(3, 4);
  const part = await begun(2);
  const other = start<'inspect'>({ kind: 'inspect', artifact: 'x' }, () => undefined);
  expect(await lent).toBe(false);
  expect(part.gone).toBe(true);
  const asking = await begun(3);
  expect(asking.job.kind).toBe('inspect');
  asking.answer(null);
  await other.result;
  own.answer('a run');
  expect(await run.result).toBe('a run');
});

it('stops and cancels them with their run, and lends nothing of a study', async () => {
  const run = start(job({ kind: 'train', from: 'train' }), () => undefined);
  const own = await begun(1);
  const lent = own.lend!(3, 4);
  const part = await begun(2);
  run.stop();
  await expect.poll(() => [own.stopped, part.stopped]).toEqual([true, true]);
  expect(await own.lend!(2, 4)).toBe(false);
  run.cancel();
  await expect(run.result).rejects.toMatchObject({ code: 'job/cancelled' });
  await expect.poll(() => part.gone).toBe(true);
  void lent;

  const trial = start(job({ kind: 'train', from: 'tune' }), () => undefined);
  const third = await begun(3);
  expect(third.lend).toBeNull();
  third.answer('a trial');
  expect(await trial.result).toBe('a trial');
});
