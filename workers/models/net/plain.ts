/**
 * Trains on the CPU: no start-up, the same bytes everywhere, and what TensorFlow.js is held to. Rows and products are Float32
 * (kernels/dense, WebAssembly or its twin); parameters, their moments and the loss stay Float64.
 */
import { denseKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import { entrance, newest, places, type Lesson, type Net, type Part, type Place, type Snapshot, type Trainer } from './network.js';
import { activate, deactivate, lossOf, needsInput, normalise, times, unnormalise, type Normal } from './plain-parts.js';
import { follow, type Held } from './plain-rule.js';

/** Rows worked on at once when judging. */
const CHUNK = 256;

const padded = (units: number) => Math.ceil(units / 4) * 4;

/** Parameters in the kernels' memory: rows of `u`, of which the pads are 0 and stay so. */
interface Kept extends Held {
  readonly place: Place;
  readonly u: number;
  readonly w: Float32Array;
  readonly g: Float32Array;
}
/** A part at work. */
interface Stage {
  readonly part: Part;
  readonly kept: Kept | null;
  readonly inputs: number;
  readonly units: number;
  readonly u: number;
  /** What it gives, and the gradient by that; rows of `u`. Pads are not read. */
  readonly a: number;
  readonly d: number;
  readonly A: Float32Array;
  readonly D: Float32Array;
  /** The kernel turned round, for the gradient by the inputs; 0 where nobody asks for that. */
  readonly t: number;
  readonly normal: Normal | null;
  readonly running: number;
  /** Parts that add what this one gives. */
  readonly readers: readonly number[];
}

/** Where everything lies for batches of up to n rows, in the kernels' memory. */
function space(net: Net, n: number, plain: boolean) {
  const at = places(net);
  const layout = new Layout();
  const floats = (size: number) => layout.take(size * 4);
  const one = floats(1);
  const p0 = padded(entrance(net));
  const [x, dx] = [floats(n * p0), floats(n * p0)];
  const v = net.wide ? floats(n * padded(net.outputs)) : 0;
  const kept = at.all.map((place) => {
    const u = padded(place.units);
    const size = place.rows * u;
    const theta = layout.take(size * 8);
    return {
      place,
      u,
      size,
      penalised: place.penalised * u,
      theta,
      m: layout.take(size * 8),
      v: layout.take(size * 8),
      G: floats(size),
      W: floats(size),
    };
  });
  let learns = net.tables.length > 0;
  const laid = net.parts.map((part, k) => {
    const u = padded(at.units[k]!);
    const before = k === 0 ? p0 : padded(at.units[k - 1]!);
    const t = part.kind === 'dense' && learns ? floats(part.units * before) : 0;
    learns ||= at.parts[k] !== null;
    return { u, t, own: part.kind === 'dense' || part.kind === 'norm' || part.kind === 'add' };
  });
  // Activations work in place, unless what they would overwrite is read again.
  const added = new Set(net.parts.flatMap((part) => (part.kind === 'add' ? [part.from] : [])));
  let [a, d] = [x, dx];
  const rooms = net.parts.map((part, k) => {
    const { u, own } = laid[k]!;
    if (own || part.kind === 'drop' || k === 0 || added.has(k - 1) || (part.kind === 'curve' && needsInput(part.activation)))
      a = floats(n * u);
    if (own) d = floats(n * u);
    return { a, d, x: part.kind === 'norm' ? floats(n * u) : 0 };
  });

  const memory = allocate(layout.bytes, plain);
  const view = (from: number, size: number) => memory.f32.subarray(from >> 2, (from >> 2) + size);
  memory.f32[one >> 2] = 1;
  const held = new Map<Place, Kept>(kept.map((k) => [k.place, { ...k, w: view(k.W, k.size), g: view(k.G, k.size) }]));
  const stages = net.parts.map((part, k): Stage => {
    const { u, t } = laid[k]!;
    const room = rooms[k]!;
    const units = at.units[k]!;
    const vector = () => new Float64Array(units);
    return {
      part,
      kept: at.parts[k] ? held.get(at.parts[k])! : null,
      inputs: at.inputs[k]!,
      units,
      u,
      a: room.a,
      d: room.d,
      A: view(room.a, n * u),
      D: view(room.d, n * u),
      t,
      normal: part.kind === 'norm' ? { x: view(room.x, n * u), mean: vector(), variance: vector(), inverse: vector() } : null,
      running: at.running[k]!,
      readers: net.parts.flatMap((other, j) => (other.kind === 'add' && other.from === k ? [j] : [])),
    };
  });
  return {
    rows: n,
    memory,
    kernels: denseKernels(memory),
    one,
    /** What enters: the numbers, then the vectors of the levels. */
    entrance: { u: p0, a: x, d: dx, A: view(x, n * p0), D: view(dx, n * p0) },
    stages,
    kept: [...held.values()],
    tables: at.tables.map((place) => held.get(place)!),
    wide: at.wide && {
      numbers: held.get(at.wide.numbers)!,
      tables: at.wide.tables.map((place) => held.get(place)!),
      v,
      V: view(v, n * padded(net.outputs)),
    },
    view,
  };
}
type Space = ReturnType<typeof space>;

/** Turns the kernels round, for the gradients by activations. */
function turn({ stages, entrance, view }: Space): void {
  stages.forEach(({ t, kept, inputs, units, u }, k) => {
    if (t === 0) return;
    const p = k === 0 ? entrance.u : stages[k - 1]!.u;
    const T = view(t, units * p);
    const { w } = kept!;
    for (let i = 0; i < inputs; i++) for (let j = 0; j < units; j++) T[j * p + i] = w[i * u + j]!;
  });
}

/** What of a snapshot the kernels keep. */
const moving = ['theta', 'm', 'v'] as const;

function lay(space: Space, from: Snapshot): void {
  for (const kept of space.kept) {
    const { place, u, w } = kept;
    for (let k = 0, i = place.at; k < place.rows; k++)
      for (let j = 0; j < place.units; j++, i++) {
        for (const of of moving) space.memory.f64[(kept[of] >> 3) + k * u + j] = from[of][i]!;
        w[k * u + j] = from.theta[i]!;
      }
  }
  turn(space);
}

function read(net: Net, space: Space, step: number, running: Float64Array): Snapshot {
  const { size } = places(net);
  const out = { step, theta: new Float64Array(size), running: running.slice(), m: new Float64Array(size), v: new Float64Array(size) };
  for (const kept of space.kept) {
    const { place, u } = kept;
    for (let k = 0, i = place.at; k < place.rows; k++)
      for (let j = 0; j < place.units; j++, i++) for (const of of moving) out[of][i] = space.memory.f64[(kept[of] >> 3) + k * u + j]!;
  }
  return out;
}

export function plainTrainer(net: Net, lesson: Lesson, valid: Lesson | null, from: Snapshot, plain = false): Promise<Trainer> {
  let t = from.step;
  const running = from.running.slice();
  const { numbers, tables } = net;
  const last = net.parts.length - 1;
  let now: Space | null = null;
  const makeRoom = (n: number): Space => {
    if (now && n <= now.rows) return now;
    const wider = space(net, n, plain);
    lay(wider, now ? read(net, now, t, running) : from);
    return (now = wider);
  };

  /** Lets row `row` of a lesson in as row i of the batch. */
  const enter = ({ entrance: { A, u }, tables: vectors }: Space, { X, codes }: Lesson, row: number, i: number) => {
    let to = i * u;
    for (let j = 0, at = row * numbers; j < numbers; j++) A[to++] = X[at + j]!;
    for (let k = 0; k < tables.length; k++) {
      const { w, u: wide } = vectors[k]!;
      for (let j = 0, at = codes[row * tables.length + k]! * wide; j < tables[k]!.width; j++) A[to++] = w[at + j]!;
    }
  };
  /** Through all parts. With `share` it learns: batch normalisation takes the batch's own moments, and masks apply. */
  const run = (space: Space, n: number, share: Float64Array | null, masks: readonly Float32Array[] | null) => {
    const { stages, kernels } = space;
    let before: { u: number; a: number; A: Float32Array } = space.entrance;
    let drops = 0;
    for (const stage of stages) {
      const { part, kept, inputs, units, u, a, A, normal } = stage;
      if (part.kind === 'dense') {
        kernels.multiply(before.a, before.u, 1, kept!.W, u, kept!.W + 4 * inputs * u, a, u, n, u, inputs);
      } else if (part.kind === 'norm') {
        if (!share) {
          normal!.mean.set(running.subarray(stage.running, stage.running + units));
          normal!.variance.set(running.subarray(stage.running + units, stage.running + 2 * units));
        }
        normalise(before.A, A, kept!.w, normal!, share, n, units, u);
      } else if (part.kind === 'curve') {
        if (before.a !== a) A.set(before.A.subarray(0, n * u));
        if (part.activation === 'relu') kernels.relu(a, n * u);
        else activate(A, n * u, part.activation);
      } else if (part.kind === 'drop') {
        const mask = masks?.[drops++];
        if (mask) times(A, before.A, mask, n, units, u);
        else A.set(before.A.subarray(0, n * u));
      } else {
        const other = stages[part.from]!.A;
        for (let i = 0; i < n * u; i++) A[i] = before.A[i]! + other[i]!;
      }
      before = stage;
    }
  };
  /** Adds the wide part to the scores. `rowOf`: which row of the lesson row i of the batch is. */
  const widen = (space: Space, n: number, { codes }: Lesson, rowOf: (i: number) => number) => {
    if (!space.wide) return;
    const { A, u, units } = space.stages[last]!;
    const { numbers: direct, tables: levels, v, V } = space.wide;
    space.kernels.multiply(space.entrance.a, space.entrance.u, 1, direct.W, u, 0, v, u, n, u, numbers);
    for (let i = 0; i < n * u; i++) A[i] = A[i]! + V[i]!;
    levels.forEach(({ w }, k) => {
      for (let i = 0; i < n; i++)
        for (let j = 0, at = codes[rowOf(i) * levels.length + k]! * u; j < units; j++) A[i * u + j] = A[i * u + j]! + w[at + j]!;
    });
  };
  /** Gradient of rows of tables: each gets those of the batch's rows that had its level, `offset` on in rows of `u`. */
  const gather = (list: readonly Kept[], rows: Int32Array, D: Float32Array, u: number, offset: (k: number) => number) =>
    list.forEach(({ g, u: wide, place: { units } }, k) => {
      g.fill(0);
      const o = offset(k);
      for (let i = 0; i < rows.length; i++)
        for (let j = 0, at = lesson.codes[rows[i]! * list.length + k]! * wide; j < units; j++) g[at + j] = g[at + j]! + D[i * u + o + j]!;
    });
  const offsets = tables.map((_, k) => entrance({ numbers, tables: tables.slice(0, k) }));

  let lossSum = 0;
  let weightSum = 0;
  let y = new Float64Array(0);
  let w = new Float64Array(0);
  let share = new Float64Array(0);
  return Promise.resolve({
    step(rows, masks, rate) {
      const n = rows.length;
      const space = makeRoom(n);
      const { stages, kernels, one } = space;
      if (y.length !== n) [y, w, share] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
      let total = 0;
      for (let i = 0; i < n; i++) {
        const row = rows[i]!;
        enter(space, lesson, row, i);
        y[i] = lesson.y[row]!;
        w[i] = lesson.weight[row]!;
        total += w[i]!;
      }
      weightSum += total;
      for (let i = 0; i < n; i++) share[i] = w[i]! / total;
      t++;
      run(space, n, share, masks);
      widen(space, n, lesson, (i) => rows[i]!);
      const top = stages[last]!;
      top.D.set(top.A.subarray(0, n * top.u));
      lossSum += lossOf(net, top.D, top.u, y, w, n);
      if (space.wide) {
        const { G } = space.wide.numbers;
        kernels.multiply(space.entrance.a, 1, space.entrance.u, top.d, top.u, 0, G, top.u, numbers, top.u, n);
        gather(space.wide.tables, rows, top.D, top.u, () => 0);
      }
      let drops = masks?.length ?? 0;
      let learns = true;
      for (let k = last; k >= 0 && learns; k--) {
        const { part, kept, inputs, units, u, a, d, A, D, t: turned, normal, readers } = stages[k]!;
        const before = k === 0 ? space.entrance : stages[k - 1]!;
        for (const j of readers) for (let i = 0, other = stages[j]!.D; i < n * u; i++) D[i] = D[i]! + other[i]!;
        // Below the first part with parameters only the vectors of levels have something to learn.
        learns = tables.length > 0 || stages.some((s, j) => j < k && s.kept !== null);
        if (part.kind === 'dense') {
          kernels.multiply(before.a, 1, before.u, d, u, 0, kept!.G, u, inputs, u, n);
          if (part.bias !== false) kernels.multiply(one, 0, 0, d, u, 0, kept!.G + 4 * inputs * u, u, 1, u, n);
          if (learns) kernels.multiply(d, u, 1, turned, before.u, 0, before.d, before.u, n, before.u, units);
        } else if (part.kind === 'norm') {
          const fresh = newest(t);
          for (const [from, of] of [
            [stages[k]!.running, normal!.mean],
            [stages[k]!.running + units, normal!.variance],
          ] as const)
            for (let j = 0; j < units; j++) running[from + j] = (1 - fresh) * running[from + j]! + fresh * of[j]!;
          unnormalise(D, learns ? before.D : null, kept!.g, kept!.w, normal!, share, n, units, u);
        } else if (part.kind === 'curve') {
          if (part.activation === 'relu') kernels.reluBack(d, a, n * u);
          else deactivate(D, A, before.A, n * u, part.activation);
        } else if (part.kind === 'drop') {
          const mask = masks?.[--drops];
          if (mask) times(D, D, mask, n, units, u);
        } else before.D.set(D.subarray(0, n * u));
      }
      if (tables.length > 0) gather(space.tables, rows, space.entrance.D, space.entrance.u, (k) => offsets[k]!);
      follow(net.rule, space.memory, kernels, space.kept, t, rate, 1 / (n * lesson.meanWeight));
      turn(space);
    },
    loss() {
      const mean = lossSum / weightSum;
      lossSum = weightSum = 0;
      return Promise.resolve(mean);
    },
    validate() {
      if (!valid) throw new Error('No rows to judge by');
      let sum = 0;
      let weights = 0;
      for (let from = 0; from < valid.rows; from += CHUNK) {
        const n = Math.min(CHUNK, valid.rows - from);
        const space = makeRoom(n);
        for (let i = 0; i < n; i++) enter(space, valid, from + i, i);
        run(space, n, null, null);
        widen(space, n, valid, (i) => from + i);
        const part = valid.weight.subarray(from, from + n);
        const top = space.stages[last]!;
        sum += lossOf(net, top.A, top.u, valid.y.subarray(from, from + n), part, n);
        for (const x of part) weights += x;
      }
      return Promise.resolve(sum / weights);
    },
    snapshot: () => Promise.resolve(now ? read(net, now, t, running) : from),
    dispose() {},
  });
}
