/** CSV files made to hurt: each is read with its faults counted and placed, or refused by name. Nothing is lost in silence. */
import { describe, expect, it } from 'vitest';
import type { Issue, ReadChoices } from '../../../src/core/profile.js';
import { cellText, columnOf, type Column } from '../../../src/core/table.js';
import { readTable } from '../../../workers/read/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string | Uint8Array, choices: ReadChoices = {}) =>
  readTable(typeof text === 'string' ? bytes(text) : text, 'x.csv', choices);
const column = (r: Awaited<ReturnType<typeof read>>, name: string): Column => {
  const c = columnOf(r.table, name);
  if (!c) throw new Error(`no column ${name}: ${r.table.columns.map((x) => x.name).join(', ')}`);
  return c;
};
const cells = (r: Awaited<ReturnType<typeof read>>, name: string) => Array.from({ length: r.rows }, (_, i) => cellText(column(r, name), i));
const issue = (r: Awaited<ReturnType<typeof read>>, code: Issue['code']) => r.issues.find((i) => i.code === code);
const many = (n: number, row: (i: number) => string) => Array.from({ length: n }, (_, i) => row(i)).join('\n');

describe('refused by name', () => {
  it.each([
    ['nothing', '', 'read/empty'],
    ['blank lines only', '\n\n  \n', 'read/empty'],
    ['a byte-order mark only', '\ufeff', 'read/empty'],
    ['a header only', 'a,b,c\n', 'read/no-rows'],
  ])('%s', async (_, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'Problem', code });
  });
  it.each([
    ['PNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2], /PNG/],
    ['ZIP or xlsx', [0x50, 0x4b, 0x03, 0x04, 20, 0, 6, 0], /ZIP|xlsx/],
    ['PDF', [0x25, 0x50, 0x44, 0x46, 0x2d], /PDF/],
    ['control bytes', Array.from({ length: 400 }, (_, i) => (i * 7) % 31), /binary/],
  ])('%s called .csv', async (_, raw, message) => {
    await expect(read(Uint8Array.from(raw))).rejects.toMatchObject({
      code: 'read/binary',
      message: expect.stringMatching(message) as string,
    });
  });
  it('an encoding that nobody knows', async () => {
    await expect(read('a,b\n1,2\n', { encoding: 'klingon-8' })).rejects.toMatchObject({ code: 'read/unknown-encoding' });
  });
  it('a file beyond what memory holds, before reading it', async () => {
    const huge = { size: 3e9, slice: () => new Blob([]) } as unknown as Blob;
    await expect(readTable(huge, 'x.csv', {})).rejects.toMatchObject({ code: 'read/too-large' });
  });
  it('a reading that is cancelled', async () => {
    await expect(readTable(bytes('a,b\n1,2\n'), 'x.csv', {}, () => Promise.resolve(false))).rejects.toMatchObject({
      code: 'read/cancelled',
    });
  });
});

describe('encodings', () => {
  const text = 'name,n\nMüller,1\n李,2\nŞahin,3\n';
  const wide = (little: boolean, mark: boolean) => {
    const units = [...(mark ? '\ufeff' : '')].concat([...text]).join('');
    const out = new Uint8Array(units.length * 2);
    const view = new DataView(out.buffer);
    for (let i = 0; i < units.length; i++) view.setUint16(2 * i, units.charCodeAt(i), little);
    return out;
  };
  it.each([
    ['UTF-8', bytes(text), 'utf-8', false],
    ['UTF-8 with mark', bytes('\ufeff' + text), 'utf-8', true],
    ['UTF-16 LE with mark', wide(true, true), 'utf-16le', true],
    ['UTF-16 BE with mark', wide(false, true), 'utf-16be', true],
    ['UTF-16 LE without mark', wide(true, false), 'utf-16le', false],
    ['UTF-16 BE without mark', wide(false, false), 'utf-16be', false],
  ])('%s', async (_, raw, encoding, bom) => {
    const r = await read(raw);
    expect(r.dialect).toMatchObject({ encoding, bom });
    expect(cells(r, 'name').sort()).toEqual(['Müller', '李', 'Şahin'].sort());
    expect(cells(r, 'n')).toEqual(['1', '2', '3']);
  });
  it('bytes that are not UTF-8 are Windows-1252', async () => {
    const r = await read(Uint8Array.from([...bytes('price,n\n'), 0xa3, 0x35, 0x2c, 0x31, 10, 0x80, 0x36, 0x2c, 0x32, 10]));
    expect(r.dialect.encoding).toBe('windows-1252');
    expect(cells(r, 'price')).toEqual(['£5', '€6']);
  });
  it('also when they come late in a large file', async () => {
    const head = 'name,n\n' + many(200000, (i) => `row ${i % 7},${i}`) + '\n';
    const raw = new Uint8Array(head.length + 4);
    raw.set(bytes(head));
    raw.set([0xe9, 0x2c, 0x31, 10], head.length);
    const r = await read(raw);
    expect(r.dialect.encoding).toBe('windows-1252');
    expect(cells(r, 'name').at(-1)).toBe('é');
  });
  it('one broken byte among much sound UTF-8 is damage, and is told', async () => {
    const r = await read(Uint8Array.from([...bytes('name,n\n' + many(100, (i) => `é,${i}`) + '\nx'), 0xff, ...bytes(',5\n')]));
    expect(r.dialect.encoding).toBe('utf-8');
    expect(issue(r, 'bad-encoding')).toBeDefined();
  });
  it('NUL bytes are dropped and told', async () => {
    const r = await read('a,b\n1,2\n3\u0000,4\n');
    expect(cells(r, 'a')).toEqual(['1', '3']);
    expect(issue(r, 'null-byte')).toMatchObject({ count: 1, line: 3 });
  });
});

describe('shapes', () => {
  it.each([
    [';', 'a;b;c\n1,5;x;2\n2,5;y;3\n'],
    ['\t', 'a\tb\tc\n1,5\tx, y\t2\n2,5\ty\t3\n'],
    ['|', 'a|b|c\n1|x|2\n2|y|3\n'],
    [' ', '1  2.5   3\n4  5.5   6\n7  8.5   9\n'],
    [',', 'a\n1\n2\n'],
  ])('delimiter %j', async (delimiter, text) => expect((await read(text)).dialect.delimiter).toBe(delimiter));
  it('single quotes, when double ones never quote', async () => {
    const r = await read("a,b\n1,'x, y'\n2,'z'\n3,'w'\n");
    expect(r.dialect.quote).toBe("'");
    expect(cells(r, 'b')).toEqual(['x, y', 'z', 'w']);
  });
  it('CR-only line ends', async () => expect(cells(await read('a,b\r1,2\r3,4\r'), 'b')).toEqual(['2', '4']));
  it('CR LF, and blank lines anywhere', async () =>
    expect(cells(await read('\r\na,b\r\n\r\n1,2\r\n\r\n3,4\r\n\r\n'), 'b')).toEqual(['2', '4']));
  it('newlines inside quotes', async () => expect(cells(await read('a,b\n"x\ny",1\n"z",2\n'), 'a')).toEqual(['x\ny', 'z']));
  it('no header', async () => {
    const r = await read('5.1,3.5,a\n4.9,3.0,b\n4.7,3.2,a\n');
    expect(r.dialect.header).toBe(false);
    expect(r.table.columns.map((c) => c.name)).toEqual(['column_1', 'column_2', 'column_3']);
  });
  it('titles above the header', async () => {
    const r = await read('Sales of 2020\nmade by hand\n\nday,n,price\n2020-01-01,1,2.5\n2020-01-02,2,3.5\n2020-01-03,2,3.5\n');
    expect(r.dialect.skip).toBe(3);
    expect(cells(r, 'price')).toEqual(['2.5', '3.5', '3.5']);
  });
  it('a footer', async () => {
    const r = await read('city,n,price\nA,1,2\nB,2,3\nC,3,4\n\nSource: our own counting\n');
    expect(r.rows).toBe(3);
    expect(issue(r, 'footer')).toMatchObject({ line: 6, example: 'Source: our own counting' });
  });
  it('short rows padded, long rows cut, both with their lines', async () => {
    const r = await read('a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12,,\n13,14,15\n');
    expect(cells(r, 'c')).toEqual(['3', '', '8', '12', '15']);
    expect(issue(r, 'too-few-fields')).toMatchObject({ count: 1, lines: [3] });
    expect(issue(r, 'too-many-fields')).toMatchObject({ count: 1, lines: [4] });
  });
  it('ragged rows without a header widen the table', async () => {
    const r = await read('milk,bread\nmilk\nbeer,milk,bread,soap\nbread,milk\nmilk,bread\n');
    expect(r.table.columns).toHaveLength(4);
    expect(r.rows).toBe(5);
  });
  it('empty and repeated names', async () => {
    const r = await read('a,,a,a\n1,2,3,4\n5,6,7,8\n');
    expect(r.table.columns.map((c) => c.name)).toEqual(['a', 'column_2', 'a_2', 'a_3']);
    expect(issue(r, 'empty-name')).toMatchObject({ column: 'column_2', line: 1 });
    expect(r.issues.filter((i) => i.code === 'duplicate-name').map((i) => i.column)).toEqual(['a_2', 'a_3']);
  });
  it('a delimiter at the end of every line, or of the header alone', async () => {
    for (const text of ['a,b,\n1,2,\n3,4,\n', 'a,b,\n1,2\n3,4\n']) {
      const r = await read(text);
      expect(r.table.columns.map((c) => c.name)).toEqual(['a', 'b']);
      expect(issue(r, 'empty-column')).toBeDefined();
      expect(issue(r, 'too-few-fields')).toBeUndefined();
    }
  });
  it('row names without a name above them', async () => {
    const r = await read('height,weight\nann,170,60\nbob,180,70\ncid,175,80\n');
    expect(cells(r, 'weight')).toEqual(['60', '70', '80']);
    expect(cells(r, 'column_1')).toEqual(['ann', 'bob', 'cid']);
  });
  it('the header again in the middle, and a second line of names', async () => {
    const again = await read('a,b\n1,2\na,b\n3,4\n');
    expect(cells(again, 'a')).toEqual(['1', '3']);
    expect(issue(again, 'second-header')).toMatchObject({ line: 3 });
    const second = await read('answer,sex\nResponse,Choice\n' + many(40, (i) => `${i % 2 ? 'yes' : 'no'},${i % 3 ? 'f' : 'm'}`) + '\n');
    expect(second.rows).toBe(41);
    expect(issue(second, 'second-header')).toMatchObject({ line: 2 });
  });
  it('an open quote costs its own line at most', async () => {
    const r = await read('a,b\n1,x\n2,"y\n' + many(500, (i) => `${i},z`) + '\n');
    expect(r.rows).toBe(502);
    expect(issue(r, 'open-quote')).toMatchObject({ line: 3 });
    expect(cells(r, 'b').slice(0, 3)).toEqual(['x', 'y', 'z']);
  });
  it('a header of two thousand columns', async () => {
    const r = await read(
      many(1, () => Array.from({ length: 2000 }, (_, j) => `f${j}`).join(',')) +
        '\n' +
        many(3, (i) => Array.from({ length: 2000 }, (_, j) => i + j).join(',')) +
        '\n',
    );
    expect(r.table.columns).toHaveLength(2000);
    expect(cells(r, 'f1999')).toEqual(['1999', '2000', '2001']);
  });
});

describe('kinds', () => {
  it('all tokens for missing', async () => {
    const r = await read(
      'n,c\n' + many(60, (i) => `${i},${i % 2 ? 'a' : 'b'}`) + '\nNA,\nN/A,n/a\n,NULL\nnull,None\n#N/A,NaN\n?,missing\n-,null\n',
    );
    expect(column(r, 'n').kind).toBe('number');
    expect(cells(r, 'n').slice(60)).toEqual(['', '', '', '', '', '', '']);
    expect(cells(r, 'c').slice(60)).toEqual(['', '', '', '', '', '', '']);
  });
  it('“-” among names is missing only when it stands alone among them', async () => {
    expect(cells(await read('a,b\nx,1\ny,2\nz,3\n-,4\n'), 'a')).toEqual(['x', 'y', 'z', '']);
    expect(cells(await read('a,b\n+,1\n-,2\n+,3\n-,4\n'), 'a')).toEqual(['+', '-', '+', '-']);
  });
  it('rare junk in a column of numbers is missing, and told; much junk makes it names', async () => {
    const rare = await read('n\n' + many(2000, (i) => (i === 1500 ? 'oops' : String(i))) + '\n');
    expect(column(rare, 'n').kind).toBe('number');
    expect(issue(rare, 'not-a-number')).toMatchObject({ count: 1, line: 1502, example: 'oops', column: 'n' });
    expect(rare.whys.n).toMatch(/99\.95 %/);
    const much = await read('n,m\n' + many(300, (i) => `${i % 9 ? i % 20 : 'low'},1`) + '\n');
    expect(column(much, 'n').kind).toBe('category');
    expect(cells(much, 'n').slice(0, 3)).toEqual(['low', '1', '2']);
  });
  it('junk that comes after the head still counts: nothing of the text is lost', async () => {
    const r = await read('n,m\n' + many(300000, (i) => (i < 250000 ? `${i % 10},x` : `level ${i % 5},x`)) + '\n');
    expect(column(r, 'n').kind).toBe('category');
    expect(cells(r, 'n')[299999]).toBe('level 4');
    expect(cells(r, 'n')[13]).toBe('3');
  });
  it('ids stay text: leading zeros and digits beyond 2⁵³', async () => {
    const r = await read(
      'zip,card,n\n' + many(50, (i) => `${String(i * 37).padStart(5, '0')},${'4929' + String(i).padStart(15, '0')},${i}`) + '\n',
    );
    expect(cells(r, 'zip')[1]).toBe('00037');
    expect(cells(r, 'card')[1]).toBe('4929000000000000001');
    expect(r.whys.zip).toMatch(/leading zeros/);
    expect(column(r, 'n').kind).toBe('number');
  });
  it('some numbers beyond 2⁵³ stay numbers, and it is said', async () => {
    const r = await read('n,m\n' + many(20, (i) => `${i === 7 ? '9007199254740993' : i},1`) + '\n');
    expect(column(r, 'n').kind).toBe('number');
    expect(r.whys.n).toMatch(/2⁵³/);
  });
  it('decimal commas with semicolons', async () => {
    const r = await read('a;b;c\n1,5;1.234,50;x\n2,25;12,00;y\n3;7,1;z\n');
    expect(r.dialect.decimal).toBe(',');
    expect(cells(r, 'a')).toEqual(['1.5', '2.25', '3']);
    expect(cells(r, 'b')).toEqual(['1234.5', '12', '7.1']);
  });
  it('money, shares and thousands', async () => {
    const r = await read('p,q,t\n"$1,234.50",5%,"1,000"\n$2.00,7.5%,"12,500"\n$3.10,,"2,000,000"\n');
    expect(r.table.columns.map((c) => c.kind)).toEqual(['number', 'number', 'number']);
    expect(cells(r, 'p')).toEqual(['1234.5', '2', '3.1']);
    expect(cells(r, 't')).toEqual(['1000', '12500', '2000000']);
  });
  it('dates in many forms', async () => {
    const r = await read(
      'iso,us,de,full,month,compact\n' +
        many(
          28,
          (i) =>
            `2020-02-${String(i + 1).padStart(2, '0')},2/${i + 1}/2020,${i + 1}.2.2020,2020-02-01T10:00:${String(i).padStart(2, '0')}Z,Feb 2020,202002${String(i + 1).padStart(2, '0')}`,
        ) +
        '\n',
    );
    expect(r.table.columns.map((c) => c.kind)).toEqual(['time', 'time', 'time', 'time', 'time', 'time']);
    for (const n of ['iso', 'us', 'de', 'compact']) expect(cells(r, n)[27]).toBe('2020-02-28');
    expect(r.readings.us!.format).toBe('M/D/YYYY');
    expect(r.readings.de!.format).toBe('D.M.YYYY');
  });
  it('unix times and years stay numbers; booleans are categories', async () => {
    const r = await read('t,year,b\n1577836800,1999,true\n1577836860,2000,false\n1577836920,2001,true\n');
    expect(r.table.columns.map((c) => c.kind)).toEqual(['number', 'number', 'category']);
  });
  it('what a person chooses wins', async () => {
    const r = await read('a,b,d\n1,x,01/02/2020\n2,5,03/04/2020\n', {
      columns: { a: { kind: 'category' }, b: { kind: 'number' }, d: { kind: 'time', format: 'D/M/YYYY' } },
    });
    expect(r.table.columns.map((c) => c.kind)).toEqual(['category', 'number', 'time']);
    expect(cells(r, 'd')).toEqual(['2020-02-01', '2020-04-03']);
    expect(issue(r, 'not-a-number')).toMatchObject({ column: 'b', line: 2 });
    expect(cells(await read('x y\n1,5\n', { header: false, delimiter: ';' }), 'column_1')).toEqual(['x y', '1,5']);
  });
  it('an even sample of rows', async () => {
    const r = await read('i,c\n' + many(1000, (i) => `${i},x`) + '\n', { sample: 100 });
    expect(r).toMatchObject({ rows: 100, sampledFrom: 1000 });
    const gaps = cells(r, 'i').map(Number);
    expect(Math.max(...gaps.map((v, k) => v - (gaps[k - 1] ?? v - 10)))).toBe(10);
    expect((await read('i\n1\n2\n', { sample: 100 })).sampledFrom).toBeUndefined();
  });
});

describe('the same file', () => {
  it('reads the same as bytes and as a Blob, and has one fingerprint', async () => {
    const text = 'a,b\n' + many(50, (i) => `${i},"x ${i % 3}"`) + '\n';
    const a = await read(text);
    const b = await readTable(new Blob([text]), 'x.csv', {});
    expect(b.table).toEqual(a.table);
    expect(b.fingerprint).toBe(a.fingerprint);
    expect((await read(text + '\n')).fingerprint).not.toBe(a.fingerprint);
  });
});
