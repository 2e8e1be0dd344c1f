/** A model at work on files that look otherwise than the one it learnt from. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/core/artifact.js';
import { Problem } from '../../../src/core/problem.js';
import { random } from '../../../src/core/random.js';
import { emptyWorkflow } from '../../../src/core/workflow.js';
import { checkDrift } from '../../../workers/drift.js';
import { makeDesign } from '../../../workers/design.js';
import { Guide } from '../../../workers/context.js';
import { profileTable } from '../../../workers/profile/index.js';
import { propose } from '../../../workers/propose.js';
import { readTable } from '../../../workers/read/index.js';
import { train } from '../../../workers/run.js';
import { predictRow, predictTable, readFor } from '../../../workers/serve.js';
import { defaultTrial } from '../../../workers/study.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const day = (i: number) => new Date(Date.UTC(2023, 0, 1 + i));
const iso = (d: Date) => d.toISOString().slice(0, 10);

let a: Artifact;
beforeAll(async () => {
  const u = random(3);
  const lines = ['size,code,city,seen,price'];
  for (let i = 0; i < 150; i++) {
    const size = (20 + 80 * u()).toFixed(2);
    const city = ['Ulm', 'Köln', 'Bonn'][i % 3]!;
    lines.push(`${size},${1 + (i % 4)},${city},${iso(day(i))},${(Number(size) * 3 + (city === 'Ulm' ? 50 : 0) + i / 10).toFixed(3)}`);
  }
  const result = await readTable(bytes(`${lines.join('\n')}\n`), 'homes.csv', { columns: { code: { kind: 'category' } } });
  const profile = profileTable(result, 'homes.csv', result.bytes);
  const bare = {
    ...emptyWorkflow('homes'),
    source: { file: 'homes.csv', bytes: 1, fingerprint: result.fingerprint, rows: 150, choices: {} },
  };
  const p = propose(result.table, profile, bare, 'price');
  const d = makeDesign(result.table, { ...bare, columns: p.columns, problem: p.problem, split: p.split });
  const readings = Object.fromEntries(profile.columns.map((c) => [c.name, c.reading]));
  const made = await train(d, readings, defaultTrial('linear'), new Guide(() => undefined, 'cpu'), { fit: true, from: 'train' });
  a = made.artifact!;
});

async function answers(file: string | Uint8Array) {
  const made = predictTable(a, await readFor(a, typeof file === 'string' ? bytes(file) : file, 'new.csv'));
  const lines = (await made.csv.text()).trimEnd().split('\r\n');
  const header = lines[0]!.split(',');
  const at = header.indexOf('predicted_price');
  return { ...made, header, lines, values: lines.slice(1).map((l) => (l.split(',').at(at) === '' ? null : Number(l.split(',').at(at)))) };
}
const same = (x: readonly (number | null)[], y: readonly (number | null)[]) => x.forEach((v, i) => expect(v).toBeCloseTo(y[i]!, 9));

const plain = 'size,code,city,seen\n50.5,1,Ulm,2023-03-04\n70.25,2,Bonn,2023-02-01\n';

describe('the same rows in other clothes', () => {
  test('the columns of training come with a reading each', () => {
    expect(a.inputs.map((i) => [i.name, i.kind])).toEqual([
      ['size', 'number'],
      ['code', 'category'],
      ['city', 'category'],
      ['seen', 'time'],
    ]);
  });
  test.each([
    ['reordered, with more columns', 'seen,why,city,size,code\n2023-03-04,=1+1,Ulm,50.5,1\n2023-02-01,x,Bonn,70.25,2\n'],
    ['semicolons, decimal commas, days first', 'size;code;city;seen\n50,5;1;Ulm;04.03.2023\n70,25;2;Bonn;01.02.2023\n'],
    ['tabs and American dates', 'size\tcode\tcity\tseen\n50.5\t1\tUlm\t3/4/2023\n70.25\t2\tBonn\t2/1/2023\n90\t2\tBonn\t12/31/2023\n'],
    ['money signs', 'size,code,city,seen\n$50.50,1,Ulm,2023-03-04\n$70.25,2,Bonn,2023-02-01\n'],
    ['names in capitals with blanks', ' SIZE ,Code,CITY,Seen\n50.5,1,Ulm,2023-03-04\n70.25,2,Bonn,2023-02-01\n'],
  ])('%s', async (_, text) => {
    same((await answers(text)).values.slice(0, 2), (await answers(plain)).values);
  });
  test('another encoding', async () => {
    const text = 'size,code,city,seen\n50.5,1,Köln,2023-03-04\n';
    const latin = Uint8Array.from(text, (c) => c.charCodeAt(0));
    const utf16 = new Uint8Array(2 + 2 * text.length);
    utf16.set([0xff, 0xfe]);
    [...text].forEach((c, i) => utf16.set([c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8], 2 + 2 * i));
    const { values } = await answers(text);
    same((await answers(latin)).values, values);
    same((await answers(utf16)).values, values);
  });
  test('what changed is said', async () => {
    const { notes } = await answers('size;code;city;seen\n50,5;1;Ulm;04.03.2023\n70,25;2;Bonn;01.02.2023\n');
    expect(notes.join(' ')).toMatch(/“size” is written in another way.*“,”/);
    expect(notes.join(' ')).toMatch(/“seen” is written in another way.*D\.M\.YYYY/);
    expect((await answers(plain)).notes).toEqual([]);
  });
});

describe('what is not as it was', () => {
  test('a missing column is named, with how many', async () => {
    const error = await answers('size,code\n1,2\n').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).code).toBe('predict/missing-columns');
    expect((error as Problem).message).toContain('“city”, “seen”');
  });
  test('no rows are refused', async () => {
    await expect(answers('size,code,city,seen\n')).rejects.toMatchObject({ code: 'read/no-rows' });
  });
  test('an unseen level, a number that is none and an empty row', async () => {
    const made = await answers(
      'size,code,city,seen,id\n50.5,1,Atlantis,2023-03-04,a\nlarge,1,Ulm,2023-03-04,b\n,,,,c\n50.5,1,Ulm,2023-03-04,d\n',
    );
    expect(made.rows).toBe(4);
    expect(made.ok).toBe(3);
    expect(made.refused).toEqual([{ row: 3, why: 'every input is missing' }]);
    expect(made.values[2]).toBeNull();
    expect(made.values.filter((v) => v !== null).every(Number.isFinite)).toBe(true);
    expect(made.notes.join(' ')).toMatch(/“city” has values that were not in training: “Atlantis” in 1 row/);
    expect(made.notes.join(' ')).toMatch(/1 cell of “size” cannot be read and counts as missing/);
  });
  test('a category of digits stays one when all of it looks like numbers', async () => {
    const { values } = await answers('size,code,city,seen\n50.5,3,Ulm,2023-03-04\n');
    const row = await predictRow(a, { size: '50.5', code: '3', city: 'Ulm', seen: '2023-03-04' });
    same(values, [row.value]);
  });
});

test('columns of the file come first, untouched where the model does not use them, and none can run in a spreadsheet', async () => {
  const made = await answers('id,size,code,city,seen,=cmd,predicted_price\n007,50.5,1,Ulm,2023-03-04,=HYPERLINK(1),@x\n');
  expect(made.header).toEqual([
    'id',
    'size',
    'code',
    'city',
    'seen',
    "'=cmd",
    'predicted_price',
    'predicted_price_2',
    'predicted_price_low_90',
    'predicted_price_high_90',
  ]);
  expect(made.lines[1]).toMatch(/^007,50\.5,1,Ulm,2023-03-04,'=HYPERLINK\(1\),'@x,\d/);
});

test('drift knows columns by their loose names and reads them as in training', async () => {
  const text = [
    'SIZE;code;city;seen;price',
    ...Array.from(
      { length: 60 },
      (_, i) => `${20 + ((i * 13) % 80)},5;${1 + (i % 4)};${['Ulm', 'Köln', 'Bonn'][i % 3]};${iso(day(i))};${150 + i},5`,
    ),
  ];
  const report = checkDrift(a, (await readFor(a, bytes(text.join('\n')), 'later.csv')).table);
  expect(report.schema.missing).toEqual([]);
  expect(report.columns.map((c) => c.name)).toEqual(['size', 'code', 'city', 'seen']);
  expect(report.performance?.rows).toBe(60);
});
