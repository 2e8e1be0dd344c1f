/** Turns what was learnt into layers: batch normalisation goes into the weights beside it, what is left out in training stays in. */
import type { Activation } from '../../../src/core/form.js';
import { NORM, places, type Learnt, type Net } from './network.js';

export interface Dense {
  readonly units: number;
  activation: Activation;
  /** Inputs × units, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}
/** x → scale · x + shift. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}
/** Layers one after another. With `skip` what enters is added to what they give. */
export interface Run {
  /** Done to what enters first, before the layers. */
  gate: (Affine & { readonly activation: Activation }) | null;
  readonly layers: Dense[];
  skip: boolean;
}

export function fold(net: Net, { theta, running }: Learnt): Run[] {
  const at = places(net);
  const runs: Run[] = [];
  let run: Run = { gate: null, layers: [], skip: false };
  /** The layer whose sums may still be changed: nothing but dropping came after it. */
  let open: Dense | null = null;
  /** A normalisation that waits for what follows it. */
  let waiting: Affine | null = null;
  const close = () => {
    if (run.layers.length > 0 || run.gate) runs.push(run);
    run = { gate: null, layers: [], skip: false };
    open = null;
  };
  const added = new Set(net.parts.flatMap((part) => (part.kind === 'add' ? [part.from] : [])));
  net.parts.forEach((part, k) => {
    const place = at.parts[k]!;
    if (part.kind === 'dense') {
      const { units } = place;
      const inputs = place.rows - 1;
      const bias = place.at + inputs * units;
      open = { units, activation: 'linear', weights: theta.slice(place.at, bias), bias: theta.slice(bias, bias + units) };
      if (waiting) fromInputs(open, waiting);
      waiting = null;
      run.layers.push(open);
    } else if (part.kind === 'norm') {
      const { units } = place;
      const scale = Float64Array.from(
        { length: units },
        (_, j) => theta[place.at + j]! / Math.sqrt(running[at.running[k]! + units + j]! + NORM.epsilon),
      );
      const shift = scale.map((s, j) => theta[place.at + units + j]! - s * running[at.running[k]! + j]!);
      if (open) toSums(open, { scale, shift });
      else waiting = { scale, shift };
    } else if (part.kind === 'curve') {
      if (open) open.activation = part.activation;
      else {
        if (run.gate) throw new Error('Two activations with no layer between them');
        if (run.layers.length > 0) close();
        run.gate = { ...(waiting ?? same(at.units[k]!)), activation: part.activation };
        waiting = null;
      }
      open = null;
    } else if (part.kind === 'add') {
      run.skip = true;
      close();
    }
    if (added.has(k)) close();
  });
  close();
  return runs;
}

const same = (units: number): Affine => ({ scale: new Float64Array(units).fill(1), shift: new Float64Array(units) });

/** The layer that gives for x what this one gave for scale · x + shift. */
function fromInputs({ weights, bias, units }: Dense, { scale, shift }: Affine): void {
  for (let i = 0; i < scale.length; i++)
    for (let j = 0; j < units; j++) {
      bias[j] = bias[j]! + shift[i]! * weights[i * units + j]!;
      weights[i * units + j] = scale[i]! * weights[i * units + j]!;
    }
}

/** The layer that gives scale · z + shift where this one gave z. */
function toSums({ weights, bias, units }: Dense, { scale, shift }: Affine): void {
  for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! * scale[i % units]!;
  for (let j = 0; j < units; j++) bias[j] = bias[j]! * scale[j]! + shift[j]!;
}
