/** What is taken away of a model of several targets gives them all, or says that it does not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/core/artifact.js';
import type { FurtherTarget } from '../../../src/core/workflow.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign } from '../../../workers/design.js';
import { exportArtifact, exports_ } from '../../../workers/export/index.js';
import { judgeSeveral } from '../../../workers/judge-several.js';
import { writeCsv } from '../../../workers/read/write.js';
import { openArtifact, predictTable, readFor } from '../../../workers/serve.js';
import { trainSeveral } from '../../../workers/several.js';
import { defaultTrial } from '../../../workers/study.js';
import { bytesOf, makeTable, makeWorkflow } from '../spine/made.js';
import { EVIL } from './artifacts.js';

const also: readonly FurtherTarget[] = [
  { target: EVIL, task: 'number', positive: null, metric: null },
  { target: 'town', task: 'class', positive: null, metric: null },
];
const table = makeTable(90);
const renamed = { ...table, columns: table.columns.map((c) => (c.name === 'value' ? { ...c, name: EVIL } : c)) };

async function model(chain: boolean, id = 'logistic', params = {}): Promise<Artifact> {
  const w = makeWorkflow(renamed, 'class', { recipe: [{ id: 's1', step: 'drop-columns', version: 1, on: ['note'], params: {} }] });
  const d = makeDesign(renamed, { ...w, problem: { ...w.problem, also, chain } });
  const readings = { born: { kind: 'time' as const, format: 'YYYY-MM-DD' } };
  const { artifact } = await trainSeveral(d, readings, defaultTrial(id, 0, params), new Guide(), { fit: true, from: 'train' });
  const evaluation = await judgeSeveral(d, artifact!, { looks: 1, draws: 20 }, new Guide());
  return openArtifact(bytesOf({ ...artifact!, evaluation }));
}
const csv = () => new TextEncoder().encode([...writeCsv(renamed)].join(''));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const interpreter = ['python3', '/usr/bin/python3'].find((p) => spawnSync(p, ['-c', 'import numpy']).status === 0);

describe.each([false, true])('chain %s', (chain) => {
  test.skipIf(!interpreter)('the Python program gives every target the app’s numbers', async () => {
    const a = await model(chain);
    const folder = mkdtempSync(join(tmpdir(), 'tablework-'));
    try {
      writeFileSync(join(folder, 'model.py'), (await exportArtifact('python', a, null)).bytes);
      writeFileSync(join(folder, 'new.csv'), csv());
      const out = execFileSync(interpreter!, [join(folder, 'model.py'), join(folder, 'new.csv')], { encoding: 'utf8' });
      const [head = '', ...lines] = out.trim().split('\r\n');
      expect(head.split(',')[0]).toBe('predicted_yes');
      for (const name of ['probability_yes_no', 'probability_town_Ulm']) expect(head).toContain(name);
      const ours = predictTable(a, await readFor(a, csv(), 'new.csv'));
      const answers = ours.head.names.map((n, j) => ({ n, j })).filter(({ n }) => /^(predicted|probability)_/.test(n) && !/_\d+$/.test(n));
      expect(lines).toHaveLength(90);
      ours.head.rows.forEach((row, i) => {
        const cells = lines[i]!.split(',');
        expect(cells).toHaveLength(answers.length);
        answers.forEach(({ j }, c) => {
          const [got, want] = [cells[c]!, row[j]!];
          // What is shown of the app's answers has six digits.
          if (Number.isFinite(Number(want)))
            expect(Math.abs(Number(got) - Number(want))).toBeLessThan(1e-5 * Math.max(1, Math.abs(Number(want))));
          else expect(got).toBe(want);
        });
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('the pages name every target, and no name becomes markup', async () => {
  const a = await model(true);
  for (const id of ['html', 'report']) {
    const page = text((await exportArtifact(id, a, null)).bytes);
    // Not the page itself: it is long.
    expect([id, page.includes('<img src=x'), page.includes('&#60;img src=x'), page.includes('town')]).toEqual([id, false, true, true]);
  }
  expect(text((await exportArtifact('report', a, null)).bytes).includes('Further targets')).toBe(true);
});

test('what holds the first target alone says so, in the file and before', async () => {
  const only = [...exports_.values()].filter((e) => e.firstOnly).map((e) => e.id);
  expect(only).toEqual(['tfjs']);
  const a = await model(false, 'neural-network', { hidden_layer_sizes: [4], max_iter: 3 });
  const files = unzipSync((await exportArtifact('tfjs', a, null)).bytes);
  expect(text(files['README.txt']!)).toContain(`further targets (${EVIL}, town); this network is the one for yes alone`);
});
