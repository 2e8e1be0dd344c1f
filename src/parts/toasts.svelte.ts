/** Short messages that pass: said once, gone after a while, held while pointed at. */
import type { Action } from './types.js';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'good' | 'warn' | 'bad';
  readonly action?: Action;
}

let last = 0;
const shown = $state<Toast[]>([]);
export const toasts: readonly Toast[] = shown;

/** Returns a function that takes it away. What must not be missed belongs in a Notice. */
export function toast(t: { text: string; tone?: Toast['tone']; action?: Action }): () => void {
  const id = ++last;
  shown.push({ id, tone: 'info', ...t });
  if (shown.length > 4) shown.shift();
  return () => dismiss(id);
}

export function dismiss(id: number): void {
  const at = shown.findIndex((t) => t.id === id);
  if (at >= 0) shown.splice(at, 1);
}
