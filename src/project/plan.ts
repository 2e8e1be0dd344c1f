/** What is asked, of which rows, from which columns, through which steps: edits of the document. */
import type { Use } from '../core/step.js';
import { type ColumnPlan, furtherOf, type FurtherTarget, type Workflow } from '../core/workflow.js';
import * as jobs from '../jobs/index.js';
import { project } from './document.svelte.js';

export async function chooseTarget(name: string): Promise<void> {
  const proposal = await jobs.ask(
    'propose',
    { ...project.workflow, problem: { ...project.workflow.problem, target: null, task: null, positive: null, success: null } },
    name,
  );
  project.proposal = proposal;
  const { question, use, harm } = project.workflow.problem;
  project.edit('target', (w) => ({
    ...w,
    columns: proposal.columns,
    problem: { ...proposal.problem, question, use, harm, whyTarget: '' },
    split: proposal.split,
    chosen: null,
  }));
}

export async function chooseTask(task: 'class' | 'number'): Promise<void> {
  const asked: Workflow = { ...project.workflow, problem: { ...project.workflow.problem, task, whyTask: '', metric: null, success: null } };
  const proposal = await jobs.ask('propose', asked);
  project.edit('task', (w) => ({ ...w, problem: { ...proposal.problem, whyTask: '' }, split: proposal.split, chosen: null }));
}

export const setProblem = (label: string, part: Partial<Workflow['problem']>): void =>
  project.edit(label, (w) => ({ ...w, problem: { ...w.problem, ...part } }));
export const setSplit = (part: Partial<Workflow['split']>): void =>
  project.edit('split', (w) => ({ ...w, split: { ...w.split, ...part } }));
export const setColumn = (name: string, part: Partial<ColumnPlan>): void =>
  project.edit(`column ${name}`, (w) => {
    const changed = { ...w, columns: w.columns.map((c) => (c.name === name ? { ...c, why: '', ...part } : c)) };
    return part.role === undefined ? changed : { ...changed, problem: withoutFurther(changed.problem, name) };
  });

// ---- further targets

/** Without a word of further targets where the last is gone. */
function withoutFurther({ also, chain, ...problem }: Workflow['problem'], name: string): Workflow['problem'] {
  const left = (also ?? []).filter((t) => t.target !== name);
  return left.length ? { ...problem, also: left, ...(chain === undefined ? {} : { chain }) } : problem;
}
const editFurther = (label: string, change: (also: readonly FurtherTarget[]) => readonly FurtherTarget[]): void =>
  project.edit(label, (w) => ({ ...w, problem: { ...w.problem, also: change(furtherOf(w)) } }));

/** Predicts one more column; it is a feature no longer. */
export async function addFurther(name: string): Promise<void> {
  const found = await jobs.ask('further', project.workflow, name);
  project.edit(`add further target ${name}`, (w) =>
    name === w.problem.target || furtherOf(w).some((t) => t.target === name)
      ? w
      : {
          ...w,
          columns: w.columns.map((c) => (c.name === name ? { ...c, role: 'target', why: '' } : c)),
          problem: { ...w.problem, also: [...furtherOf(w), found] },
        },
  );
}
/** Another task brings the metric and the positive class that go with it. */
export async function setFurther(name: string, part: Partial<Omit<FurtherTarget, 'target'>>): Promise<void> {
  const found = part.task ? await jobs.ask('further', project.workflow, name, part.task) : part;
  editFurther(`further target ${name}`, (also) => also.map((t) => (t.target === name ? { ...t, ...found } : t)));
}
/** Predicted no longer: it gets the role it would have by itself. */
export const dropFurther = (name: string): void => {
  const own = project.profile?.columns.find((c) => c.name === name)?.suggestion ?? { role: 'feature' as const, why: '' };
  setColumn(name, { role: own.role, why: own.why });
};
/** One place earlier in the chain. */
export const raiseFurther = (name: string): void =>
  editFurther('order of targets', (also) => {
    const at = also.findIndex((t) => t.target === name);
    return at < 1 ? also : [...also.slice(0, at - 1), also[at]!, also[at - 1]!, ...also.slice(at + 1)];
  });

/** The target gets another role: then there is none, and what hung on it is open again. */
export const dropTarget = (role: ColumnPlan['role']): void =>
  project.edit('target', (w) => ({
    ...w,
    columns: w.columns.map((c) => (c.name === w.problem.target ? { ...c, role, why: '' } : c)),
    problem: { ...w.problem, target: null, task: null, positive: null, metric: null, success: null, whyTarget: '', whyTask: '' },
    chosen: null,
  }));
export const rename = (name: string): void => project.edit('name', (w) => ({ ...w, name }));

// ---- the recipe

const freeId = (w: Workflow): string => {
  let i = w.recipe.length + 1;
  while (w.recipe.some((u) => u.id === `s${i}`)) i++;
  return `s${i}`;
};
export const addStep = (use: Omit<Use, 'id'>): void =>
  project.edit(`add step ${freeId(project.workflow)}`, (w) => ({ ...w, recipe: [...w.recipe, { ...use, id: freeId(w) }] }));
export const changeStep = (id: string, part: Partial<Use>): void =>
  project.edit(`step ${id}`, (w) => ({ ...w, recipe: w.recipe.map((u) => (u.id === id ? { ...u, ...part } : u)) }));
export const removeStep = (id: string): void =>
  project.edit(`remove step ${id}`, (w) => ({ ...w, recipe: w.recipe.filter((u) => u.id !== id) }));
export const moveStep = (id: string, by: number): void =>
  project.edit(`move step ${id}`, (w) => {
    const from = w.recipe.findIndex((u) => u.id === id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= w.recipe.length) return w;
    const recipe = [...w.recipe];
    const [use] = recipe.splice(from, 1);
    recipe.splice(to, 0, use!);
    return { ...w, recipe };
  });
export const dismiss = (what: string): void => project.edit(`dismiss ${what}`, (w) => ({ ...w, dismissed: [...w.dismissed, what] }));
