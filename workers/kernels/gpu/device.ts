/** The way to a graphics card: one device a worker, asked for once; what went wrong with it is remembered. */

export interface Gpu {
  readonly device: GPUDevice;
  /** Settles, with the reason, when the device goes away. */
  readonly lost: Promise<string>;
}

/** WebGPU names its constants only where it is there; these are their values (WebGPU §5.1, §5.3, §8.1). */
export const usage = { mapRead: 1, copySource: 4, copyTo: 8, uniform: 64, storage: 128 } as const;
export const READ = 1;
export const COMPUTE = 4;

let asked: Promise<Gpu | string> | null = null;

/** What a name of a driver says that works on the processor: as many threads as it has cores, and slower than our own loops. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software|\bcpu\b/i;

/**
 * The device, or why there is none. A processor that plays the graphics card counts as none, unless `software` allows it
 * (for tests). A device that went away is not asked for again.
 */
export function gpuDevice(software = false): Promise<Gpu | string> {
  asked ??= request(software);
  return asked;
}

/** From now on there is none. */
export function giveUpGpu(why: string): void {
  const had = asked;
  asked = Promise.resolve(why);
  void had?.then((gpu) => typeof gpu !== 'string' && gpu.device.destroy());
}

/** Tests alone: the next one who asks gets a fresh answer. */
export function forgetGpu(): void {
  asked = null;
}

async function request(software: boolean): Promise<Gpu | string> {
  const none = 'no GPU is to be had on this device';
  if (typeof navigator === 'undefined' || !('gpu' in navigator) || !navigator.gpu) return none;
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return none;
    // Browsers before 2025 have the flag on the adapter.
    const info = adapter.info as GPUAdapterInfo | undefined;
    const fallback = info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false;
    const called = info ? `${info.vendor} ${info.architecture} ${info.device} ${info.description}` : '';
    if (!software && (fallback || SOFTWARE.test(called))) return 'what this browser offers as a GPU is the processor itself';
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
    const lost = device.lost.then(({ message }) => `the GPU went away${message ? ` (${message})` : ''}`);
    void lost.then((why) => {
      asked = Promise.resolve(why);
    });
    return { device, lost };
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}
