/** Numbers and times from text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNumbers, NumberParser, readNumber } from '../../../workers/read/numbers.js';
import { findTimes, formatsOf, pivotOf, readTime, timeParser } from '../../../workers/read/times.js';

const parse = (text: string, mark = 46) => {
  const b = new TextEncoder().encode(text);
  return new NumberParser(mark).parse(b, 0, b.length);
};

describe('plain numbers in bytes', () => {
  it('read to the last bit as the platform reads them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (v) => Object.is(parse(String(v)), v) || v === 0),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 24 }), (m, cut) => {
        const digits = String(m < 0n ? -m : m).padStart(cut + 1, '0');
        const text = `${m < 0n ? '-' : ''}${digits.slice(0, digits.length - cut)}.${digits.slice(digits.length - cut)}`;
        return Object.is(parse(text), Number(text));
      }),
      { numRuns: 2000 },
    );
  });
  it.each(['', '-', '.', 'e5', '1e', '1.2.3', '1,5', '0x10', 'Infinity', '1 2', '--1', '1e999'])('refuse “%s”', (t) =>
    expect(parse(t)).toBeNaN(),
  );
  it('take a decimal comma', () => {
    expect(parse('-1234,5', 44)).toBe(-1234.5);
    expect(parse('0,12345678901234567890', 44)).toBe(Number('0.12345678901234567890'));
    expect(parse('1.5', 44)).toBeNaN();
  });
});

const found = (...levels: string[]) => findNumbers(levels, new Int32Array(levels.length).fill(1), undefined);

describe('numbers with marks', () => {
  it.each([
    [['1.234,56', '2,5'], { decimal: ',', thousands: '.' }, [1234.56, 2.5]],
    [['1,234.56', '1,000'], { decimal: '.', thousands: ',' }, [1234.56, 1000]],
    [['1 234,56', '12 000'], { decimal: ',', thousands: ' ' }, [1234.56, 12000]],
    [["1'234.5", '7'], { decimal: '.', thousands: "'" }, [1234.5, 7]],
    [['$1,200.00', '-$5', '($3)'], { decimal: '.', thousands: ',', prefix: '$' }, [1200, -5, -3]],
    [['5 %', '7.5%'], { decimal: '.', thousands: '', suffix: '%' }, [5, 7.5]],
    [['12,5', '1,25'], { decimal: ',', thousands: '' }, [12.5, 1.25]],
    [['1,234', '2,345,678'], { decimal: '.', thousands: ',' }, [1234, 2345678]],
  ])('%j', (levels, reading, values) => {
    const f = found(...levels)!;
    expect(f.reading).toMatchObject(reading);
    expect([...f.values]).toEqual(values);
    levels.forEach((l, k) => expect(readNumber(l, f.reading)).toBe(values[k]));
  });
  it('take 1,234 for a decimal when the file writes decimal commas', () => {
    expect(findNumbers(['1,234'], [1], ',')!.values[0]).toBe(1.234);
    expect(findNumbers(['1,234'], [1], undefined)!.values[0]).toBe(1234);
  });
});

describe('times', () => {
  const ms = (iso: string) => Date.parse(iso);
  it.each([
    ['2020-02-29', 'YYYY-MM-DD', '2020-02-29T00:00:00Z'],
    ['2020-02-29T12:30:05.250Z', 'YYYY-MM-DDTHH:mm:ss.SSSZ', '2020-02-29T12:30:05.250Z'],
    ['2020-02-29 12:30+02:00', 'YYYY-MM-DD HH:mmZ', '2020-02-29T10:30:00Z'],
    ['31.12.1999', 'D.M.YYYY', '1999-12-31T00:00:00Z'],
    ['2020/1/5', 'YYYY/M/D', '2020-01-05T00:00:00Z'],
    ['20200105', 'YYYYMMDD', '2020-01-05T00:00:00Z'],
    ['Jan 2020', 'MMM YYYY', '2020-01-01T00:00:00Z'],
    ['1-Jan-20', 'D-MMM-YY', '2020-01-01T00:00:00Z'],
    ['September 3, 2021', 'MMM D, YYYY', '2021-09-03T00:00:00Z'],
    ['1/2/2020 3:04 PM', 'M/D/YYYY h:mm A', '2020-01-02T15:04:00Z'],
  ])('%s', (text, format, iso) => {
    expect(formatsOf(text)).toContain(format);
    expect(timeParser(format)(text)).toBe(ms(iso));
    expect(readTime(text, { kind: 'time', format })).toBe(ms(iso));
  });
  it.each(['2020-02-30', '2019-02-29', '2020-13-01', '2020-1', 'x', '', '2020-01-01 25:00'])('refuse %s', (t) =>
    expect(timeParser('YYYY-MM-DD HH:mm')(t)).toBeNaN(),
  );
  it('read what they write', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (d) => timeParser('YYYY-MM-DDTHH:mm:ss.SSSZ')(d.toISOString()) === d.getTime(),
      ),
    );
  });
  const all = (levels: string[]) =>
    findTimes(
      levels,
      new Int32Array(levels.length).fill(1),
      Int32Array.from(levels, (_, k) => k),
    )!;
  it('tell day from month by evidence, and say so', () => {
    expect(all(['03/04/2020', '13/04/2020']).reading.format).toBe('D/M/YYYY');
    expect(all(['03/04/2020', '04/13/2020']).reading.format).toBe('M/D/YYYY');
    expect(all(['03/04/2020', '13/04/2020']).why).toMatch(/above 12/);
  });
  it('tell day from month by the order of rows when no day is above 12', () => {
    const f = all(['10/01/2020', '11/01/2020', '12/01/2020', '01/02/2020', '02/02/2020']);
    expect(f.reading.format).toBe('D/M/YYYY');
    expect(f.why).toMatch(/order/);
    expect(all(['01/02/2020']).why).toMatch(/cannot be told apart/);
  });
  it('place two-digit years', () => {
    expect(pivotOf(new Set([60, 75, 99, 1, 3]))).toBe(1960);
    expect(pivotOf(new Set([11, 12, 14]))).toBe(2011);
    expect(pivotOf(new Set([60, 61, 75]))).toBe(1960);
  });
  it('leave the time of day out where a row does', () => {
    expect(all(['2020-01-01', '2020-01-02 10:00:00']).fit).toBe(2);
  });
});
