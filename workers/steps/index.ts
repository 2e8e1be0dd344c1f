/** Every cleaning and feature step, in the order in which a person meets them. */
import { registry } from '../../src/core/entry.js';
import type { Step } from '../../src/core/step.js';
import { bins } from './bins.js';
import { clipOutliers } from './clip-outliers.js';
import { dateParts } from './date-parts.js';
import { dropColumns } from './drop-columns.js';
import { dropConstant } from './drop-constant.js';
import { dropCorrelated } from './drop-correlated.js';
import { dropDuplicates } from './drop-duplicates.js';
import { dropMissingRows } from './drop-missing-rows.js';
import { dropOutliers } from './drop-outliers.js';
import { filterRows } from './filter-rows.js';
import { formula } from './formula.js';
import { frequencyEncode } from './frequency-encode.js';
import { impute } from './impute.js';
import { interaction } from './interaction.js';
import { log } from './log.js';
import { mergeSpellings } from './merge-spellings.js';
import { minMax } from './min-max.js';
import { oneHot } from './one-hot.js';
import { ordinal } from './ordinal.js';
import { pca } from './pca.js';
import { polynomial } from './polynomial.js';
import { power } from './power.js';
import { rareLevels } from './rare-levels.js';
import { replaceValues } from './replace-values.js';
import { robustScale } from './robust-scale.js';
import { selectKBest } from './select-k-best.js';
import { standardise } from './standardise.js';
import { targetEncode } from './target-encode.js';
import { textFeatures } from './text-features.js';
import { tfIdf } from './tf-idf.js';
import { toCategory } from './to-category.js';
import { toNumber } from './to-number.js';
import { trimText } from './trim-text.js';

export const steps = registry<Step>(
  dropDuplicates,
  filterRows,
  dropMissingRows,
  dropOutliers,
  impute,
  clipOutliers,
  replaceValues,
  mergeSpellings,
  trimText,
  rareLevels,
  toNumber,
  toCategory,
  dateParts,
  formula,
  interaction,
  log,
  power,
  bins,
  oneHot,
  ordinal,
  frequencyEncode,
  targetEncode,
  tfIdf,
  textFeatures,
  standardise,
  minMax,
  robustScale,
  polynomial,
  pca,
  dropColumns,
  dropConstant,
  dropCorrelated,
  selectKBest,
);
