// Compiles every *.as.ts of this folder to WebAssembly and writes it as base64 beside it, as *.wasm.ts.
// `node workers/kernels/build.mjs` writes; `compile(name)` gives the text, so a test can see that what is checked in is what the source says.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
export const names = readdirSync(here)
  .filter((file) => file.endsWith('.as.ts'))
  .map((file) => file.slice(0, -'.as.ts'.length))
  .sort();

/** Kernels that are also built for memory that several threads share: the same code, another kind of import. */
const shared = ['boost'];

/** The text of name.wasm.ts. */
export async function compile(name) {
  const of = async (what, ...flags) => {
    const bytes = await bytesOf(name, flags);
    return `/** Made by build.mjs from ${name}.as.ts; not to be edited. ${bytes.length} bytes. */\nexport const ${name}${what} =\n  '${Buffer.from(bytes).toString('base64')}';\n`;
  };
  const own = await of('Wasm');
  return shared.includes(name) ? own + (await of('SharedWasm', '--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads')) : own;
}

async function bytesOf(name, flags) {
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      `${name}.as.ts`,
      '--outFile',
      'out.wasm',
      '-O3',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
      '--enable',
      'simd',
      '--enable',
      'bulk-memory',
      '--noAssert',
      ...flags,
    ],
    {
      readFile: (file) => (file === `${name}.as.ts` ? readFileSync(join(here, file), 'utf8') : null),
      writeFile: (_file, contents) => void (bytes = contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${name}.as.ts: ${error.message}\n${stderr.toString()}`);
  return bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of names) {
    const text = await compile(name);
    writeFileSync(join(here, `${name}.wasm.ts`), text);
    process.stdout.write(`${name}.wasm.ts: ${text.split('. ')[1]?.split(' ')[0] ?? '?'} bytes\n`);
  }
}
