/**
 * Reading speed: `npx tsx test/bench/read.bench.ts [rows]` makes a mixed table of a fixed seed (20 columns, ≈ 130 bytes a row),
 * reads it three times and prints the median MB/s and the peak memory. With a file name it reads that file instead.
 */
import { openAsBlob } from 'node:fs';
import { random } from '../../src/core/random.js';
import { readTable } from '../../workers/read/index.js';

const asked = process.argv[2] ?? '200000';

function made(rows: number): Blob {
  const u = random(1);
  const words = ['alpha', 'bravo', 'charlie', 'delta', 'écho'];
  const pieces = [`id,time,day,${Array.from({ length: 13 }, (_, j) => `x${j}`).join(',')},region,code,note,ok\n`];
  for (let i = 0; i < rows;) {
    let text = '';
    for (const end = Math.min(rows, i + 5000); i < end; i++) {
      const x = Array.from({ length: 13 }, (_, j) => (u() < 0.02 ? '' : (u() * 10 ** (j % 5)).toFixed(j % 7)));
      const word = () => words[Math.floor(u() * 5)]!;
      const note = i % 50 === 0 ? `"${word()}, ""${word()}"""` : `${word()} ${word()}`;
      const when = new Date(1.5e12 + i * 157e3).toISOString().slice(0, 19);
      text += `${i},${when},${1 + Math.floor(u() * 28)}/${1 + Math.floor(u() * 12)}/2020,${x.join(',')},${word()},P${Math.floor(u() * 5000)},${note},${u() < 0.5}\n`;
    }
    pieces.push(text);
  }
  return new Blob(pieces);
}

const main = async () => {
  const blob = /^\d+$/.test(asked) ? made(Number(asked)) : await openAsBlob(asked);
  const speeds: number[] = [];
  let peak = 0;
  for (let k = 0; k < 3; k++) {
    const r = await readTable(blob, asked, {});
    speeds.push(r.bytes / 1e6 / r.seconds);
    // Of the first reading: later ones come before the garbage of earlier ones is gone. In KiB.
    peak ||= process.resourceUsage().maxRSS;
    console.log(`${r.rows} rows, ${(r.bytes / 1e6).toFixed(1)} MB, ${r.seconds.toFixed(2)} s`);
  }
  speeds.sort((a, b) => a - b);
  console.log(
    `median ${speeds[1]!.toFixed(1)} MB/s; peak memory ${(peak / 1024).toFixed(0)} MiB, ${((peak * 1024) / blob.size).toFixed(1)} × file`,
  );
};
void main();
