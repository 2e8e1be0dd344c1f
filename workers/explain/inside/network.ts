/** A network as layers of units and the weights between them; of wide layers those units that carry most. */
import type { Layer, Layers, Network } from '../../../src/core/form.js';
import type { NetworkPicture } from '../../../src/core/inside.js';
import type { Naming } from './naming.js';

/** Units drawn of one layer: more lines than this squared are a grey smear. */
const MOST_UNITS = 12;

export const networkPicture = (form: Layers, naming: Naming): NetworkPicture =>
  drawn(
    form.layers,
    Array.from({ length: form.inputs }, (_, j) => naming.columns[j] ?? String(j)),
    naming,
    [],
  );

/** Blocks as the layers they are made of; what leaps over them, and what goes straight to the answer, is said. */
export function blocksPicture(form: Network, naming: Naming): NetworkPicture {
  const name = (j: number) => naming.columns[j] ?? String(j);
  const inputs = [
    ...Array.from(form.numbers, name),
    ...form.tables.flatMap((t) =>
      Array.from({ length: t.width }, (_, d) => (t.width === 1 ? name(t.column) : `${name(t.column)} ${d + 1}`)),
    ),
  ];
  const leaps = form.blocks.filter((b) => b.skip).length;
  return drawn(
    form.blocks.flatMap((b) => b.layers),
    inputs,
    naming,
    [
      ...(form.tables.length ? [`Each level of ${form.tables.map((t) => name(t.column)).join(', ')} has learnt numbers of its own.`] : []),
      ...(form.wide.length ? ['A weighted sum of all columns is added to what the layers say.'] : []),
      ...(leaps ? [`${leaps} of its ${form.blocks.length} blocks add to what enters them and do not replace it.`] : []),
    ],
  );
}

function drawn(layers: readonly Layer[], inputs: readonly string[], naming: Naming, says: readonly string[]): NetworkPicture {
  const widths = [inputs.length, ...layers.map((l) => l.units)];
  // How much of a unit goes on: the sum of squares of the weights that leave it; of the last layer all are drawn first.
  const shown = widths.map((units, at) => {
    const next = layers[at];
    const strength = (u: number) => {
      if (!next) return -u;
      let sum = 0;
      for (let v = 0; v < next.units; v++) sum += next.weights[u * next.units + v]! ** 2;
      return sum;
    };
    const strengths = Array.from({ length: units }, (_, u) => strength(u));
    return Array.from({ length: units }, (_, u) => u)
      .sort((a, b) => strengths[b]! - strengths[a]! || a - b)
      .slice(0, MOST_UNITS)
      .sort((a, b) => a - b);
  });
  const last = widths.length - 1;
  const name = (at: number, u: number) => {
    if (at === 0) return inputs[u] ?? String(u);
    if (at < last) return `unit ${u + 1}`;
    return naming.levels.length === 0 ? 'value' : (naming.levels[widths[last] === 1 ? naming.levels.length - 1 : u] ?? String(u));
  };
  return {
    kind: 'network',
    layers: widths.map((units, at) => ({
      label: at === 0 ? 'Inputs' : at === last ? 'Answer' : `Layer ${at}, ${layers[at - 1]!.activation}`,
      units,
      shown: shown[at]!.map((u) => name(at, u)),
    })),
    weights: layers.map((l, at) => shown[at]!.map((u) => shown[at + 1]!.map((v) => l.weights[u * l.units + v]!))),
    parameters: layers.reduce((sum, l) => sum + l.weights.length + l.bias.length, 0),
    says,
  };
}
