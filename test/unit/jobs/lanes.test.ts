/** A job that has its lane says so at once; one that waits for a lane does not. */
import { expect, it, vi } from 'vitest';
import type { Job, News } from '../../../src/core/protocol.js';

vi.mock('../../../src/jobs/spawn.js', () => ({
  // A worker that loads something and is silent meanwhile.
  spawn: () => Object.assign(new EventTarget(), { postMessage: () => undefined, terminate: () => undefined }),
}));

vi.stubGlobal('navigator', { hardwareConcurrency: 2 });

it('is beginning, not waiting, while its worker is still silent', async () => {
  const { lanes, start } = await import('../../../src/jobs/index.js');
  const told: News[][] = [];
  const jobs = Array.from({ length: lanes() + 1 }, (_, i) => {
    const own: News[] = (told[i] = []);
    const job = start({ kind: 'train' } as unknown as Extract<Job, { kind: 'train' }>, (news) => void own.push(news));
    job.result.catch(() => undefined);
    return job;
  });
  expect(told.slice(0, -1).every((news) => news[0]?.kind === 'progress')).toBe(true);
  expect(told.at(-1)).toEqual([]);
  for (const job of jobs.reverse()) job.cancel();
});
