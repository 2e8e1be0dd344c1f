/** A network as a TensorFlow.js LayersModel: model.json and weights.bin, with the preparation described beside them. */
import { zipSync } from 'fflate';
import type { Artifact } from '../../src/core/artifact.js';
import type { Form, Layers, Network } from '../../src/core/form.js';
import { fileName, utf8, type Export } from './export.js';
import { networkGraph, type Graph } from './tfjs-network.js';

export const tfjs: Export = {
  id: 'tfjs',
  version: 1,
  label: 'TensorFlow.js network',
  help: 'The network for tf.loadLayersModel, in a .zip. Only the network: what is done to the columns before it is described in preprocessing.json beside it.',
  source: 'TensorFlow.js “layers-model” format: a Keras topology, sequential or a graph, and a weights manifest',
  params: {},
  firstOnly: true,
  ending: '.zip',
  fits: (a) => why(a.form),
  make(a) {
    const { form } = a;
    if (form.form !== 'layers' && form.form !== 'network') throw new Error(`${form.form} is no network`);
    const { topology, weights } = form.form === 'layers' ? layersModel(form) : networkModel(form);
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

function why(form: Form): string | null {
  if (form.form === 'layers') return null;
  if (form.form !== 'network') return 'it is not a neural network';
  return form.numbers.length + form.tables.length > 0 ? null : 'it takes no column into account';
}

interface Dense {
  readonly name: string;
  readonly units: number;
  readonly inputs: number;
  readonly activation: string;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** model.json as data, and the bytes of weights.bin. */
export function layersModel(form: Layers): Written {
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

  return written(
    {
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
    },
    layers.flatMap((l) => [
      { name: `${l.name}/kernel`, shape: [l.inputs, l.units], values: l.weights },
      { name: `${l.name}/bias`, shape: [l.units], values: l.bias },
    ]),
  );
}

export function networkModel(form: Network): Written {
  const { model, weights } = networkGraph(form);
  return written(model, weights);
}

interface Written {
  readonly topology: Record<string, unknown>;
  readonly weights: Uint8Array<ArrayBuffer>;
}
function written(model: Graph['model'], weights: Graph['weights']): Written {
  const numbers = new Float32Array(weights.reduce((sum, w) => sum + w.values.length, 0));
  let at = 0;
  for (const { values } of weights) {
    numbers.set(values, at);
    at += values.length;
  }
  const topology = {
    format: 'layers-model',
    generatedBy: 'Tablework',
    convertedBy: null,
    modelTopology: { ...model, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' },
    weightsManifest: [{ paths: ['weights.bin'], weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) }],
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
      {
        inputs: a.inputs,
        steps: a.sentences.map((s, i) => ({ ...s, ...a.recipe[i] })),
        features: a.features,
        ...(a.form.form === 'network' ? { network: entranceOf(a.form, a.features) } : {}),
        outputs,
      },
      plain,
    ),
  );
}

/** Which features each input of the graph takes, and what stands for a gap there. */
const entranceOf = (form: Network, features: readonly string[]) =>
  networkGraph(form).inputs.map((name, k) => {
    if (name === 'numbers') return { input: name, features: Array.from(form.numbers, (j) => features[j]!), missing: form.centre };
    const { column, levels } = form.tables[k - (form.numbers.length > 0 ? 1 : 0)]!;
    return { input: name, features: [features[column]!], codes: levels - 1, missing: levels - 1 };
  });

const readme = (a: Artifact) => `${a.name}
A network trained by Tablework ${a.provenance.app} on ${a.provenance.rows} rows of ${a.provenance.file}, seed ${a.provenance.seed}.

${a.form.form === 'network' ? graphUse(a.form) : plainUse(a)}
They are NOT the columns of the original table: the steps in preprocessing.json come first, in their order, with what each has learnt.
${a.target.task === 'number' ? `It answers with ${a.target.name}.` : a.target.levels.length === 2 ? `It answers with the probability of “${a.target.levels[1]}”.` : 'It answers with one probability per class, in the order under “outputs”.'}
${a.also ? `\nThe model has further targets (${a.also.map((p) => p.target.name).join(', ')}); this network is the one for ${a.target.name} alone.\n` : ''}`;
const plainUse = (a: Artifact) => `const model = await tf.loadLayersModel('model.json');
const answer = model.predict(tf.tensor2d(rows));   // rows × ${a.features.length}

The network takes ${a.features.length} numbers per row, the columns listed under “features” in preprocessing.json, in that order.`;
const graphUse = (form: Network) => `const model = await tf.loadLayersModel('model.json');
const answer = model.predict([${networkGraph(form).inputs.join(', ')}]);   // one tensor for each input, rows × its features

The inputs are listed under “network” in preprocessing.json, each with its features in order. A number that is missing enters as the
value under “missing”. A category enters as its level's place in the list of levels, from 0; one that is missing or unknown as “missing”.`;
