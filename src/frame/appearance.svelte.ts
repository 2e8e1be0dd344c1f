/** How the app looks on this device: theme and help level, kept in the settings. */
import { getSetting, putSetting } from '../project/index.js';

export type Theme = 'system' | 'light' | 'dark';

class Appearance {
  theme = $state<Theme>('system');

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
    void putSetting('theme', theme).catch(() => undefined);
  }
}

export const appearance = new Appearance();
