/** Takes the tour: `npm run tour`, or `npm run tour -- home light wide` for a part of it. Pictures go to tour/. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../config/ready.mjs';
import { openApp } from './app.js';
import { stops } from './tour.js';

const folder = join(root, 'tour');
mkdirSync(folder, { recursive: true });

const schemes = ['light', 'dark'] as const;
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const words = process.argv.slice(2);
const wanted = (name: string, all: readonly string[]) => !words.some((word) => all.includes(word)) || words.includes(name);
const names = stops.map(({ name }) => name);
// Stops build on each other, so a part of the tour still passes through all that come before.
const last = Math.max(...names.map((name, i) => (wanted(name, names) ? i : -1)));

let failed = 0;
for (const colorScheme of schemes.filter((scheme) => wanted(scheme, schemes))) {
  for (const [size, viewport] of Object.entries(sizes).filter(([name]) => wanted(name, Object.keys(sizes)))) {
    const app = await openApp('server', { viewport, colorScheme, reducedMotion: 'reduce' });
    for (const { name, go } of stops.slice(0, last + 1)) {
      const file = `${name}-${colorScheme}-${size}.png`;
      try {
        await go(app);
        if (wanted(name, names)) await app.page.screenshot({ path: join(folder, file) });
        console.log(`tour/${file}`);
      } catch (error) {
        failed++;
        await app.page.screenshot({ path: join(folder, `FAILED-${file}`) });
        console.error(`tour/FAILED-${file}: ${error instanceof Error ? error.message : String(error)}`);
        break; // what follows would start from the wrong place
      }
    }
    for (const error of app.errors) console.error(`  ${error}`);
    failed += app.errors.length + app.foreign.length;
    await app.close();
  }
}
process.exitCode = failed === 0 ? 0 : 1;
