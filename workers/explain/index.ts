/** Why a model says what it says, asked of any model that can predict raw columns. */
export { inference, type Coefficient, type Coefficients } from './coefficients.js';
export { partialDependence, type DependenceInput } from './dependence.js';
export { permutationImportance, type ImportanceInput, type Predict } from './importance.js';
export { sharedRows, type SharedRows } from './leakage.js';
export { screened } from './screen.js';
export { shapesOf, type ShapeNames } from './shapes.js';
export { slices, type SlicesInput } from './slices.js';
