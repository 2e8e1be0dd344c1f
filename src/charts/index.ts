/** Pictures of small summaries: numbers in, SVG out, a table beside each. */
export { default as Bars } from './Bars.svelte';
export { default as BoxPlot } from './BoxPlot.svelte';
export { default as Calibration } from './Calibration.svelte';
export { default as Chart } from './Chart.svelte';
export { default as ConfusionMatrix } from './ConfusionMatrix.svelte';
export { default as HeatMap } from './HeatMap.svelte';
export { default as Histogram } from './Histogram.svelte';
export { default as IntervalDots } from './IntervalDots.svelte';
export { default as Legend } from './Legend.svelte';
export { default as Lines } from './Lines.svelte';
export { default as ParallelCoordinates } from './ParallelCoordinates.svelte';
export { default as PrecisionRecall } from './PrecisionRecall.svelte';
export { default as ResidualPlots } from './ResidualPlots.svelte';
export { default as Roc } from './Roc.svelte';
export { default as Scatter } from './Scatter.svelte';
export { cat, diverging, sequential } from './colors.js';
export type * from './types.js';
