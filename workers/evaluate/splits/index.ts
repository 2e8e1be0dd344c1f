/** All splits, and which one to propose. */
import { registry, type Registry } from '../../../src/core/entry.js';
import type { Split } from '../../../src/core/split.js';
import { group } from './group.js';
import { kFold } from './k-fold.js';
import { stratified } from './stratified.js';
import { time } from './time.js';

export const splits: Registry<Split> = registry<Split>(kFold, stratified, group, time);

export function splitOf(id: string): Split {
  const s = splits.get(id);
  if (!s) throw new Error(`There is no split ${id}`);
  return s;
}
