/** Every detector there is. */
import { registry } from '../../src/core/entry.js';
import type { Detector } from './detector.js';
import { oneClassDetector } from './kernel/one-class-svm.js';
import { isolationDetector } from './tree/isolation-forest.js';

export const detectors = registry<Detector>(isolationDetector, oneClassDetector);
