/** One tab at a time writes a project: a lock of the browser's, where it has them. */

export interface Claim {
  /** Whether this tab holds the project. */
  readonly mine: boolean;
  release(): void;
}

/** `lost` is called when another tab takes the project over. */
export async function claim(project: string, lost: () => void, steal = false): Promise<Claim> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (!locks) return { mine: true, release: () => undefined };
  return new Promise((resolve) => {
    let released: () => void = () => undefined;
    const held = new Promise<void>((r) => (released = r));
    let mine = false;
    locks
      .request(`tablework:${project}`, steal ? { steal: true } : { ifAvailable: true }, async (lock) => {
        mine = lock !== null;
        resolve({ mine, release: () => released() });
        if (lock) await held;
      })
      .catch(() => {
        // Stolen by another tab, or locks are refused here (an opaque origin).
        if (mine) lost();
        else resolve({ mine: true, release: () => undefined });
      });
  });
}
