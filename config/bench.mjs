/** `npm run bench`: runs every test/bench/*.bench.ts, one after another, each in a process of its own. Words after `--` choose by name, or go on to the benches. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, needPackages, node, programs, root } from './ready.mjs';

needPackages();
const folder = join(root, 'test/bench');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .sort();
const words = process.argv.slice(2);
const chosen = all.filter((file) => words.includes(file.replace('.bench.ts', '')));
const rest = words.filter((word) => !all.includes(`${word}.bench.ts`));
if (all.length === 0) giveUp('There is nothing to time.', 'Add a file test/bench/NAME.bench.ts.');

/** A fixed piece of work, so that times from two machines can be compared: read a result as so many times this. */
const yardstick = () => {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    let sum = 0;
    for (let i = 1; i <= 2e7; i++) sum += 1 / (i * i);
    return sum > 1 ? performance.now() - start : NaN;
  });
  return times.sort((a, b) => a - b)[2] ?? NaN;
};

console.log(
  `Yardstick (2·10⁷ divisions and sums): median ${yardstick().toFixed(1)} ms on Node ${process.versions.node}, ${process.platform} ${process.arch}`,
);
let failed = 0;
for (const file of chosen.length > 0 ? chosen : all) {
  console.log(`\n${file}`);
  if (!node([programs.tsx, join(folder, file), ...rest]).ok) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
