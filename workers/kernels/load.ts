/** Starts compiled kernels on a memory: in WebAssembly where there is any, else their plain twins. */
import { plainApart, type ApartKernels } from './apart.js';
import { apartWasm } from './apart.wasm.js';
import { plainBoost, type BoostKernels } from './boost.js';
import { boostSharedWasm, boostWasm } from './boost.wasm.js';
import { plainCholesky, type CholeskyKernels } from './cholesky.js';
import { choleskyWasm } from './cholesky.wasm.js';
import { plainDense, type DenseKernels } from './dense.js';
import { denseWasm } from './dense.wasm.js';
import { plainForest, type ForestKernels } from './forest.js';
import { forestWasm } from './forest.wasm.js';
import { plainGram, type GramKernels } from './gram.js';
import { gramWasm } from './gram.wasm.js';
import { plainLine, type LineKernels } from './line.js';
import { lineWasm } from './line.wasm.js';
import { isShared, type Memory } from './memory.js';
import type { NearKernels } from './near.js';
import { nearWasm } from './near.wasm.js';
import { plainRadial, type RadialKernels } from './radial.js';
import { radialWasm } from './radial.wasm.js';
import type { ShallowKernels } from './shallow.js';
import { shallowWasm } from './shallow.wasm.js';
import { plainTrees, type TreeKernels } from './trees.js';
import { treesWasm } from './trees.wasm.js';

/** Compiled once a worker; undefined: not tried yet, null: there is no WebAssembly (or none with SIMD) here. */
const compiled = new Map<string, WebAssembly.Module | null>();

function start(text: string, memory: Memory): WebAssembly.Exports | null {
  if (!memory.wasm) return null;
  let module = compiled.get(text);
  if (module === undefined) {
    try {
      module = new WebAssembly.Module(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    } catch {
      module = null;
    }
    compiled.set(text, module);
  }
  return module ? new WebAssembly.Instance(module, { env: { memory: memory.wasm } }).exports : null;
}

export const apartKernels = (memory: Memory): ApartKernels => (start(apartWasm, memory) as ApartKernels | null) ?? plainApart(memory);
export const boostKernels = (memory: Memory): BoostKernels =>
  (start(isShared(memory) ? boostSharedWasm : boostWasm, memory) as BoostKernels | null) ?? plainBoost(memory);
export const choleskyKernels = (memory: Memory): CholeskyKernels =>
  (start(choleskyWasm, memory) as CholeskyKernels | null) ?? plainCholesky(memory);
export const denseKernels = (memory: Memory): DenseKernels => (start(denseWasm, memory) as DenseKernels | null) ?? plainDense(memory);
export const forestKernels = (memory: Memory): ForestKernels => (start(forestWasm, memory) as ForestKernels | null) ?? plainForest(memory);
export const gramKernels = (memory: Memory): GramKernels => (start(gramWasm, memory) as GramKernels | null) ?? plainGram(memory);
export const lineKernels = (memory: Memory): LineKernels => (start(lineWasm, memory) as LineKernels | null) ?? plainLine(memory);
export const radialKernels = (memory: Memory): RadialKernels => (start(radialWasm, memory) as RadialKernels | null) ?? plainRadial(memory);
export const treeKernels = (memory: Memory): TreeKernels => (start(treesWasm, memory) as TreeKernels | null) ?? plainTrees(memory);
/** Null where there is no WebAssembly: the exact scan is then the faster way. */
export const nearKernels = (memory: Memory): NearKernels | null => start(nearWasm, memory) as NearKernels | null;
/** Null where there is no WebAssembly: going down the trees is then the faster way. */
export const shallowKernels = (memory: Memory): ShallowKernels | null => start(shallowWasm, memory) as ShallowKernels | null;
