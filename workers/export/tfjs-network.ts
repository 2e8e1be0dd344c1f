/** A network with levels, skips or a wide part as a TensorFlow.js LayersModel: a Keras graph of plain layers, and its numbers. */
import type { Layer, Network } from '../../src/core/form.js';

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export interface Graph {
  /** Names of the inputs, in the order they are given: numbers, then one per category column. */
  readonly inputs: readonly string[];
  /** modelTopology.model_config: class and config. */
  readonly model: { readonly class_name: string; readonly config: Record<string, unknown> };
  readonly weights: readonly Weight[];
}

export function networkGraph(form: Network): Graph {
  const layers: Record<string, unknown>[] = [];
  const weights: Weight[] = [];
  const inputs: string[] = [];
  /** Adds a layer behind others and gives its name. */
  const put = (
    class_name: string,
    name: string,
    config: Record<string, unknown>,
    from: readonly string[],
    own: readonly [string, readonly number[], Float32Array][] = [],
  ): string => {
    const inbound = from.length > 0 ? [from.map((f) => [f, 0, 0, {}])] : [];
    layers.push({ class_name, name, config: { name, trainable: true, dtype: 'float32', ...config }, inbound_nodes: inbound });
    for (const [part, shape, values] of own) weights.push({ name: `${name}/${part}`, shape, values });
    return name;
  };
  const input = (name: string, width: number): string => {
    inputs.push(name);
    return put('InputLayer', name, { batch_input_shape: [null, width], sparse: false }, []);
  };
  const dense = (name: string, { units, activation, weights: kernel, bias }: Layer, from: string): string =>
    put(
      'Dense',
      name,
      { units, activation, use_bias: true },
      [from],
      [
        ['kernel', [kernel.length / units, units], kernel],
        ['bias', [units], bias],
      ],
    );
  /** scale · (x − mean) + shift, number by number. */
  const affine = (name: string, scale: Float32Array, shift: Float32Array, mean: Float32Array, from: string): string =>
    put(
      'BatchNormalization',
      name,
      { axis: -1, momentum: 0.99, epsilon: 0, center: true, scale: true },
      [from],
      [
        ['gamma', [scale.length], scale],
        ['beta', [scale.length], shift],
        ['moving_mean', [scale.length], mean],
        ['moving_variance', [scale.length], new Float32Array(scale.length).fill(1)],
      ],
    );
  const vectors = (name: string, levels: number, width: number, table: Float32Array, from: string): string => {
    const found = put(
      'Embedding',
      name,
      { input_dim: levels, output_dim: width, mask_zero: false, input_length: 1 },
      [from],
      [['embeddings', [levels, width], table]],
    );
    return put('Flatten', `${name}_flat`, {}, [found]);
  };
  const merged = (kind: 'Add' | 'Concatenate', name: string, from: readonly string[]): string =>
    from.length === 1 ? from[0]! : put(kind, name, kind === 'Concatenate' ? { axis: -1 } : {}, from);

  const scores = form.blocks.at(-1)!.layers.at(-1)!.units;
  const n = form.numbers.length;
  const first: string[] = [];
  const beside: string[] = [];
  if (n > 0) {
    const scale = Float32Array.from(form.spread, (s) => 1 / s);
    first.push(affine('standardise', scale, new Float32Array(n), Float32Array.from(form.centre), input('numbers', n)));
    if (form.wide.length > 0)
      beside.push(
        dense('wide_numbers', { units: scores, activation: 'linear', weights: form.wide, bias: new Float32Array(scores) }, first[0]!),
      );
  }
  form.tables.forEach(({ levels, width, weights: table, wide }, k) => {
    const from = input(`level_${k + 1}`, 1);
    first.push(vectors(`vector_${k + 1}`, levels, width, table, from));
    if (wide.length > 0) beside.push(vectors(`wide_${k + 1}`, levels, scores, wide, from));
  });

  let x = merged('Concatenate', 'entrance', first);
  form.blocks.forEach(({ before, layers: run, skip }, b) => {
    const entered = x;
    if (before) {
      x = affine(`normalise_${b + 1}`, before.scale, before.shift, new Float32Array(before.scale.length), x);
      x = put('Activation', `gate_${b + 1}`, { activation: before.activation }, [x]);
    }
    run.forEach((layer, l) => (x = dense(`block_${b + 1}_dense_${l + 1}`, layer, x)));
    if (skip) x = merged('Add', `block_${b + 1}_add`, [entered, x]);
  });
  x = merged('Add', 'scores', [x, ...beside]);
  if (form.link !== 'identity') x = put('Activation', 'output', { activation: form.link }, [x]);
  if (form.shift !== 0 || form.scale !== 1)
    x = dense('to_scale', { units: 1, activation: 'linear', weights: Float32Array.of(form.scale), bias: Float32Array.of(form.shift) }, x);
  return {
    inputs,
    model: {
      class_name: 'Model',
      config: { name: 'tablework', layers, input_layers: inputs.map((name) => [name, 0, 0]), output_layers: [[x, 0, 0]] },
    },
    weights,
  };
}
