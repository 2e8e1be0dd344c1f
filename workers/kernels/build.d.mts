/** Types of build.mjs for the test that rebuilds. */
export const names: readonly string[];
/** The text of name.wasm.ts. */
export function compile(name: string): Promise<string>;
