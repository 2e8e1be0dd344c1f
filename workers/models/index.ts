/** Every model there is, in the order they are offered. Plain ones stand in plain.ts, where combined ones look for their members. */
import { registry } from '../../src/core/entry.js';
import type { Model } from '../../src/core/model.js';
import { bagging } from './combined/bagging.js';
import { calibrated } from './combined/calibrated.js';
import { stacking } from './combined/stacking.js';
import { voting } from './combined/voting.js';
import { plain } from './plain.js';

export const models = registry<Model>(...plain.values(), voting, stacking, bagging, calibrated);
