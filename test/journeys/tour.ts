/** The stops of the tour: each brings the app to a state worth a picture. `npm run tour` takes every stop in light and dark, wide and narrow. */
import type { App } from './app.js';

export interface Stop {
  /** Name of the picture. */
  readonly name: string;
  /** Starts from where the stop before it ended. */
  readonly go: (app: App) => Promise<void>;
}

export const stops: readonly Stop[] = [
  {
    name: 'home',
    go: async ({ page }) => {
      await page.locator('main').first().waitFor();
    },
  },
];
