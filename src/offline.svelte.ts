/** Whether the app works without a network yet, and whether a newer version waits. */

interface Verdict {
  readonly ok: boolean;
  readonly files: number;
  readonly wrong: readonly string[];
}

export class Offline {
  /** True only when the service worker is active and has compared every file in its cache with the build's list. */
  ready = $state(false);
  /** Another version is complete on this device and starts when `update` is called or all tabs are closed. */
  updateWaiting = $state(false);
  /** Why it cannot work offline here; '' when it can or when it is not known yet. */
  whyNot = $state('');

  #registration: ServiceWorkerRegistration | null = null;
  #updating = false;

  async start(): Promise<void> {
    if (import.meta.env.MODE === 'single') {
      this.ready = true; // the whole app is the file that is open
      return;
    }
    if (import.meta.env.DEV) return; // the development server has no list of files
    if (!('serviceWorker' in navigator)) {
      this.whyNot = 'This browser keeps no apps for offline use at this address.';
      return;
    }
    try {
      navigator.serviceWorker.addEventListener('controllerchange', () => {
        if (this.#updating) location.reload();
      });
      this.#registration = await navigator.serviceWorker.register('./sw.js', { scope: './', updateViaCache: 'none' });
      this.#watch(this.#registration);
      const { active } = await navigator.serviceWorker.ready;
      if (active === null) return;
      const verdict = await ask(active);
      this.ready = verdict.ok;
      if (!verdict.ok)
        this.whyNot = `${String(verdict.wrong.length)} of ${String(verdict.files)} files are missing from this device’s cache.`;
    } catch (error) {
      this.whyNot = error instanceof Error ? error.message : String(error);
    }
  }

  /** Changes to the waiting version: the page loads again once it has taken over. */
  update(): void {
    this.#updating = true;
    this.#registration?.waiting?.postMessage('update');
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const look = (): void => {
      this.updateWaiting = registration.waiting !== null && registration.active !== null;
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  }
}

const ask = (worker: ServiceWorker): Promise<Verdict> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<Verdict>) => {
      port1.close();
      resolve(event.data);
    };
    worker.postMessage('verify', [port2]);
  });

export const offline = new Offline();
