/** Scores of several yes/no targets taken together, as labels that a row has or has not (multi-label classification). */
export interface LabelScore {
  readonly id: 'exact_match' | 'hamming_loss' | 'f1_macro' | 'f1_micro' | 'jaccard';
  readonly label: string;
  readonly help: string;
  readonly formula: string;
  readonly source: string;
  readonly better: 'higher' | 'lower';
}

export const labelScores: readonly LabelScore[] = [
  {
    id: 'exact_match',
    label: 'Exact match',
    help: 'The share of rows in which every label is right. Strict: one label wrong makes the whole row wrong. Also called subset accuracy.',
    formula: 'rows with all labels right ÷ rows',
    source: 'As sklearn.metrics.accuracy_score of a label matrix.',
    better: 'higher',
  },
  {
    id: 'hamming_loss',
    label: 'Hamming loss',
    help: 'The share of single labels that are wrong, over all rows and labels. A label that is nearly always absent is easy to get right here.',
    formula: 'wrong labels ÷ (rows · labels)',
    source: 'Schapire & Singer 1999; as sklearn.metrics.hamming_loss.',
    better: 'lower',
  },
  {
    id: 'f1_macro',
    label: 'F1, mean over labels',
    help: 'F1 of each label, averaged so that a rare label counts as much as a frequent one.',
    formula: 'mean over labels of 2 · hits ÷ (rows with the label + rows given it); labels that are neither there nor given are left out',
    source: 'As sklearn.metrics.f1_score with average="macro".',
    better: 'higher',
  },
  {
    id: 'f1_micro',
    label: 'F1 over all labels',
    help: 'One F1 over all single labels of all rows, so that frequent labels count more than rare ones.',
    formula: '2 · hits ÷ (labels there + labels given)',
    source: 'As sklearn.metrics.f1_score with average="micro".',
    better: 'higher',
  },
  {
    id: 'jaccard',
    label: 'Jaccard index',
    help: 'How far the labels given and the labels there overlap in a row, on average over rows. A row without any label that is given none counts as a full overlap.',
    formula: 'mean over rows of labels in both ÷ labels in either; 1 where there are none',
    source: 'Jaccard 1901; Godbole & Sarawagi 2004; as sklearn.metrics.jaccard_score with average="samples" and zero_division=1.',
    better: 'higher',
  },
];
