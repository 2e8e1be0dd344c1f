import { zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Hasher } from '../../src/core/key.js';
import { emptyWorkflow } from '../../src/core/workflow.js';
import { openProject, packProject, unpackProject, type ProjectParts } from '../../workers/export/project.js';

const text = (v: unknown) => new TextEncoder().encode(typeof v === 'string' ? v : JSON.stringify(v));
const parts: ProjectParts = {
  name: 'Ünïcode & co',
  workflow: { format: 'tablework/workflow', version: 1 },
  record: { looks: [] },
  raw: { name: '../odd name.csv', bytes: text('a,b\n'.repeat(5000)) },
  results: { '0123abcd': { cv: null } },
  artifacts: { '0123abcd': Uint8Array.from([1, 2, 3]) },
};
const head = { format: 'tablework/project', version: 1, name: 'x', raw: null, record: {} };
const files = (more: Zippable = {}): Zippable => ({ 'project.json': text(head), 'workflow.json': text({}), ...more });
const why = (bytes: Uint8Array): string => {
  try {
    unpackProject(bytes);
  } catch (e) {
    expect((e as { code?: string }).code).toBe('project/broken');
    return (e as { where: { why: string } }).where.why;
  }
  return 'opened';
};
/** Changes a number in the central directory's first entry, or in the end record. */
const patch = (bytes: Uint8Array, mark: number, offset: number, size: 2 | 4, value: number): Uint8Array => {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  let at = out.length - 4;
  while (view.getUint32(at, true) !== mark) at--;
  if (size === 2) view.setUint16(at + offset, value, true);
  else view.setUint32(at + offset, value, true);
  return out;
};
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

describe('project file', () => {
  it('comes back as it went, the same bytes each time', () => {
    const bytes = packProject(parts);
    expect(unpackProject(bytes)).toEqual(parts);
    expect(packProject(parts)).toEqual(bytes);
    expect(bytes.length).toBeLessThan(3000);
    expect(unpackProject(packProject({ ...parts, raw: null }))).toEqual({ ...parts, raw: null });
  });

  const good = () => zipSync(files());
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['nothing', () => new Uint8Array(0), /not a zip/],
    ['text', () => text('hello, world; this is no zip file at all'), /not a zip/],
    ['a file cut short', () => packProject(parts).subarray(0, -30), /cut off/],
    ['a file cut at its head', () => packProject(parts).subarray(10), /directory|where/],
    ['a path upwards', () => zipSync(files({ '../evil.json': text('{}') })), /safe file name/],
    ['a path upwards inside', () => zipSync(files({ 'results/../../evil.json': text('{}') })), /safe file name/],
    ['an absolute path', () => zipSync(files({ '/etc/passwd': text('x') })), /safe file name/],
    ['a drive', () => zipSync(files({ 'C:evil': text('x') })), /safe file name/],
    ['a backslash', () => zipSync(files({ 'results\\evil.json': text('{}') })), /safe file name/],
    ['a control character', () => zipSync(files({ 'results/\u0000.json': text('{}') })), /safe file name/],
    ['a stranger', () => zipSync(files({ 'autorun.exe': text('MZ') })), /no place/],
    ['a deep stranger', () => zipSync(files({ 'results/a/b.json': text('{}') })), /no place/],
    ['a forbidden key', () => zipSync(files({ 'results/__proto__.json': text('{}') })), /no place/],
    [
      'two files of one name',
      () => {
        const bytes = zipSync(files({ 'results/aa.json': text('{}'), 'results/ab.json': text('{}') }));
        for (let i = 0; i < bytes.length - 1; i++)
          if (bytes[i] === 0x61 && bytes[i + 1] === 0x62 && bytes[i + 2] === 0x2e) bytes[i + 1] = 0x61;
        return bytes;
      },
      /twice/,
    ],
    [
      'too many files',
      () => zipSync(files(Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`results/${i}.json`, new Uint8Array(0)])))),
      /20003 files/,
    ],
    ['a bomb that says so', () => zipSync(files({ 'data/raw': new Uint8Array(6e7) })), /far more/],
    ['a bomb that lies', () => patch(zipSync(files({ 'data/raw': new Uint8Array(2e7) })), CENTRAL, 24, 4, 1000), /more than it says/],
    ['a huge length', () => patch(good(), CENTRAL, 24, 4, 0xffffffff), /would unpack to/],
    ['a huge packed length', () => patch(good(), CENTRAL, 20, 4, 0xfffffff0), /past the end/],
    ['a file shorter than it says', () => patch(good(), CENTRAL, 24, 4, 5000), /less than it says/],
    ['a place outside', () => patch(good(), CENTRAL, 42, 4, 0x7fffffff), /not where/],
    ['a shared place', () => patch(good(), CENTRAL, 42, 4, 0), /two names|same bytes/],
    ['a wrong checksum', () => patch(good(), CENTRAL, 16, 4, 12345), /damaged/],
    ['encryption', () => patch(good(), CENTRAL, 8, 2, 1), /encrypted/],
    ['another packing', () => patch(good(), CENTRAL, 10, 2, 12), /not known/],
    ['a wrong count', () => patch(good(), END, 10, 2, 60), /several/],
    ['a directory elsewhere', () => patch(good(), END, 16, 4, 3), /directory/],
    ['no workflow', () => zipSync({ 'project.json': text(head) }), /workflow.json/],
    ['no head', () => zipSync({ 'workflow.json': text({}) }), /project.json/],
    ['a head that is no JSON', () => zipSync({ ...files(), 'project.json': text('{') }), /cannot be read/],
    ['a head of another kind', () => zipSync({ ...files(), 'project.json': text([1]) }), /does not say/],
    ['a workflow of the wrong type', () => zipSync({ ...files(), 'workflow.json': text('7') }), /workflow/],
    ['a record of the wrong type', () => zipSync({ ...files(), 'project.json': text({ ...head, record: 3 }) }), /record/],
    ['a version of the wrong type', () => zipSync({ ...files(), 'project.json': text({ ...head, version: '1' }) }), /version/],
    ['a newer version', () => zipSync({ ...files(), 'project.json': text({ ...head, version: 2 }) }), /newer/],
    [
      'data promised and missing',
      () => zipSync({ ...files(), 'project.json': text({ ...head, raw: { name: 'x.csv' } }) }),
      /data is missing/,
    ],
  ];
  it.each(cases)('refuses %s', (_, make, reason) => {
    expect(why(make())).toMatch(reason);
  });

  it('refuses data that its workflow was not made from', () => {
    const raw = text('a,b\n1,2\n');
    const about = (bytes: Uint8Array) => ({
      ...emptyWorkflow(),
      source: { file: 'x.csv', bytes: bytes.length, fingerprint: new Hasher().update(bytes).digest(), rows: 1, choices: {} },
    });
    const project = (workflow: unknown) => packProject({ ...parts, workflow, raw: { name: 'x.csv', bytes: raw } });
    expect(openProject(project(about(raw))).workflow).toEqual(about(raw));
    expect(() => openProject(project(about(text('a,b\n1,3\n'))))).toThrow(/not the data that its workflow was made from/);
    expect(() => openProject(project({ format: 'tablework/workflow', version: 1 }))).toThrow(/not a workflow/);
  });

  it('is refused when cut at every 97th byte', () => {
    const bytes = packProject({ ...parts, raw: null });
    for (let n = 0; n < bytes.length; n += 97) expect(why(bytes.subarray(0, n))).not.toBe('opened');
  });

  it('survives any single byte being changed', () => {
    const bytes = packProject({ ...parts, raw: null });
    for (let i = 0; i < bytes.length; i += 3) {
      const out = bytes.slice();
      out[i] = out[i]! ^ 0x55;
      // Some bytes (dates, attributes) mean nothing here; whatever opens must be what was saved.
      if (why(out) === 'opened') expect(unpackProject(out)).toEqual({ ...parts, raw: null });
    }
  });
});
