/** The train worker beside another one: what the store holds may be newer than what a worker has in hand. */
import { expect, it, vi } from 'vitest';
import type { Job, TrainApi } from '../../../src/core/protocol.js';
import { defaultTrial } from '../../../workers/study.js';
import { makeTable, makeWorkflow } from './made.js';

const store = vi.hoisted(() => ({
  artifacts: new Map<string, Uint8Array>(),
  evaluations: new Map<string, unknown>(),
  exposed: [] as unknown[],
}));
vi.mock('../../../workers/host.js', () => ({ expose: (api: unknown) => store.exposed.push(api), moved: (v: unknown) => v }));
vi.mock('../../../src/store/index.js', async () => {
  const table = (await import('./made.js')).makeTable();
  const nothing = () => Promise.resolve(undefined);
  return {
    getTable: () => Promise.resolve(table),
    getTableRecord: () => Promise.resolve({ profile: { columns: [] } }),
    getArtifact: (key: string) => Promise.resolve(store.artifacts.get(key)),
    putArtifact: (key: string, bytes: Uint8Array) => Promise.resolve(void store.artifacts.set(key, bytes)),
    getEvaluation: (key: string) => Promise.resolve(store.evaluations.get(key)),
    putEvaluation: (key: string, e: unknown) => Promise.resolve(void store.evaluations.set(key, e)),
    getCheckpoint: nothing,
    putCheckpoint: nothing,
    dropCheckpoint: nothing,
  };
});

async function worker(): Promise<TrainApi> {
  vi.resetModules();
  await import('../../../workers/train.worker.js');
  return store.exposed.at(-1) as TrainApi;
}

it('a model that another worker has fitted to its end is judged, not the one cut short that this worker looked at', async () => {
  const workflow = { ...makeWorkflow(makeTable(), 'class'), recipe: [] };
  const [one, two] = [await worker(), await worker()];
  const trial = defaultTrial('random-forest', 0, { n_estimators: 30 });
  const train: Extract<Job, { kind: 'train' }> = { kind: 'train', workflow, candidate: trial, from: 'train', fit: true, backend: 'cpu' };
  const begun = one.run(train, () => undefined, null, null);
  await one.stop();
  const cut = await begun;
  expect(cut.stopped).toBe(true);
  // The second worker has it in hand.
  const row = { age: '40', fare: '2', twin: '80', town: 'Ulm' };
  await two.run<'predict-row'>({ kind: 'predict-row', artifact: cut.key, row, level: 0.9 }, () => undefined, null, null);
  const whole = await one.run(train, () => undefined, null, null);
  expect([whole.key, whole.stopped]).toEqual([cut.key, false]);
  await two.run<'evaluate'>({ kind: 'evaluate', workflow, run: cut.key, looks: 1, backend: 'cpu' }, () => undefined, null, null);
  const { provenance, evaluation } = await one.run<'inspect'>({ kind: 'inspect', artifact: cut.key }, () => undefined, null, null);
  expect(provenance.stopped).toBe(false);
  expect(evaluation).not.toBeNull();
});
