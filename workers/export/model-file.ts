/** The model as Tablework keeps it: one safetensors file with everything prediction needs. */
import { pack } from '../../src/core/artifact.js';
import type { Plain } from '../../src/core/plain.js';
import { fileName, type Export } from './export.js';

export const modelFile: Export = {
  id: 'model-file',
  version: 1,
  label: 'Model file',
  help: 'The whole model in one .safetensors file: preparation, model, scores and where it came from. Tablework opens it again, for predictions and for comparing new data; other programs can read its arrays.',
  source: 'safetensors (Hugging Face); the description is JSON in its metadata',
  params: {},
  ending: '.safetensors',
  fits: () => null,
  make: (a) =>
    Promise.resolve({
      name: fileName(a, '.safetensors'),
      type: 'application/octet-stream',
      bytes: pack(a as unknown as Plain, { model: a.model.label, app: a.provenance.app }),
    }),
};
