/** Every cleaning and feature step, in the order in which a person meets them. */
import { registry } from '../../src/core/entry.js';
import type { Step } from '../../src/core/step.js';
import { dateParts } from './date-parts.js';
import { dropColumns } from './drop-columns.js';
import { impute } from './impute.js';
import { oneHot } from './one-hot.js';
import { standardise } from './standardise.js';
import { tfIdf } from './tf-idf.js';

export const steps = registry<Step>(impute, oneHot, standardise, dateParts, tfIdf, dropColumns);
