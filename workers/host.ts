/** The workers' end of the wire: expose an API, carry Problems whole, keep news rare. */
import * as Comlink from 'comlink';
import { Problem } from '../src/core/problem.js';

interface Thrown {
  readonly value: unknown;
}

const isThrown = (v: unknown): v is Thrown => typeof v === 'object' && v !== null && 'value' in v;

/** Comlink's own handler drops `code` and `where` on the way; this one keeps them. The page's end makes a Problem of it again. */
const handler = Comlink.transferHandlers.get('throw');
if (handler) {
  Comlink.transferHandlers.set('throw', {
    ...handler,
    serialize(thrown: unknown) {
      const value = isThrown(thrown) ? thrown.value : thrown;
      const error = value instanceof Error ? value : new Error(String(value));
      const plain = { message: error.message, name: error.name, stack: error.stack ?? '' };
      return [{ isError: true, value: value instanceof Problem ? { ...plain, code: value.code, where: value.where } : plain }, []];
    },
  });
}

export const expose = (api: object): void => Comlink.expose(api);

/** Marks a freshly made buffer to be moved, not copied. */
export const moved = <T extends object>(value: T, buffers: Transferable[]): T => Comlink.transfer(value, buffers);
