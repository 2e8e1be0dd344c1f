/** Precision, recall and their harmonic mean F1: for the positive class, and as an unweighted mean over classes. */
import { classTotals, fromCounts, measure, type Measure } from './measure.js';

type Totals = { hit: number; truth: number; called: number };
const rules = {
  precision: (c: Totals) => (c.called > 0 ? c.hit / c.called : 0),
  recall: (c: Totals) => (c.truth > 0 ? c.hit / c.truth : 0),
  f1: (c: Totals) => (c.called + c.truth > 0 ? (2 * c.hit) / (c.called + c.truth) : 0),
};
/** Whether the positive class gives the rule anything to say at all; precision is then 0 when nothing was called positive. */
const defined = {
  precision: (c: Totals) => c.called + c.truth > 0,
  recall: (c: Totals) => c.truth > 0,
  f1: (c: Totals) => c.called + c.truth > 0,
};

const shared = { version: 1, params: {}, tasks: ['class'], better: 'higher', range: [0, 1], unit: '', needs: 'label' } as const;

const binary = (rule: keyof typeof rules, words: Pick<Measure, 'label' | 'help' | 'consequence' | 'formula' | 'source'>) =>
  measure({
    ...shared,
    ...words,
    id: rule,
    binary: true,
    prepare: fromCounts((counts, k, positive) => {
      const c = classTotals(counts, k)[positive];
      return k === 2 && c && defined[rule](c) ? rules[rule](c) : NaN;
    }),
  });

/** Over the classes that are in the truth or were predicted, as scikit-learn does; others would only add zeros. */
const macro = (rule: keyof typeof rules, words: Pick<Measure, 'label' | 'help' | 'consequence' | 'formula' | 'source'>) =>
  measure({
    ...shared,
    ...words,
    id: `${rule}_macro`,
    prepare: fromCounts((counts, k) => {
      const seen = classTotals(counts, k).filter((c) => c.called + c.truth > 0);
      return seen.length ? seen.reduce((sum, c) => sum + rules[rule](c), 0) / seen.length : NaN;
    }),
  });

export const precision = binary('precision', {
  label: 'Precision',
  help: 'Of the rows called positive, the share that really are. High precision means few false alarms.',
  consequence: 'A false alarm is worse than a miss (a good e-mail in the spam folder).',
  formula: 'true positives ÷ (true positives + false positives); 0 when nothing is called positive',
  source: 'Kent and others 1955; as sklearn.metrics.precision_score.',
});
export const recall = binary('recall', {
  label: 'Recall',
  help: 'Of the rows that really are positive, the share that is found. Also called sensitivity. High recall means few misses.',
  consequence: 'Missing a sick patient is worse than a false alarm.',
  formula: 'true positives ÷ (true positives + false negatives)',
  source: 'Kent and others 1955; as sklearn.metrics.recall_score.',
});
export const f1 = binary('f1', {
  label: 'F1',
  help: 'One number for precision and recall of the positive class together; it is high only when both are.',
  consequence: 'Misses and false alarms both hurt, and positives are rare.',
  formula: '2 · precision · recall ÷ (precision + recall)',
  source: 'van Rijsbergen 1979, “Information Retrieval”, chapter 7; as sklearn.metrics.f1_score.',
});
export const precisionMacro = macro('precision', {
  label: 'Precision, mean over classes',
  help: 'Precision of each class, averaged so that every class counts the same.',
  consequence: 'When a class is named, it should be right, for rare classes too.',
  formula: 'mean over classes of precision; 0 for a class that is never predicted',
  source: 'As sklearn.metrics.precision_score with average="macro".',
});
export const recallMacro = macro('recall', {
  label: 'Recall, mean over classes',
  help: 'Recall of each class, averaged so that every class counts the same.',
  consequence: 'Members of every class should be found, of rare classes too.',
  formula: 'mean over classes of recall; 0 for a class that is predicted but has no rows',
  source: 'As sklearn.metrics.recall_score with average="macro".',
});
export const f1Macro = macro('f1', {
  label: 'F1, mean over classes',
  help: 'F1 of each class, averaged so that every class counts the same. A common choice with several uneven classes.',
  consequence: 'Several classes, some of them rare, and all should be both found and right.',
  formula: 'mean over classes of F1',
  source: 'As sklearn.metrics.f1_score with average="macro".',
});
