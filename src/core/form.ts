/**
 * What fit returns: plain data of a few kinds. Predicting, explaining and exporting are written per form,
 * so M models and N outputs cost M + N. Typed arrays hold what JSON cannot.
 */

/**
 * How raw scores become predictions.
 * - rest: each score says one class against the rest; sigmoids, divided by their sum.
 * - cumulative: classes with an order. The score of a class is the log odds of it or a higher one, so its probability is sigmoid(own
 *   score) less sigmoid(the next lower score of the row): which class is higher follows from the scores. The lowest class, whose score
 *   is the highest, takes what is left.
 */
export type Link = 'identity' | 'log' | 'sigmoid' | 'softmax' | 'rest' | 'cumulative';

interface Common {
  /** Columns of the matrix it takes. */
  readonly inputs: number;
  /** 1 for a number; the number of classes (≥ 2) for classes, whatever the link: predict gives rows × outputs. */
  readonly outputs: number;
}

export interface Linear extends Common {
  readonly form: 'linear';
  readonly link: Link;
  /** Raw scores: 1 for identity, log and sigmoid; outputs for softmax. weights is scores × inputs, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /**
   * Inference; all four or none. Scores × (inputs + 1): the standard error of each weight, then of the bias;
   * 0 where there is none, because the rows cannot tell this weight from others.
   */
  readonly spread?: Float64Array;
  /** Degrees of freedom of t = weight / spread; 0: standard normal. */
  readonly freedom?: number;
  /** Standard deviation of what is left over, in units of the target; for other families √dispersion. */
  readonly noise?: number;
  /** Share of the variance (or deviance) of the training rows that the model explains; variance around 0 where there is no intercept. */
  readonly explained?: number;
}

/** Trees as parallel arrays over all nodes of all trees; children and roots are indices into them. */
export interface Trees extends Common {
  readonly form: 'trees';
  readonly link: Link;
  /** Raw score of row x = base + Σ over trees (or their mean) of the leaf it lands in. */
  readonly average: boolean;
  /** Raw scores: 1 for identity, log and sigmoid; outputs for softmax; outputs for averaged class trees (link identity). */
  readonly base: Float64Array;
  readonly roots: Int32Array;
  /** For each tree, the raw score its leaves add to; −1 when leaves hold all scores. */
  readonly score: Int32Array;
  /** Values per node: 1, or the number of raw scores when leaves hold all. */
  readonly width: number;
  /** Column split on; −1 for a leaf. */
  readonly feature: Int32Array;
  /** Go left when x ≤ threshold. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1: a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** −1 for a split on a quantity; else where this node's level set starts in setWords. A level in the set goes left. */
  readonly set: Int32Array;
  /** Level sets: word 0 is the number of words that follow, then bits, level 0 first. */
  readonly setWords: Uint32Array;
  /** Nodes × width; inner nodes hold the value they would have as leaves. */
  readonly value: Float64Array;
  /** Training rows (or their weight) in each node. */
  readonly cover: Float64Array;
  /** Loss reduction of each split; 0 for leaves. */
  readonly gain: Float64Array;
}

export type Activation = 'relu' | 'tanh' | 'sigmoid' | 'linear' | 'elu' | 'selu' | 'swish';
export interface Layer {
  readonly units: number;
  readonly activation: Activation;
  /** Inputs × units, row-major (as TensorFlow.js keeps a dense kernel). */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}
export interface Layers extends Common {
  readonly form: 'layers';
  /** sigmoid: the last layer has one unit for two classes; softmax: outputs units. */
  readonly link: Link;
  readonly layers: readonly Layer[];
  /** A number target was learnt as (y − shift) / scale; prediction undoes it. [0, 1] for classes. */
  readonly shift: number;
  readonly scale: number;
}

/** A category column of a network: a row of numbers for each level. */
export interface LevelTable {
  readonly column: number;
  /** Rows; the last is for missing and unknown levels. */
  readonly levels: number;
  readonly width: number;
  /** Levels × width, row-major. */
  readonly weights: Float32Array;
  /** Levels × raw scores, row-major: what each adds to the scores straight away. Empty without a wide part. */
  readonly wide: Float32Array;
}
/** Layers one after another; with `skip`, what enters the block is added to what they give. */
export interface NetworkBlock {
  /** Done to what enters, number by number: activation(scale · x + shift). */
  readonly before: { readonly scale: Float32Array; readonly shift: Float32Array; readonly activation: Activation } | null;
  readonly layers: readonly Layer[];
  readonly skip: boolean;
}
/** A network that takes categories: vectors for levels, blocks that may add to what enters them, a linear part beside. */
export interface Network extends Common {
  readonly form: 'network';
  /** As in Layers. */
  readonly link: Link;
  /** Columns that enter as numbers, (x − centre) / spread and 0 where missing; the first block sees these, then the rows of the tables. */
  readonly numbers: Int32Array;
  readonly centre: Float64Array;
  readonly spread: Float64Array;
  readonly tables: readonly LevelTable[];
  /** Numbers × raw scores, row-major: what each adds to the scores straight away. Empty without a wide part. */
  readonly wide: Float32Array;
  readonly blocks: readonly NetworkBlock[];
  readonly shift: number;
  readonly scale: number;
}

export interface Neighbours extends Common {
  readonly form: 'neighbours';
  readonly k: number;
  readonly weights: 'uniform' | 'distance';
  /** minkowski: (Σ |difference|^p)^(1/p); cosine: 1 − cosine of the angle. */
  readonly metric: 'euclidean' | 'manhattan' | 'chebyshev' | 'minkowski' | 'cosine';
  /** Of minkowski, above 1; absent otherwise. */
  readonly p?: number;
  /** Rows × inputs, row-major. */
  readonly points: Float32Array;
  /** Per row: the class index, or the value. */
  readonly y: Float64Array;
  readonly task: 'class' | 'number';
}

/** Support vector machines: each adds up weighted kernels of the row with its support vectors. One for a number, one for each pair of classes. */
export interface Kernels extends Common {
  readonly form: 'kernels';
  /** rbf: exp(−gamma |x − z|²); laplacian: exp(−gamma Σ |x − z|); linear: x·z; poly: (gamma x·z + coef0)^degree; sigmoid: tanh(gamma x·z + coef0). */
  readonly kernel: 'rbf' | 'laplacian' | 'linear' | 'poly' | 'sigmoid';
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
  /** Support vectors × inputs, row-major; machines share them. */
  readonly points: Float32Array;
  /** Classes that training saw, ascending. Machines go by pairs of them: first with second, first with third, … Empty for a number. */
  readonly classes: Int32Array;
  /** Machines + 1: where the terms of each machine start in `point` and `coefficients`. */
  readonly starts: Int32Array;
  readonly point: Int32Array;
  readonly coefficients: Float64Array;
  /** Per machine. Decision = intercept + Σ coefficient × kernel; above 0 it speaks for the first class of the pair. */
  readonly intercepts: Float64Array;
  /** Per pair: the first class has probability 1 / (1 + exp(slope × decision + offset)), Platt's A and B. Empty for a number. */
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
  /** A number was learnt as (y − shift) / scale; prediction undoes it. [0, 1] for classes. */
  readonly shift: number;
  readonly scale: number;
}

/**
 * Gaussian processes: a normal distribution over functions, once the training rows are known. One process for a number or for two
 * classes (it speaks for the second); one for each class against the rest where there are more.
 */
export interface Process extends Common {
  readonly form: 'process';
  /**
   * With s = Σ ((x − z) / length)²: rbf exp(−s / 2); matern-3/2 (1 + √(3s)) exp(−√(3s)); matern-5/2 (1 + √(5s) + 5s/3) exp(−√(5s));
   * rational-quadratic (1 + s / (2 mixture))^−mixture.
   */
  readonly kernel: 'rbf' | 'matern-3/2' | 'matern-5/2' | 'rational-quadratic';
  /** Training rows × inputs, row-major; processes share them. */
  readonly points: Float32Array;
  /** Classes that training saw, ascending. Empty for a number. */
  readonly classes: Int32Array;
  /** Per process: variance of the function, of what a row adds to it by chance (0 for classes), and the mixture. */
  readonly variance: Float64Array;
  readonly noise: Float64Array;
  readonly mixture: Float64Array;
  /** Processes × inputs. */
  readonly lengths: Float64Array;
  /** Processes × points: the function is, on average, Σ weight × variance × kernel. */
  readonly weights: Float64Array;
  /** Processes × points: √W, the root of the curvature of each row's log probability. Empty for a number. */
  readonly bends: Float64Array;
  /**
   * Processes × lower triangle, row by row, i + 1 cells of row i: L with LLᵀ = K + noise, or for classes I + √W K √W.
   * Of v = L⁻¹ (√W) k the function’s variance is variance − |v|². May be empty for a number, whose spread is then not known.
   */
  readonly factors: Float64Array;
  /** A number was learnt as (y − shift) / scale; prediction undoes it. [0, 1] for classes. */
  readonly shift: number;
  readonly scale: number;
}

/** A normal cloud for each class that training saw. Raw scores: log prior + log density, less their mean over those classes. */
export interface Gaussians extends Common {
  readonly form: 'gaussians';
  /** sigmoid for two outputs (one raw score, for the second against the first), else softmax. */
  readonly link: 'sigmoid' | 'softmax';
  /** Classes that training saw, ascending; the arrays below go by these. */
  readonly classes: Int32Array;
  readonly logPrior: Float64Array;
  /** Classes × inputs. */
  readonly means: Float64Array;
  /** Classes × inputs, where columns are independent within a class; a missing value then says nothing. Else empty. */
  readonly variances: Float64Array;
  /** Else: for each class the lower triangle, row by row, of W with W Σ Wᵀ = I, its diagonal above 0. */
  readonly whiten: Float64Array;
}

/**
 * One column of a term, cut into cells; the last cell is for a value that is missing or that training never saw.
 * - levels: `at` are level codes, rising; a cell for each.
 * - constant: `at` are edges, rising; one cell more than edges. Cell c holds at[c − 1] < x ≤ at[c].
 * - linear: `at` are knots, rising, at least 1; a cell for each. Straight lines between them; the outer ones go on.
 * - cubic: `at` are knots, rising, at least 2; a cell for each. Between two, the cubic of their values and slopes (Hermite);
 *   beyond the outer ones, a straight line.
 */
export interface TermAxis {
  readonly column: number;
  readonly shape: 'levels' | 'constant' | 'linear' | 'cubic';
  readonly at: Float64Array;
}
/** What one column, or two together, add to the raw scores. */
export interface AdditiveTerm {
  /** One or two, of different columns; two are never cubic, and linear ones are then blended between their neighbours. */
  readonly axes: readonly TermAxis[];
  /** Cells × scores, row-major; of two axes, the cells of the second run faster. */
  readonly values: Float64Array;
  /** Cubic: change of the score per unit of the column at each knot, cells × scores. Otherwise empty. */
  readonly slopes: Float64Array;
  /** Standard error of each value, cells × scores; empty where there is none. */
  readonly spread: Float64Array;
  /** Training rows (or their weight) per cell, at knots the rows nearest; empty where not kept. Predictions do not use it. */
  readonly counts: Float64Array;
}
/** Raw score = bias + Σ terms. Shapes that can be drawn, one term at a time: boosted, smoothed, or counted (naive Bayes). */
export interface Additive extends Common {
  readonly form: 'additive';
  readonly link: Link;
  /** One per raw score. */
  readonly bias: Float64Array;
  readonly terms: readonly AdditiveTerm[];
}

/**
 * If-then rules. A rule holds where all its conditions do. In a list the first rule that holds answers; else the raw score is the bias,
 * what all rules that hold add, and the straight parts.
 */
export interface Rules extends Common {
  readonly form: 'rules';
  readonly link: Link;
  /** A list, whose order counts. */
  readonly ordered: boolean;
  /** One per raw score. In a list: the answer where no rule holds. */
  readonly bias: Float64Array;
  /** Rules × scores, row-major: what each adds, or answers. */
  readonly values: Float64Array;
  /** Rules + 1: where the conditions of each start. */
  readonly starts: Int32Array;
  /** Per condition: the column asked. */
  readonly column: Int32Array;
  /** Of a quantity: 1 for x > threshold, 0 for x ≤ threshold. */
  readonly above: Uint8Array;
  readonly threshold: Float32Array;
  /** −1 for a quantity; else where the levels that hold start in setWords: the number of words that follow, then bits, level 0 first. */
  readonly set: Int32Array;
  readonly setWords: Uint32Array;
  /** 1: the condition holds for a missing value (or a level beyond its set). */
  readonly missing: Uint8Array;
  /** Rules + 1: training rows (or their weight) for which each holds, in a list those it answers; then those no rule answers, or all. */
  readonly cover: Float64Array;
  /** Straight parts: their columns; x is taken within lower … upper, a missing one for fill; then its slope per score. Empty in a list. */
  readonly lines: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly fill: Float64Array;
  readonly slopes: Float64Array;
}

export interface Blend extends Common {
  readonly form: 'blend';
  readonly parts: readonly Form[];
  /** One per part, ≥ 0, sum 1. Predictions (not raw scores) are averaged. */
  readonly shares: Float64Array;
}

/** A form behind its own preparation: from the columns of the matrix to those that the inner form takes. */
export interface Encoded extends Common {
  readonly form: 'encoded';
  readonly inner: Form;
  /** For each column of the inner form, the column it is made from. */
  readonly source: Int32Array;
  /** Inner columns + 1: where the levels of each start in `level`. With none it is the value itself; else 1 where the cell holds one of them, and 0. */
  readonly starts: Int32Array;
  readonly level: Int32Array;
  /** 1: a missing cell is taken for `fill`, a value or a level. 0: it stays missing, or has no level. */
  readonly fills: Uint8Array;
  readonly fill: Float64Array;
  /** A value becomes (value − shift) / scale, and 0 where scale is 0. */
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

/** Several forms whose predictions are the columns of a final form: one column of each for a number or two classes, else one for each class. */
export interface Stack extends Common {
  readonly form: 'stack';
  readonly parts: readonly Form[];
  readonly final: Form;
  /** The columns of the matrix follow the predictions. */
  readonly passthrough: boolean;
}

/** A form of classes whose decisions are turned into probabilities by curves: one curve for two classes (of the second), else one for each, divided by their sum. */
export interface Calibrated extends Common {
  readonly form: 'calibrated';
  readonly part: Form;
  readonly method: 'sigmoid' | 'isotonic';
  /** sigmoid: 1 / (1 + exp(slope × decision + offset)). Empty for isotonic. */
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
  /** isotonic: curves + 1, where the knots of each start in `at` (rising) and `value` (0…1). Empty for sigmoid. */
  readonly starts: Int32Array;
  readonly at: Float64Array;
  readonly value: Float64Array;
}

export type Form =
  Linear | Trees | Layers | Network | Neighbours | Kernels | Process | Gaussians | Additive | Rules | Blend | Encoded | Stack | Calibrated;
