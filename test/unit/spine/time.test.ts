/** Times as text and back, in any time zone. */
import { expect, test } from 'vitest';
import { timeOf, timeText } from '../../../src/core/table.js';

test('what is written is read back, as UTC', () => {
  for (const ms of [
    0,
    Date.UTC(2024, 1, 29),
    Date.UTC(2024, 1, 29, 23, 59),
    Date.UTC(1969, 5, 1, 4, 5, 6),
    Date.UTC(2030, 0, 1, 0, 0, 0, 7),
  ])
    expect(timeOf(timeText(ms))).toBe(ms);
  expect([timeOf('2024'), timeOf('2024-03')]).toEqual([Date.UTC(2024, 0), Date.UTC(2024, 2)]);
  expect(timeOf('2024-03-10 02:30')).toBe(Date.UTC(2024, 2, 10, 2, 30));
});
test('anything else is no time', () => {
  for (const text of ['', '5', 'May 2024', '2024-13-01', '2024-03-10 25:00', '10.03.2024']) expect(timeOf(text)).toBeNaN();
});
