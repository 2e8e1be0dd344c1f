/** Agreement beyond chance between calls and truth: Matthews' correlation and Cohen's kappa. */
import { classTotals, fromCounts, measure } from './measure.js';

export const mcc = measure({
  id: 'mcc',
  version: 1,
  label: 'Matthews correlation',
  help: 'The correlation between what was called and what is: 1 is perfect, 0 is no better than chance, −1 is always the opposite. Stays honest when classes are uneven.',
  source: 'Matthews 1975; Gorodkin 2004 for several classes; as sklearn.metrics.matthews_corrcoef.',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [-1, 1],
  unit: '',
  needs: 'label',
  consequence: 'Classes are uneven, and you want one number that a lazy model cannot flatter.',
  formula: '(n · right − Σ called·true) ÷ √((n² − Σ called²)(n² − Σ true²)); 0 when only one class is called or true',
  prepare: fromCounts((counts, k) => {
    const totals = classTotals(counts, k);
    let n = 0;
    let hit = 0;
    let cross = 0;
    let called2 = 0;
    let truth2 = 0;
    for (const c of totals) {
      n += c.truth;
      hit += c.hit;
      cross += c.called * c.truth;
      called2 += c.called * c.called;
      truth2 += c.truth * c.truth;
    }
    if (!(n > 0)) return NaN;
    const spread = (n * n - called2) * (n * n - truth2);
    return spread > 0 ? Math.max(-1, Math.min(1, (n * hit - cross) / Math.sqrt(spread))) : 0;
  }),
});

export const kappa = measure({
  id: 'kappa',
  version: 1,
  label: 'Cohen’s kappa',
  help: 'How much better than chance the calls agree with the truth: 1 is perfect, 0 is what guessing with the same frequencies would reach.',
  source: 'Cohen 1960, “A coefficient of agreement for nominal scales”; as sklearn.metrics.cohen_kappa_score.',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [-1, 1],
  unit: '',
  needs: 'label',
  consequence: 'The model stands in for a human rater, and agreement by luck should not count.',
  formula: '(accuracy − accuracy expected by chance) ÷ (1 − accuracy expected by chance)',
  prepare: fromCounts((counts, k) => {
    let n = 0;
    let hit = 0;
    let cross = 0;
    for (const c of classTotals(counts, k)) {
      n += c.truth;
      hit += c.hit;
      cross += c.called * c.truth;
    }
    const chance = cross / (n * n);
    return n > 0 && chance < 1 ? (hit / n - chance) / (1 - chance) : NaN;
  }),
});
