/** What the members of a combined model are called. */
import type { Artifact } from '../src/core/artifact.js';
import { usual as stacking } from './models/combined/stacking.js';
import { usual as voting } from './models/combined/voting.js';
import { models } from './models/index.js';

/** The models that a combined one asks, by name; none for any other. */
export function membersOf({ model, target }: Pick<Artifact, 'model' | 'target'>): readonly string[] {
  if (model.id !== 'voting' && model.id !== 'stacking') return [];
  const told = model.params['members'];
  const ids = Array.isArray(told) ? told.map((m) => (m as { readonly model?: unknown } | null)?.model) : [];
  const asked = ids.length ? ids : { voting, stacking }[model.id][target.task];
  return asked.map((id) => (typeof id === 'string' && models.get(id)?.label) || 'Model');
}
