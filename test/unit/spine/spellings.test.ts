/** A target spelt in several ways: what is offered to mend it makes one class of each spelling, from the file to the model and to new files. */
import { expect, test } from 'vitest';
import type { ReadChoices, Reading } from '../../../src/core/profile.js';
import { designKey, emptyWorkflow, openWorkflow, type Workflow } from '../../../src/core/workflow.js';
import { Guide } from '../../../workers/context.js';
import { makeDesign } from '../../../workers/design.js';
import { checkDrift } from '../../../workers/drift.js';
import { profileTable, warnings } from '../../../workers/profile/index.js';
import { propose } from '../../../workers/propose.js';
import { readTable } from '../../../workers/read/index.js';
import { openArtifact, predictTable, readFor } from '../../../workers/serve.js';
import { trainSeveral } from '../../../workers/several.js';
import { defaultTrial } from '../../../workers/study.js';
import { bytesOf } from './made.js';

/** Whoever is over 40 passes; “yes” is written in four ways, “no” in two. Blanks around a cell are dropped as it is read. */
const YES = [' yes ', 'Yes', 'yes', 'YES', 'yes.'];
const rows = Array.from({ length: 120 }, (_, i) => {
  const age = 20 + ((i * 37) % 41);
  return [age, age > 40 ? YES[i % 5]! : i % 3 ? 'no' : 'NO'] as const;
});
const bytes = new TextEncoder().encode(`age,passed\n${rows.map(([age, passed]) => `${age},"${passed}"`).join('\n')}\n`);

async function read(choices: ReadChoices) {
  const result = await readTable(bytes, 'exam.csv', choices);
  const { table } = result;
  const profile = profileTable(result, 'exam.csv', bytes.length);
  const bare: Workflow = {
    ...emptyWorkflow('exam'),
    source: { file: 'exam.csv', bytes: bytes.length, fingerprint: result.fingerprint, rows: table.rows, choices },
  };
  const { columns, problem, split } = propose(table, profile, bare, 'passed');
  const w: Workflow = { ...bare, columns, problem, split };
  const found = warnings(table, profile, { target: 'passed', task: 'class' }).find((x) => x.code === 'inconsistent-spellings');
  return { w, table, readings: result.readings, why: result.whys.passed, found };
}

test('the finding offers to read each class in its commonest spelling', async () => {
  const { w, table, found } = await read({});
  expect(makeDesign(table, w).target).toMatchObject({ levels: ['NO', 'YES', 'Yes', 'no', 'yes', 'yes.'] });
  expect(found?.fixes).toEqual([
    { label: 'Treat as one', readings: { passed: { spellings: { NO: 'no', YES: 'yes', Yes: 'yes', 'yes.': 'yes' } } } },
  ]);
});

test('read so, there are two classes, wherever the target is looked at, and in the model', async () => {
  const before = await read({});
  const columns = before.found!.fixes[0]!.readings!;
  const { w, table, readings, why, found } = await read({ columns });
  expect(found).toBeUndefined();
  expect(why).toContain('2 different values in 120 rows');
  expect(why).toContain('4 spellings read as another');
  expect(w.problem).toMatchObject({ positive: 'yes', task: 'class' });
  // Results on the old classes are out of date; the document opens as it was saved.
  expect(designKey(w)).not.toBe(designKey(before.w));
  expect(openWorkflow(JSON.parse(JSON.stringify(w)))).toEqual(JSON.parse(JSON.stringify(w)));
  for (const spellings of ['yes', [1], { Yes: 1 }])
    expect(() =>
      openWorkflow({ ...w, source: { ...w.source, choices: { columns: { passed: { spellings } as unknown as Reading } } } }),
    ).toThrow();

  const d = makeDesign(table, w);
  const { target } = d;
  if (target.task !== 'class') throw new Error('classes were expected');
  expect(target.levels).toEqual(['no', 'yes']);
  rows.forEach(([age], i) => expect(target.levels[target.y[i]!]).toBe(age > 40 ? 'yes' : 'no'));

  const made = await trainSeveral(d, readings, defaultTrial('decision-tree'), new Guide(), { fit: true, from: 'train' });
  const a = openArtifact(bytesOf(made.artifact!));
  expect(a.target).toMatchObject({ levels: ['no', 'yes'], positive: 'yes', spellings: columns.passed!.spellings });
  // The very file again: every row counts, in whatever spelling, and all are right.
  const again = await readFor(a, bytes, 'again.csv');
  expect(checkDrift(a, again.table).performance).toMatchObject({ metric: 'accuracy', rows: 120, value: 1 });
  expect(predictTable(a, again).head.names).toContain('probability_yes');
});

test('a further target keeps what was chosen for it only while that makes sense', async () => {
  const also = (positive: string | null, metric: string) => [{ target: 'passed', task: 'class', positive, metric }] as const;
  const asked = async (choices: ReadChoices, before: ReturnType<typeof also>) => {
    const result = await readTable(bytes, 'exam.csv', choices);
    const profile = profileTable(result, 'exam.csv', bytes.length);
    const empty = emptyWorkflow('exam');
    return propose(result.table, profile, { ...empty, problem: { ...empty.problem, also: before } }, 'age').problem.also;
  };
  const columns = { passed: { spellings: { NO: 'no', YES: 'yes', Yes: 'yes', 'yes.': 'yes' } } };
  expect(await asked({ columns }, also(null, 'accuracy'))).toEqual(also('yes', 'accuracy'));
  expect(await asked({ columns }, also('no', 'f1'))).toEqual(also('no', 'f1'));
  expect(await asked({}, also('no', 'f1'))).toMatchObject([{ positive: null, metric: expect.not.stringMatching(/^f1$/) as string }]);
});

test('a feature may be read so, too, and is in a new file', async () => {
  const text = (cells: readonly string[]) => new TextEncoder().encode(`size,y\n${cells.map((c, i) => `${c},${i % 2}`).join('\n')}\n`);
  const cells = Array.from({ length: 40 }, (_, i) => ['S', 's', 'L', 'NA'][i % 4]!);
  const first = await readTable(text(cells), 'a.csv', { columns: { size: { spellings: { s: 'S' } } } });
  expect(first.table.columns[0]).toMatchObject({ kind: 'category', levels: ['L', 'S'] });
  expect(first.readings.size).toMatchObject({ spellings: { s: 'S' }, missing: ['NA'] });
  const second = await readTable(text(['s', 'S', 'L']), 'b.csv', { columns: { size: first.readings.size! } });
  expect(second.table.columns[0]).toMatchObject({ levels: ['L', 'S'], codes: Int32Array.of(1, 1, 0) });
});
