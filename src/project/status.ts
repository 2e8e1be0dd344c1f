/** How far each step is, in words and a mark, from the document and its results alone. */
import { countText } from '../core/count.js';
import { furtherOf, stageIds, type StageId } from '../core/workflow.js';
import { project } from './document.svelte.js';
import { works } from './work.svelte.js';

export type Mark = 'done' | 'needs' | 'stale' | 'warning' | 'open' | 'running';
export interface Status {
  readonly mark: Mark;
  readonly words: string;
}

const many = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

export function statusOf(stage: StageId): Status {
  const w = project.workflow;
  const { target, metric } = w.problem;
  const running = works.list.some((x) => x.active && x.topic.split(':')[0] === topicOf[stage]);
  if (running) return { mark: 'running', words: 'Working' };
  // A closed tab left this undone; the step itself offers to go on.
  if (project.pending?.kind === stage) return { mark: 'needs', words: 'Cut off, can go on' };
  switch (stage) {
    case 'problem':
      if (!w.source) return { mark: 'needs', words: 'Needs data' };
      if (!target || !metric) return { mark: 'needs', words: 'Choose a target' };
      if (project.readiness?.problem) return { mark: 'warning', words: 'Needs a mend' };
      return { mark: 'done', words: furtherOf(w).length ? `Predict ${1 + furtherOf(w).length} columns` : `Predict ${target}` };
    case 'data':
      if (!w.source) return { mark: 'needs', words: 'Needs a file' };
      return project.profile?.issues.length
        ? { mark: 'warning', words: many(project.profile.issues.length, 'notice') }
        : { mark: 'done', words: `${countText(w.source.rows)} rows` };
    case 'clean': {
      if (!w.source) return { mark: 'open', words: '' };
      const left = openWarnings().filter((x) => x.severity !== 'low').length;
      return left ? { mark: 'warning', words: `${left} to look at` } : { mark: 'done', words: 'Nothing pressing' };
    }
    case 'explore':
      return { mark: 'open', words: w.source ? many(w.columns.length, 'column') : '' };
    case 'features': {
      const live = w.recipe.filter((u) => !u.off).length;
      return live ? { mark: 'done', words: `${many(live, 'step')} in the recipe` } : { mark: 'open', words: '' };
    }
    case 'train': {
      if (!target) return { mark: 'open', words: '' };
      const models = (runs: typeof project.runs) =>
        runs.filter((r) => (r.from === 'train' || r.bytes > 0) && r.model !== 'baseline' && !r.problem).length;
      if (models(project.freshRuns)) return { mark: 'done', words: `${many(models(project.freshRuns), 'model')} trained` };
      return models(project.runs) ? { mark: 'stale', words: 'Out of date' } : { mark: 'needs', words: 'Nothing trained yet' };
    }
    case 'tune': {
      const fresh = project.freshRuns.filter((r) => r.from === 'tune').length;
      if (fresh) return { mark: 'done', words: many(fresh, 'trial') };
      return project.runs.some((r) => r.from === 'tune') ? { mark: 'stale', words: 'Out of date' } : { mark: 'open', words: '' };
    }
    case 'evaluate':
      if (project.evaluation)
        return { mark: 'done', words: `Holdout opened ${['', 'once', 'twice'][project.looksHere] || `${project.looksHere} times`}` };
      if (project.looks.length) return { mark: 'stale', words: 'Out of date' };
      return project.freshRuns.length ? { mark: 'needs', words: 'Holdout still closed' } : { mark: 'open', words: '' };
    case 'deploy':
      return project.models.length ? { mark: 'done', words: many(project.models.length, 'version') } : { mark: 'open', words: '' };
    case 'monitor': {
      const last = project.watches.at(-1);
      if (!last) return { mark: 'open', words: '' };
      return last.drifted.length
        ? { mark: 'warning', words: `${many(last.drifted.length, 'column')} drifted` }
        : { mark: 'done', words: 'No drift' };
    }
  }
}

const topicOf: Readonly<Record<StageId, string>> = {
  problem: '-',
  data: 'read',
  clean: '-',
  explore: '-',
  features: '-',
  train: 'train',
  tune: 'tune',
  evaluate: 'evaluate',
  deploy: 'export',
  monitor: 'drift',
};

/** A warning is waved away by its code and columns, so that it stays away when others come and go. */
export const warningId = (x: { code: string; columns: readonly string[] }): string => `${x.code}:${x.columns.join('|')}`;

/** Warnings not waved away and not mended by a line of the recipe or a role. */
export function openWarnings() {
  const w = project.workflow;
  const ignored = new Set(w.columns.filter((c) => c.role === 'ignore').map((c) => c.name));
  return (project.warnings ?? []).filter((x) => {
    if (w.dismissed.includes(warningId(x))) return false;
    if (x.columns.length && x.columns.every((c) => ignored.has(c))) return false;
    return !x.fixes.some((f) => {
      const fix = f.step;
      if (!fix) return false;
      return w.recipe.some((u) => !u.off && u.step === fix.step && (typeof u.on === 'string' || fix.on.every((c) => u.on.includes(c))));
    });
  });
}

/** The first step that needs the person, for “what next”. */
export const nextStage = (): StageId | null => stageIds.find((s) => ['needs', 'stale'].includes(statusOf(s).mark)) ?? null;
