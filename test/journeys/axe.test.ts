/** Every step in every state of its life, light and dark, by the rules of axe: nothing serious, nothing critical. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp, type App } from './app.js';
import { clean, picture } from './ends.js';
import { stops } from './tour.js';

let app: App;
beforeAll(async () => {
  app = await openApp('server', { reducedMotion: 'reduce' });
});
afterAll(() => app.close());

it('finds nothing serious at any stop of the tour', async ({ task }) => {
  const found: string[] = [];
  for (const { name, go } of stops) {
    try {
      await go(app);
    } catch (error) {
      await picture(app, task.name);
      throw new Error(`The stop “${name}” was not reached: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    await app.page.evaluate(() => {
      // A colour on its way to another has a contrast that nobody reads.
      const still = new CSSStyleSheet();
      still.replaceSync('*, ::before, ::after { transition: none !important; }');
      document.adoptedStyleSheets = [still];
    });
    for (const colorScheme of ['light', 'dark'] as const) {
      await app.page.emulateMedia({ colorScheme });
      const rules = new AxeBuilder({ page: app.page }).setLegacyMode(true);
      // Names, roles and order are the same in the dark; only what is seen differs.
      if (colorScheme === 'dark') rules.withRules('color-contrast');
      const { violations } = await rules.analyze();
      for (const v of violations) {
        if (v.impact !== 'serious' && v.impact !== 'critical') continue;
        found.push(
          `${name}, ${colorScheme}: ${v.id} (${v.impact}) ${v.nodes
            .slice(0, 3)
            .map((n) => n.html.slice(0, 140))
            .join(' ; ')}`,
        );
      }
    }
    await app.page.emulateMedia({ colorScheme: 'light' });
  }
  expect([...new Set(found)]).toEqual([]);
  await app.longTasks(); // axe's own
  await clean(app, task.name);
});
