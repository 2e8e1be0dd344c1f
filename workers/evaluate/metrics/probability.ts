/** Metrics of the probabilities themselves: log loss and Brier score. */
import { meanOf, measure, positiveOf } from './measure.js';

const CLIP = 1e-15;
const clip = (p: number) => Math.min(1 - CLIP, Math.max(CLIP, p));

export const logLoss = measure({
  id: 'log_loss',
  version: 1,
  label: 'Log loss',
  help: 'How surprised the model is by the truth, on average. Being sure and wrong costs very much. 0 is perfect.',
  source: 'Good 1952, “Rational decisions”; as sklearn.metrics.log_loss with eps = 1e-15.',
  params: {},
  tasks: ['class'],
  better: 'lower',
  range: [0, Infinity],
  unit: 'nats',
  needs: 'probability',
  consequence: 'The probabilities are used as such, and being sure but wrong is very bad.',
  formula: 'mean of −ln(probability given to the true class); probabilities are kept within 1e-15 of 0 and 1',
  prepare(s) {
    const k = s.outputs;
    const loss = new Float64Array(s.truth.length);
    for (let i = 0; i < loss.length; i++) {
      let sum = 0;
      for (let c = 0; c < k; c++) sum += clip(s.predicted[i * k + c]!);
      loss[i] = Math.log(sum) - Math.log(clip(s.predicted[i * k + s.truth[i]!]!));
    }
    return meanOf(loss);
  },
});

export const brier = measure({
  id: 'brier',
  version: 1,
  label: 'Brier score',
  help: 'The mean squared gap between the probability and what happened (1 or 0). 0 is perfect; always saying 0.5 gives 0.25 with two classes. With more than two classes the gaps of all classes are added.',
  source:
    'Brier 1950, “Verification of forecasts expressed in terms of probability”; with two classes as sklearn.metrics.brier_score_loss.',
  params: {},
  tasks: ['class'],
  better: 'lower',
  range: [0, 2],
  unit: '',
  needs: 'probability',
  consequence: 'When it says 70 %, it should happen 7 times in 10.',
  formula: 'two classes: mean of (p − outcome)²; more: mean of Σ over classes of (p − outcome)²',
  prepare(s) {
    const k = s.outputs;
    const positive = positiveOf(s);
    const loss = new Float64Array(s.truth.length);
    for (let i = 0; i < loss.length; i++) {
      for (let c = 0; c < k; c++) {
        if (k === 2 && c !== positive) continue;
        const gap = s.predicted[i * k + c]! - (s.truth[i]! === c ? 1 : 0);
        loss[i]! += gap * gap;
      }
    }
    return meanOf(loss);
  },
});
