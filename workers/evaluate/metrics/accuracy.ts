/** Accuracy and balanced accuracy: the share of rows called right, overall and as a mean over classes. */
import { classTotals, fromCounts, measure } from './measure.js';

export const accuracy = measure({
  id: 'accuracy',
  version: 1,
  label: 'Accuracy',
  help: 'The share of rows that get the right class. Easy to read, but misleading when one class is much more frequent than the others.',
  source: 'The proportion of correct answers; as sklearn.metrics.accuracy_score.',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [0, 1],
  unit: '',
  needs: 'label',
  consequence: 'Every mistake costs the same, whichever class it happens to.',
  formula: 'right answers ÷ all answers',
  prepare: fromCounts((counts, k) => {
    let hit = 0;
    let all = 0;
    for (let c = 0; c < k * k; c++) {
      all += counts[c]!;
      if (c % (k + 1) === 0) hit += counts[c]!;
    }
    return all > 0 ? hit / all : NaN;
  }),
});

export const balancedAccuracy = measure({
  id: 'balanced_accuracy',
  version: 1,
  label: 'Balanced accuracy',
  help: 'The share called right within each class, averaged over the classes, so that a rare class counts as much as a frequent one.',
  source: 'Brodersen and others 2010, “The balanced accuracy and its posterior distribution”; as sklearn.metrics.balanced_accuracy_score.',
  params: {},
  tasks: ['class'],
  better: 'higher',
  range: [0, 1],
  unit: '',
  needs: 'label',
  consequence: 'A rare class matters as much as a frequent one.',
  formula: 'mean over classes of (right in the class ÷ rows of the class); classes without rows are left out',
  prepare: fromCounts((counts, k) => {
    const present = classTotals(counts, k).filter((c) => c.truth > 0);
    return present.length ? present.reduce((sum, c) => sum + c.hit / c.truth, 0) / present.length : NaN;
  }),
});
