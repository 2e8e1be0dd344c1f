/** A network as a TensorFlow.js LayersModel: model.json and weights.bin, with the preparation described beside them. */
import { zipSync } from 'fflate';
import type { Artifact } from '../../src/core/artifact.js';
import type { Layers } from '../../src/core/form.js';
import { fileName, utf8, type Export } from './export.js';

export const tfjs: Export = {
  id: 'tfjs',
  version: 1,
  label: 'TensorFlow.js network',
  help: 'The network for tf.loadLayersModel, in a .zip. Only the network: what is done to the columns before it is described in preprocessing.json beside it.',
  source: 'TensorFlow.js “layers-model” format: a Keras Sequential topology and a weights manifest',
  params: {},
  ending: '.zip',
  fits: (a) => (a.form.form === 'layers' ? null : 'it is not a neural network'),
  make(a) {
    const { topology, weights } = layersModel(a.form as Layers);
    const bytes = zipSync(
      {
        'model.json': utf8(JSON.stringify(topology, null, 1)),
        'weights.bin': weights,
        'preprocessing.json': utf8(JSON.stringify(preparationOf(a), null, 1)),
        'README.txt': utf8(readme(a)),
      },
      { level: 6, mtime: new Date(1981, 0, 1) },
    ) as Uint8Array<ArrayBuffer>;
    return Promise.resolve({ name: fileName(a, '-tfjs.zip'), type: 'application/zip', bytes });
  },
};

interface Dense {
  readonly name: string;
  readonly units: number;
  readonly inputs: number;
  readonly activation: string;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** model.json as data, and the bytes of weights.bin. */
export function layersModel(form: Layers): { topology: Record<string, unknown>; weights: Uint8Array<ArrayBuffer> } {
  const last = form.layers.length - 1;
  let inputs = form.inputs;
  const layers: Dense[] = form.layers.map((l, i) => {
    const activation = i === last && form.link !== 'identity' && form.link !== 'log' ? form.link : l.activation;
    const dense = { name: i === last ? 'output' : `hidden_${i + 1}`, units: l.units, inputs, activation, weights: l.weights, bias: l.bias };
    inputs = l.units;
    return dense;
  });
  // A number was learnt on a scale of its own: one more layer brings it back.
  if (form.shift !== 0 || form.scale !== 1)
    layers.push({
      name: 'to_scale',
      units: 1,
      inputs: 1,
      activation: 'linear',
      weights: Float32Array.of(form.scale),
      bias: Float32Array.of(form.shift),
    });

  const numbers = new Float32Array(layers.reduce((sum, l) => sum + l.weights.length + l.bias.length, 0));
  let at = 0;
  for (const l of layers) {
    numbers.set(l.weights, at);
    numbers.set(l.bias, at + l.weights.length);
    at += l.weights.length + l.bias.length;
  }
  const topology = {
    format: 'layers-model',
    generatedBy: 'Tablework',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'tablework',
        layers: layers.map((l, i) => ({
          class_name: 'Dense',
          config: {
            name: l.name,
            trainable: true,
            dtype: 'float32',
            units: l.units,
            activation: l.activation,
            use_bias: true,
            ...(i === 0 ? { batch_input_shape: [null, l.inputs] } : {}),
          },
        })),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: layers.flatMap((l) => [
          { name: `${l.name}/kernel`, shape: [l.inputs, l.units], dtype: 'float32' },
          { name: `${l.name}/bias`, shape: [l.units], dtype: 'float32' },
        ]),
      },
    ],
  };
  return { topology, weights: new Uint8Array(numbers.buffer) };
}

/** What has to be done before and is to be read afterwards. Typed arrays become lists; NaN becomes null. */
function preparationOf(a: Artifact): unknown {
  const plain = (_: string, v: unknown): unknown => (ArrayBuffer.isView(v) && !(v instanceof DataView) ? Array.from(v as Float64Array) : v);
  const outputs =
    a.target.task === 'number'
      ? { kind: 'value', of: a.target.name }
      : a.target.levels.length === 2
        ? { kind: 'probability', of: a.target.levels[1] }
        : { kind: 'probabilities', of: a.target.levels };
  return JSON.parse(
    JSON.stringify(
      { inputs: a.inputs, steps: a.sentences.map((s, i) => ({ ...s, ...a.recipe[i] })), features: a.features, outputs },
      plain,
    ),
  );
}

const readme = (a: Artifact) => `${a.name}
A network trained by Tablework ${a.provenance.app} on ${a.provenance.rows} rows of ${a.provenance.file}, seed ${a.provenance.seed}.

const model = await tf.loadLayersModel('model.json');
const answer = model.predict(tf.tensor2d(rows));   // rows × ${a.features.length}

The network takes ${a.features.length} numbers per row, the columns listed under “features” in preprocessing.json, in that order.
They are NOT the columns of the original table: the steps in preprocessing.json come first, in their order, with what each has learnt.
${a.target.task === 'number' ? `It answers with ${a.target.name}.` : a.target.levels.length === 2 ? `It answers with the probability of “${a.target.levels[1]}”.` : 'It answers with one probability per class, in the order under “outputs”.'}
`;
