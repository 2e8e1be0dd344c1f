/** Who may import whom, and why: the house's law, read from every import of src and workers. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Law {
  /** Which files; the first law that fits a file holds. */
  readonly from: RegExp;
  /** Which of our own files they may import, by path from the root without ending. */
  readonly may: RegExp;
  /** Which packages. */
  readonly packages?: RegExp;
  readonly why: string;
}

const screen = /^(svelte(\/.*)?|@lucide\/svelte.*)$/;
const tf = /^@tensorflow\//;

const laws: readonly Law[] = [
  { from: /^src\/core\//, may: /^src\/core\//, why: 'core is the language of page and workers: pure, without platform or packages' },
  {
    from: /^src\/store\//,
    may: /^src\/(core|store)\//,
    packages: /^idb$/,
    why: 'the store is opened by page and workers, so it knows neither Svelte nor Comlink',
  },
  {
    from: /^src\/parts\//,
    may: /^src\/(core|parts)\//,
    packages: screen,
    why: 'parts know no project: they can be shown and tested alone',
  },
  {
    from: /^src\/charts\//,
    may: /^src\/(core|parts|charts)\//,
    packages: /^(svelte(\/.*)?|@lucide\/svelte.*|d3-[a-z-]+)$/,
    why: 'charts take numbers and give pictures; they know no project',
  },
  {
    from: /^src\/jobs\/spawn/,
    may: /^(src\/jobs\/|workers\/(data|train)\.worker$)/,
    why: 'the only place that names the workers’ files',
  },
  {
    from: /^src\/jobs\//,
    may: /^src\/(core|store|jobs)\//,
    packages: /^comlink$/,
    why: 'the page’s end of the wire speaks the protocol, never the workers’ code, not even its types',
  },
  {
    from: /^src\/project\//,
    may: /^src\/(core|store|jobs|project)\//,
    packages: /^svelte(\/.*)?$/,
    why: 'the open project knows the store and the jobs, and no screen',
  },
  {
    from: /^src\/stages\/index/,
    may: /^src\/(core\/|stages\/[a-z]+\/Screen$)/,
    packages: /^svelte$/,
    why: 'the list of the stages: the rail loads their screens from here',
  },
  {
    from: /^src\/stages\//,
    may: /^src\/(core|parts|charts|jobs|project|recipe)\//,
    packages: screen,
    why: 'a stage stands alone: it can be changed or removed without reading another',
  },
  {
    from: /^src\/(home|frame|lessons|recipe)\//,
    may: /^src\/(core|parts|charts|jobs|project|home|frame|lessons|recipe|stages\/index$|offline)/,
    packages: screen,
    why: 'the frame and the home screen speak of projects, and leave storage to them',
  },
  {
    from: /^src\/[^/]+$/,
    may: /^src\/(?!store\/)/,
    packages: screen,
    why: 'the root of the page puts the pieces together; storage is the project’s',
  },
  { from: /^workers\/host/, may: /^(src\/(core|store)|workers)\//, packages: /^comlink$/, why: 'the workers’ end of the wire' },
  {
    from: /^workers\/[^/]+$/,
    may: /^(src\/(core|store)\/|workers\/)/,
    why: 'the root of the workers puts the engine together; it never sees the page',
  },
  {
    from: /^workers\/read\//,
    may: /^(src\/core|workers\/read)\//,
    packages: /^(papaparse|fflate)$/,
    why: 'reading knows bytes and tables only',
  },
  {
    from: /^workers\/steps\//,
    may: /^(src\/core\/|workers\/steps\/|workers\/evaluate\/distributions$)/,
    why: 'a step learns from rows; no model may leak into it (distributions are plain formulas, for steps that test columns)',
  },
  { from: /^workers\/forms\//, may: /^(src\/core|workers\/(forms|kernels))\//, why: 'a form predicts without the code that fitted it' },
  {
    from: /^workers\/(evaluate|explain)\//,
    may: /^(src\/core|workers\/(evaluate|explain|forms))\//,
    why: 'judging works on forms, so that no model judges itself',
  },
  {
    from: /^workers\/(tune|profile|monitor)\//,
    may: /^(src\/core|workers\/(tune|profile|monitor|evaluate))\//,
    why: 'searching, describing and watching need no model',
  },
  {
    from: /^workers\/kernels\//,
    may: /^workers\/kernels\//,
    why: 'kernels are loops over arrays of numbers, and know nothing of tables or models',
  },
  {
    from: /^workers\/models\/net\//,
    may: /^(src\/core|workers\/(models\/net|models|kernels|forms))\//,
    packages: tf,
    why: 'TensorFlow.js is used here and nowhere else, and only when a network is trained',
  },
  {
    from: /^workers\/models\//,
    may: /^(src\/core|workers\/(models|kernels|forms))\//,
    why: 'a model fits a matrix; what was done to it before and after is not its matter',
  },
  {
    from: /^workers\/export\/predictor\/bundle/,
    may: /^workers\/predictor$/,
    packages: /^(node:.*|esbuild)$/,
    why: 'runs in Node while building',
  },
  {
    from: /^workers\/export\//,
    may: /^(src\/core\/|workers\/(export|forms|steps)\/|workers\/read\/(write|missing)$|workers\/version$)/,
    packages: /^fflate$/,
    why: 'what leaves the app is printed from forms and steps, never from a model’s code',
  },
  { from: /^workers\/samples\//, may: /^(src\/core|workers\/samples)\//, why: 'samples are stories made of chance and text' },
];

const imports =
  /(?:\bimport|\bexport)\s+(?:type\s+)?[\w*\s{},$]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+\.ts)['"]/g;

const unix = (path: string) => path.replaceAll('\\', '/');
const bare = (path: string) => path.replace(/\?.*$/, '').replace(/(\.svelte)?\.(js|mjs|ts)$|\.svelte$/, '');

interface Edge {
  readonly file: string;
  readonly specifier: string;
  /** Path from the root for our own files, null for packages. */
  readonly target: string | null;
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

const files = ['src', 'workers'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|svelte)$/.test(entry.name) && !/\.(as|wasm)\.ts$|\.d\.ts$/.test(entry.name))
    .map((entry) => unix(relative(root, join(entry.parentPath, entry.name)))),
);

const edges: readonly Edge[] = files
  .filter((file) => file !== 'workers/kernels/build.mjs') // run by hand in Node, with the AssemblyScript compiler
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    return Array.from(text.matchAll(imports), (match) => {
      const specifier = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
      const target = specifier.startsWith('.') ? bare(unix(relative(root, resolve(root, dirname(file), specifier)))) : null;
      return { file, specifier, target, dynamic: match[3] !== undefined, typeOnly: /^(import|export)\s+type\b/.test(match[0]) };
    });
  });

const lawOf = (file: string) => laws.find((law) => law.from.test(file));

/** Folders of the workflow's stages see only themselves among stages. */
const sameStage = (file: string, target: string) =>
  /^src\/stages\/([^/]+)\//.exec(file)?.[1] === /^src\/stages\/([^/]+)\//.exec(target)?.[1];

const broken = ({ file, specifier, target }: Edge): string | null => {
  const law = lawOf(file);
  if (!law) return `${file} stands under no law: add one to this test`;
  const fine =
    target === null
      ? law.packages?.test(specifier) === true
      : law.may.test(target) ||
        (file.startsWith('src/stages/') && /^src\/stages\/[^/]+\//.test(target) && sameStage(file, target)) ||
        /\.css$/.test(target);
  return fine ? null : `${file} imports ${specifier} — ${law.why}`;
};

describe('imports', () => {
  it('finds the imports it is to judge', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(edges.some(({ specifier }) => specifier === 'svelte')).toBe(true);
    expect(edges.some(({ dynamic }) => dynamic)).toBe(true);
  });

  it('follow the law of the house', () => {
    expect(edges.map(broken).filter((line) => line !== null)).toEqual([]);
  });

  it('bring TensorFlow.js in only when asked for, so that it stays out of every first load', () => {
    const loaders = edges.filter(({ specifier }) => tf.test(specifier)).filter(({ dynamic, typeOnly }) => !dynamic && !typeOnly);
    // A file that loads TensorFlow.js at once must itself be loaded on demand, by everyone.
    const names = new Set(loaders.map(({ file }) => bare(file)));
    const eager = edges.filter(
      ({ target, dynamic, typeOnly }) =>
        target !== null && names.has(target) && !dynamic && !typeOnly && !names.has(target === null ? '' : bare(target)),
    );
    expect(eager.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
    for (const name of names) expect(posix.dirname(name).startsWith('workers/models/net'), name).toBe(true);
  });

  it('start workers in one place, and their hands in another', () => {
    const starters = files.filter((file) => /new (Shared)?Worker\(/.test(readFileSync(join(root, file), 'utf8')));
    expect(starters).toEqual(['src/jobs/spawn.ts', 'workers/hire.ts']);
  });

  it.each([
    ['src/core/a.ts', 'svelte', null],
    ['src/parts/a.svelte', '../store/index.js', 'src/store/index'],
    ['src/stages/clean/Screen.svelte', '../train/Screen.svelte', 'src/stages/train/Screen'],
    ['src/jobs/index.ts', '../../workers/host.js', 'workers/host'],
    ['workers/steps/a.ts', '../models/index.js', 'workers/models/index'],
    ['workers/models/tree/a.ts', '@tensorflow/tfjs-core', null],
    ['workers/kernels/a.ts', '../../src/core/matrix.js', 'src/core/matrix'],
  ])('would refuse %s → %s', (file, specifier, target) => {
    expect(broken({ file, specifier, target, dynamic: false, typeOnly: false })).not.toBeNull();
  });
});
