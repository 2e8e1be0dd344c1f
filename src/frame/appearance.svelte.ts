/** How the app looks on this device: theme and help level, kept in the settings. */
import { getSetting, putSetting } from '../project/index.js';

export type Theme = 'system' | 'light' | 'dark';

class Appearance {
  theme = $state<Theme>('system');

  /** At once, before the first picture: the database answers only after it, which would flash the other theme. */
  early(): void {
    try {
      const theme = localStorage.getItem('theme');
      if (theme === 'light' || theme === 'dark') this.set(theme);
    } catch {
      // Storage is shut off: the theme of the system it is, until the settings are read.
    }
  }
  async load(): Promise<void> {
    this.set((await getSetting<Theme>('theme')) ?? 'system');
  }
  set(theme: Theme): void {
    this.theme = theme;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
  choose(theme: Theme): void {
    this.set(theme);
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // See early().
    }
    void putSetting('theme', theme).catch(() => undefined);
  }
}

export const appearance = new Appearance();
