/** Every model there is, in the order they are offered. */
import { registry } from '../../src/core/entry.js';
import type { Model } from '../../src/core/model.js';
import { baseline } from './baseline.js';
import { kNearest } from './k-nearest-neighbours.js';
import { linear } from './linear.js';
import { logistic } from './logistic.js';
import { decisionTree } from './tree/decision-tree.js';
import { neuralNetwork } from './net/neural-network.js';

export const models = registry<Model>(baseline, linear, logistic, kNearest, decisionTree, neuralNetwork);
