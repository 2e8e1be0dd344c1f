/** The whole gallery: nothing is wider than a phone, and axe finds nothing serious in either theme. */
import axe from 'axe-core';
import { tick } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../../../src/theme.css';
import ChartsGallery from './ChartsGallery.svelte';
import PartsGallery from './PartsGallery.svelte';

afterEach(() => {
  delete document.documentElement.dataset['theme'];
});

for (const [name, Gallery] of [
  ['parts', PartsGallery],
  ['charts', ChartsGallery],
] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`${name}, ${theme}: no serious or critical violation`, async () => {
      await page.viewport(1280, 900);
      document.documentElement.dataset['theme'] = theme;
      await render(Gallery);
      await tick();
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
      const found = violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map(
          (v) =>
            `${v.id}: ${v.nodes
              .slice(0, 3)
              .map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? ''}`)
              .join(' | ')}`,
        );
      expect(found).toEqual([]);
    });
  }
  test(`${name}: fits 360 px`, async () => {
    await page.viewport(360, 800);
    await render(Gallery);
    await tick();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  });
}
