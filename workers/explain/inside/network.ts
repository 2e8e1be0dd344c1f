/** A network as layers of units and the weights between them; of wide layers those units that carry most. */
import type { Layers } from '../../../src/core/form.js';
import type { NetworkPicture } from '../../../src/core/inside.js';
import type { Naming } from './naming.js';

/** Units drawn of one layer: more lines than this squared are a grey smear. */
const MOST_UNITS = 12;

export function networkPicture(form: Layers, naming: Naming): NetworkPicture {
  const widths = [form.inputs, ...form.layers.map((l) => l.units)];
  // How much of a unit goes on: the sum of squares of the weights that leave it; of the last layer all are drawn first.
  const shown = widths.map((units, at) => {
    const next = form.layers[at];
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
    if (at === 0) return naming.columns[u] ?? String(u);
    if (at < last) return `unit ${u + 1}`;
    return naming.levels.length === 0 ? 'value' : (naming.levels[widths[last] === 1 ? naming.levels.length - 1 : u] ?? String(u));
  };
  return {
    kind: 'network',
    layers: widths.map((units, at) => ({
      label: at === 0 ? 'Inputs' : at === last ? 'Answer' : `Layer ${at}, ${form.layers[at - 1]!.activation}`,
      units,
      shown: shown[at]!.map((u) => name(at, u)),
    })),
    weights: form.layers.map((l, at) => shown[at]!.map((u) => shown[at + 1]!.map((v) => l.weights[u * l.units + v]!))),
    parameters: form.layers.reduce((sum, l) => sum + l.weights.length + l.bias.length, 0),
    says: [],
  };
}
