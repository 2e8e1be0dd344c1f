/** Single steps: against scikit-learn's own networks, and against a network written down afresh in numpy with its gradient by differences. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../src/core/form.js';
import { places, type Lesson, type Net, type Part, type Snapshot } from '../../../workers/models/net/network.js';
import { stack } from '../../../workers/models/net/params.js';
import { plainTrainer } from '../../../workers/models/net/plain.js';
import type { Rule } from '../../../workers/models/net/rule.js';
import { holder } from '../close.js';

type Loss = Net['loss'];
interface Golden {
  X: number[][];
  codes: number[][];
  weight: number[];
  targets: Record<Loss, number[]>;
  sklearn: { name: string; params: Record<string, number | string | boolean>; y: number[]; start: number[]; end: number[] }[];
  numpy: {
    loss: Loss;
    wide: boolean;
    theta: number[];
    value: number;
    gradient: number[];
    moments: number[];
    rules: { name: string; rule: Partial<Rule>; rate: number; end: number[] }[];
  }[];
}
const golden = JSON.parse(readFileSync(new URL('steps.json', import.meta.url), 'utf8')) as Golden;
const n = golden.X.length;

const lesson = (y: number[], weight: number[]): Lesson => ({
  rows: n,
  X: Float32Array.from(golden.X.flat()),
  codes: Int32Array.from(golden.codes.flat()),
  y: Float64Array.from(y),
  weight: Float64Array.from(weight),
  meanWeight: weight.reduce((a, b) => a + b) / n,
});
const calm: Rule = { solver: 'sgd', momentum: 0.9, nesterov: true, alpha: 0, decay: 0, clip: Infinity };

async function steps(net: Net, rows: Lesson, theta: number[], times: number, rate: number): Promise<{ after: Snapshot; loss: number }> {
  const { size, runningSize } = places(net);
  expect(theta).toHaveLength(size);
  const from: Snapshot = {
    step: 0,
    theta: Float64Array.from(theta),
    running: new Float64Array(runningSize),
    m: new Float64Array(size),
    v: new Float64Array(size),
  };
  const trainer = await plainTrainer(net, rows, null, from);
  for (let t = 0; t < times; t++)
    trainer.step(
      Int32Array.from({ length: n }, (_, i) => i),
      null,
      rate,
    );
  return { after: await trainer.snapshot(), loss: await trainer.loss() };
}
/** The largest difference, as a share of the largest change there was. Products are Float32: what is had is 1e-8 to 4e-7. */
const off = (ours: ArrayLike<number>, theirs: number[], from: number[]) =>
  Math.max(...theirs.map((v, i) => Math.abs(v - ours[i]!))) / Math.max(...theirs.map((v, i) => Math.abs(v - from[i]!)));

const sklearn = holder('Neural network', 'scikit-learn');
const numpy = holder('Neural network', 'numpy, by differences');
const curves: Record<string, Activation> = { relu: 'relu', logistic: 'sigmoid', tanh: 'tanh', identity: 'linear' };

describe('five steps of scikit-learn', () => {
  it.each(golden.sklearn)('$name', async ({ params, y, start, end }) => {
    const classes = y.every(Number.isInteger) ? Math.max(...y) + 1 : 0;
    const loss: Loss = classes === 0 ? 'squares' : classes === 2 ? 'logistic' : 'softmax';
    const outputs = classes > 2 ? classes : 1;
    const net: Net = {
      numbers: golden.X[0]!.length,
      tables: [],
      wide: false,
      parts: stack([6, 4], outputs, curves[params['activation'] as string]!, false, [0, 0]),
      outputs,
      loss,
      rule: {
        solver: params['solver'] === 'sgd' ? 'sgd' : 'adam',
        momentum: Number(params['momentum'] ?? 0.9),
        nesterov: params['nesterovs_momentum'] === true,
        alpha: Number(params['alpha']),
        decay: 0,
        clip: Infinity,
      },
    };
    const rows = lesson(y, new Array<number>(n).fill(1));
    const { after } = await steps(net, rows, start, 5, Number(params['learning_rate_init']));
    sklearn('weights after five steps', off(after.theta, end, start), 1e-6);
  });
});

describe.each(golden.numpy)(
  'a residual network with levels, $loss, wide: $wide',
  ({ loss, wide, theta, value, gradient, moments, rules }) => {
    const outputs = loss === 'softmax' ? 3 : 1;
    const parts: Part[] = [{ kind: 'dense', units: 6, bias: false }];
    for (let b = 0; b < 2; b++) {
      const from = parts.length - 1;
      parts.push({ kind: 'norm' }, { kind: 'dense', units: 7 }, { kind: 'curve', activation: 'swish' });
      parts.push({ kind: 'dense', units: 6, bias: false }, { kind: 'add', from });
    }
    parts.push({ kind: 'norm' }, { kind: 'curve', activation: 'tanh' }, { kind: 'dense', units: outputs });
    const tables = [
      { levels: 4, width: 2 },
      { levels: 3, width: 3 },
    ];
    const net = (rule: Partial<Rule>): Net => ({ numbers: 5, tables, wide, parts, outputs, loss, rule: { ...calm, ...rule } });
    const rows = lesson(golden.targets[loss], golden.weight);

    it('has this loss, this gradient and these moments', async () => {
      const { after, loss: ours } = await steps(net({ momentum: 0, nesterov: false }), rows, theta, 1, 1);
      numpy('loss', Math.abs(ours - value), 5e-7);
      const step = Array.from(after.theta, (x, i) => theta[i]! - x);
      numpy('gradient', off(step, gradient, new Array<number>(theta.length).fill(0)), 1e-6);
      moments.forEach((v, i) => numpy('running moments', Math.abs(after.running[i]! - v), 5e-6));
    });

    it.each(rules)('is here after three steps of $name', async ({ rule, rate, end }) => {
      // Adam and RMSprop divide a gradient by its own size, and where it is small by its rounding.
      const { after } = await steps(net(rule), rows, theta, 3, rate);
      numpy('weights after three steps', off(after.theta, end, theta), rule.solver === 'sgd' ? 1e-6 : 5e-5);
    });
  },
);
