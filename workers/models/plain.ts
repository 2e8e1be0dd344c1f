/** Every model that is not put together from others, in the order they are offered: a new one is one file and a line here. */
import { registry } from '../../src/core/entry.js';
import type { Model } from '../../src/core/model.js';
import { explainableBoosting } from './additive/explainable-boosting.js';
import { splineGam } from './additive/spline-gam.js';
import { baseline } from './baseline.js';
import { naiveBayesBernoulli } from './bayes/bernoulli.js';
import { naiveBayesCategorical } from './bayes/categorical.js';
import { naiveBayesComplement } from './bayes/complement.js';
import { naiveBayesGaussian } from './bayes/gaussian.js';
import { naiveBayesMultinomial } from './bayes/multinomial.js';
import { linearDiscriminant } from './discriminant/linear-discriminant.js';
import { quadraticDiscriminant } from './discriminant/quadratic-discriminant.js';
import { kNearest } from './k-nearest-neighbours.js';
import { kernelRidge } from './kernel/kernel-ridge.js';
import { oneClassSvm } from './kernel/one-class-svm.js';
import { supportVectorMachine } from './kernel/support-vector-machine.js';
import { linear } from './linear.js';
import { generalizedLinear } from './linear/generalized-linear.js';
import { bayesianRidge } from './linear/bayesian-ridge.js';
import { huber } from './linear/huber.js';
import { pls } from './linear/pls.js';
import { quantile } from './linear/quantile.js';
import { ransac } from './linear/ransac.js';
import { theilSen } from './linear/theil-sen.js';
import { logistic } from './logistic.js';
import { nearestCentroid } from './nearest-centroid.js';
import { neuralNetwork } from './net/neural-network.js';
import { passiveAggressive } from './online/passive-aggressive.js';
import { perceptron } from './online/perceptron.js';
import { sgd } from './online/sgd.js';
import { ordinal } from './ordinal.js';
import { residualNetwork } from './net/residual-network.js';
import { wideAndDeep } from './net/wide-and-deep.js';
import { gaussianProcess } from './process/gaussian-process.js';
import { ruleFit } from './rules/rule-fit.js';
import { ruleList } from './rules/rule-list.js';
import { adaboost } from './tree/adaboost.js';
import { decisionTree } from './tree/decision-tree.js';
import { extraTrees } from './tree/extra-trees.js';
import { gradientBoosting } from './tree/gradient-boosting.js';
import { histGradientBoosting } from './tree/hist-gradient-boosting.js';
import { isolationForest } from './tree/isolation-forest.js';
import { randomForest } from './tree/random-forest.js';

export const plain = registry<Model>(
  baseline,
  linear,
  bayesianRidge,
  huber,
  quantile,
  theilSen,
  ransac,
  pls,
  generalizedLinear,
  logistic,
  ordinal,
  linearDiscriminant,
  quadraticDiscriminant,
  sgd,
  perceptron,
  passiveAggressive,
  naiveBayesGaussian,
  naiveBayesCategorical,
  naiveBayesMultinomial,
  naiveBayesComplement,
  naiveBayesBernoulli,
  kNearest,
  nearestCentroid,
  supportVectorMachine,
  kernelRidge,
  gaussianProcess,
  oneClassSvm,
  decisionTree,
  ruleList,
  ruleFit,
  histGradientBoosting,
  explainableBoosting,
  splineGam,
  gradientBoosting,
  randomForest,
  extraTrees,
  adaboost,
  isolationForest,
  neuralNetwork,
  wideAndDeep,
  residualNetwork,
);
