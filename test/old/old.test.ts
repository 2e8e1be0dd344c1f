/** Files that earlier versions wrote still open, and answer as they did. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { RowPrediction } from '../../src/core/protocol.js';
import { openProject } from '../../workers/export/project.js';
import { openArtifact, predictRow } from '../../workers/serve.js';
import { rowsOf } from './rows.js';

const here = dirname(fileURLToPath(import.meta.url));
const named = (ending: string) => readdirSync(here).filter((f) => f.endsWith(ending));
const bytes = (file: string) => new Uint8Array(readFileSync(join(here, file)));

test('there are files of every version', () => {
  const version = (f: string) => f.split('-')[0];
  expect(new Set(named('.tablework').map(version))).toEqual(new Set(['v1']));
  expect(new Set(named('.safetensors').map(version))).toEqual(new Set(['v1', 'v2']));
});

describe.each(named('.safetensors').filter((f) => f.startsWith('v1-')))('%s', (file) => {
  test('opens and answers as it did', async () => {
    const a = openArtifact(bytes(file));
    const was = JSON.parse(readFileSync(join(here, file.replace('.safetensors', '.json')), 'utf8')) as [string, number][][];
    for (const [i, row] of rowsOf(a).entries()) {
      const is = (await predictRow(a, row)).probabilities!;
      expect(is.map(([level]) => level)).toEqual(was[i]!.map(([level]) => level));
      is.forEach(([, p], k) => expect(p).toBeCloseTo(was[i]![k]![1], 12));
    }
    expect(a.evaluation!.rows).toBeGreaterThan(0);
  });
});

test('v2-several.safetensors opens and answers for every target as it did', async () => {
  const a = openArtifact(bytes('v2-several.safetensors'));
  expect([a.target, ...a.also!.map((p) => p.target)].map((t) => t.name)).toEqual(['dear', 'town', 'size']);
  const was = JSON.parse(readFileSync(join(here, 'v2-several.json'), 'utf8')) as Pick<RowPrediction, 'probabilities' | 'also'>[];
  const near = (v: unknown): unknown => (typeof v === 'number' ? (expect.closeTo(v, 10) as unknown) : Array.isArray(v) ? v.map(near) : v);
  for (const [i, row] of rowsOf(a).entries()) {
    const { probabilities, also } = await predictRow(a, row);
    expect(probabilities).toEqual(near(was[i]!.probabilities));
    was[i]!.also!.forEach((t, k) =>
      expect(also![k]).toMatchObject({ target: t.target, label: t.label, value: near(t.value), probabilities: near(t.probabilities) }),
    );
  }
  expect(a.evaluation!.also).toHaveLength(2);
});

test.each(named('.tablework'))('%s opens, its models too', (file) => {
  const { workflow, artifacts, results, raw } = openProject(bytes(file));
  expect(workflow.chosen).not.toBeNull();
  expect(Object.keys(artifacts)).toContain(workflow.chosen);
  for (const model of Object.values(artifacts)) openArtifact(model);
  expect(Object.keys(results).filter((k) => k.startsWith('run-')).length).toBeGreaterThan(0);
  expect(raw!.bytes.length).toBe(workflow.source!.bytes);
});
