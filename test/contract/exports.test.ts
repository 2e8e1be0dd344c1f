/** Every way out gives the very numbers the app gives, and never lets a name or a cell become markup, code or a formula. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/core/artifact.js';
import type { Table } from '../../src/core/table.js';
import { matrixOf, predictColumns } from '../../workers/apply.js';
import { exportArtifact, exports_ } from '../../workers/export/index.js';
import { writeCsv } from '../../workers/read/write.js';
import { openArtifact } from '../../workers/serve.js';
import { artifactOf, EVIL, tableOf, textRows } from '../unit/export/artifacts.js';

const small = { hidden_layer_sizes: [8, 5], max_iter: 20, learning_rate_init: 0.02 };
const cases: [string, 'two' | 'three' | 'number', Record<string, unknown>?][] = [
  // It takes missing values, and its weights are 0.
  ['baseline', 'two'],
  ['logistic', 'two'],
  ['logistic', 'three'],
  ['linear', 'number'],
  ['neural-network', 'two', small],
  ['neural-network', 'three', { ...small, activation: 'tanh' }],
  ['neural-network', 'number', small],
  ['wide-and-deep', 'two', small],
  ['wide-and-deep', 'number', { ...small, activation: 'swish' }],
  ['residual-network', 'three', { width: 8, max_iter: 10, learning_rate_init: 0.02 }],
  ['hist-gradient-boosting', 'two', { max_iter: 10 }],
  ['hist-gradient-boosting', 'number', { max_iter: 10 }],
  ['explainable-boosting', 'two', { max_rounds: 20, outer_bags: 2 }],
  ['explainable-boosting', 'three', { max_rounds: 20, outer_bags: 2 }],
  ['spline-gam', 'number'],
  ['spline-gam', 'three', { degree: 1 }],
  ['random-forest', 'three', { n_estimators: 5 }],
  ['decision-tree', 'number'],
  ['k-nearest-neighbours', 'two'],
  ['support-vector-machine', 'three'],
  ['support-vector-machine', 'number'],
];
const made = new Map<string, Artifact>();
const nameOf = ([model, kind]: (typeof cases)[number]) => `${model} ${kind}`;
const fresh = tableOf(25, 99);
const golden = (a: Artifact) => predictColumns(a, fresh.columns);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

beforeAll(async () => {
  for (const c of cases) made.set(nameOf(c), await artifactOf(c[0], c[1], c[2]));
});

describe.each(cases.map(nameOf))('%s', (name) => {
  it('can be taken away in every way that claims it, the same bytes each time, under a harmless name', async () => {
    const a = made.get(name)!;
    for (const way of exports_.values()) {
      if (way.fits(a) !== null) {
        await expect(exportArtifact(way.id, a, null)).rejects.toMatchObject({ code: 'export/not-here' });
        continue;
      }
      const before = JSON.stringify(a);
      const one = await exportArtifact(way.id, a, null);
      const two = await exportArtifact(way.id, a, null);
      expect(Buffer.compare(two.bytes, one.bytes)).toBe(0);
      expect(JSON.stringify(a)).toBe(before);
      expect(one.name).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}-]*\.\w+$/u);
      expect(one.name.endsWith(way.ending)).toBe(true);
    }
  });

  it('predicts the same from its model file', async () => {
    const a = made.get(name)!;
    const { bytes } = await exportArtifact('model-file', a, null);
    expect(predictColumns(openArtifact(bytes), fresh.columns)).toEqual(golden(a));
  });

  it('predicts the same from its one page', async () => {
    const a = made.get(name)!;
    const page = text((await exportArtifact('html', a, null)).bytes);
    const program = /<script>([\s\S]*?)<\/script>/.exec(page)![1]!;
    const model = /<script type="application\/octet-stream" id="model">([\s\S]*?)<\/script>/.exec(page)![1]!;
    const predictor = new Script(
      `(() => {${program}; return predictor; })()`,
    ).runInThisContext() as typeof import('../../workers/predictor.js');
    const theirs = predictor.open(model);
    const expected = golden(a);
    const k = a.target.task === 'class' ? a.target.levels.length : 1;
    for (const [i, row] of textRows(fresh).slice(0, 6).entries()) {
      const p = await predictor.row(theirs, row);
      if (p.probabilities) for (const [c, [, share]] of p.probabilities.entries()) expect(share).toBeCloseTo(expected[i * k + c]!, 12);
      else expect(p.value).toBeCloseTo(expected[i]!, 9);
    }
    const answers = await predictor.file(theirs, new TextEncoder().encode([...writeRaw(fresh)].join('')), 'new.csv');
    expect(answers.ok).toBe(fresh.rows);
    const csv = await answers.csv.text();
    expect(csv).not.toMatch(/(^|,)"?[=@]/m);
  });
});

/** The table as it might come from elsewhere: not yet safe for spreadsheets. */
function* writeRaw(t: Table): Generator<string> {
  for (const chunk of writeCsv(t)) yield chunk.replaceAll("'=cmd", '=cmd');
}

describe('one page', () => {
  it('holds no markup but its own, and a policy that lets nothing in or out', async () => {
    const page = text((await exportArtifact('html', made.get('logistic two')!, null)).bytes);
    expect(page.includes(EVIL)).toBe(false);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    const markup = page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '').replace(/&#\d+;/g, '');
    expect(markup).not.toMatch(/<img|https?:|<[^>]*\s(on\w+|style|src)=/);
    const { createHash } = await import('node:crypto');
    const hash = (tag: string) =>
      createHash('sha256')
        .update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)![1]!)
        .digest('base64');
    expect(
      page.includes(
        `default-src 'none'; script-src 'sha256-${hash('script')}'; style-src 'sha256-${hash('style')}'; base-uri 'none'; form-action 'none'`,
      ),
    ).toBe(true);
  });
});

describe('TensorFlow.js', () => {
  const networks = cases.map(nameOf).filter((name) => /^(neural|wide|residual)/.test(name));
  it.each(networks)('loads %s and says the same', async (name) => {
    const a = made.get(name)!;
    const files = unzipSync((await exportArtifact('tfjs', a, null)).bytes);
    const description = JSON.parse(text(files['model.json']!)) as {
      modelTopology: object;
      weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[];
    };
    const weightData = files['weights.bin']!.slice().buffer;
    await tf.setBackend('cpu');
    const model = await loadLayersModel(
      tf.io.fromMemory({ modelTopology: description.modelTopology, weightSpecs: description.weightsManifest[0]!.weights, weightData }),
    );
    const X = matrixOf(a.recipe, fresh.columns);
    const rows = Array.from({ length: X.rows }, (_, i) => Array.from({ length: X.cols }, (__, j) => X.data[j * X.rows + i]!));
    const preparation = JSON.parse(text(files['preprocessing.json']!)) as {
      features: string[];
      inputs: unknown[];
      network?: { input: string; features: string[]; missing: number | number[] }[];
    };
    // As preprocessing.json says: one tensor for each input of a graph, with what stands for a gap.
    const given = preparation.network
      ? preparation.network.map(({ features, missing }) =>
          tf.tensor2d(
            rows.map((row) =>
              features.map((f, k) => {
                const x = row[a.features.indexOf(f)]!;
                return Number.isNaN(x) ? [missing].flat()[k]! : x;
              }),
            ),
          ),
        )
      : tf.tensor2d(rows);
    const answers = Array.from((model.predict(given) as tf.Tensor).dataSync());
    const k = a.target.task === 'class' ? a.target.levels.length : 1;
    const expected = golden(a);
    const ours = k === 2 ? Array.from({ length: X.rows }, (_, i) => expected[2 * i + 1]!) : Array.from(expected);
    // A graph standardises by itself, in Float32: of a year less the mean year few digits are left.
    const near = preparation.network ? 5e-5 : 1e-5;
    answers.forEach((v, i) => expect(Math.abs(v - ours[i]!)).toBeLessThan(near * Math.max(1, Math.abs(ours[i]!))));
    expect(preparation.features).toEqual(a.features);
    expect(preparation.inputs).toHaveLength(a.inputs.length);
  });
});

const interpreter = ['python3', '/usr/bin/python3'].find((p) => spawnSync(p, ['-c', 'import numpy']).status === 0);

describe.skipIf(!interpreter)('Python', () => {
  it('says the same for every model it claims, from a CSV as from the app', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tablework-'));
    try {
      const file = join(folder, 'new.csv');
      writeFileSync(file, [...writeRaw(fresh)].join(''));
      let claimed = 0;
      for (const [name, a] of made) {
        if (exports_.get('python')!.fits(a) !== null) continue;
        claimed++;
        const program = join(folder, 'model.py');
        writeFileSync(program, (await exportArtifact('python', a, null)).bytes);
        const lines = execFileSync(interpreter!, [program, file], { encoding: 'utf8' }).trim().split('\r\n').slice(1);
        expect([name, lines.length]).toEqual([name, fresh.rows]);
        const expected = golden(a);
        const k = a.target.task === 'class' ? a.target.levels.length : 1;
        // Probabilities are the last k cells; the label before them may hold quotes and commas.
        lines.forEach((line, i) => {
          const cells = line.split(',').slice(-k).map(Number);
          cells.forEach((v, c) => expect(Math.abs(v - expected[i * k + c]!)).toBeLessThan(1e-9 * Math.max(1, Math.abs(v))));
        });
      }
      expect(claimed).toBe(made.size - 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
