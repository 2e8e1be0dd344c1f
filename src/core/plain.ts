/** Plain data: what structured clone, IndexedDB and a model file all take as it is. */
export type Tensor = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;
export type Plain = null | boolean | number | string | Tensor | readonly Plain[] | { readonly [key: string]: Plain | undefined };
