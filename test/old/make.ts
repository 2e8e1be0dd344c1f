/** Writes a project and a model file of this format version, with the answers they gave: `npx tsx test/old/make.ts v1`. Once a version, never again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { random } from '../../src/core/random.js';
import { predictRow, openArtifact } from '../../workers/serve.js';
import { answer } from '../lab/commands.js';
import { rowsOf } from './rows.js';

const version = process.argv[2];
if (!version) throw new Error('Say which version: v1, v2 …');
const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'old-'));
const u = random(11);
const lines = ['size,town,seen,note,dear'];
for (let i = 0; i < 80; i++) {
  const size = 20 + 80 * u();
  const town = ['Ulm', 'Köln', 'Bonn'][i % 3]!;
  const seen = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
  lines.push(`${u() < 0.1 ? '' : size.toFixed(2)},${town},${seen},${['new', 'old'][i % 2]},${size + (town === 'Ulm' ? 20 : 0) > 70 ? 'yes' : 'no'}`);
}
writeFileSync(join(folder, 'homes.csv'), `${lines.join('\n')}\n`);

/** Version 2 of model files is version 1 with further targets; all else is as it was. */
const ones = version === 'v2' ? [] : ['logistic', 'hist-gradient-boosting', 'k-nearest-neighbours', 'neural-network'];
if (version === 'v2') {
  const words = ['--target', 'dear', '--also', 'town,size', '--chain', '--models', 'logistic', '--trials', '1', '--out', join(folder, version)];
  const { err } = await answer(['auto', join(folder, 'homes.csv'), ...words]);
  if (err) throw new Error(err);
  const bytes = readFileSync(join(folder, version, 'homes.safetensors'));
  writeFileSync(join(here, `${version}-several.safetensors`), bytes);
  const a = openArtifact(bytes);
  const answers = await Promise.all(rowsOf(a).map(async (row) => (({ probabilities, also }) => ({ probabilities, also }))(await predictRow(a, row))));
  writeFileSync(join(here, `${version}-several.json`), `${JSON.stringify(answers)}\n`);
}
for (const model of ones) {
  const { err } = await answer(['auto', join(folder, 'homes.csv'), '--target', 'dear', '--models', model, '--trials', '1', '--out', join(folder, model)]);
  if (err) throw new Error(err);
  const bytes = readFileSync(join(folder, model, 'homes.safetensors'));
  writeFileSync(join(here, `${version}-${model}.safetensors`), bytes);
  if (model === 'logistic') writeFileSync(join(here, `${version}-project.tablework`), readFileSync(join(folder, model, 'project.tablework')));
  const a = openArtifact(bytes);
  const answers = await Promise.all(rowsOf(a).map(async (row) => (await predictRow(a, row)).probabilities));
  writeFileSync(join(here, `${version}-${model}.json`), `${JSON.stringify(answers)}\n`);
}
rmSync(folder, { recursive: true });
