/** Every picture of an evaluation, as at most a few hundred numbers. */
export { calibration } from './calibration.js';
export { confusion } from './confusion.js';
export { lift, precisionRecall, roc, thresholds } from './ranked.js';
export { residuals } from './residuals.js';
