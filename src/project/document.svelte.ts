/** The one open project: its workflow with undo and redo, its results, and saving it all as it happens. */
import type { Profile, Warning } from '../core/profile.js';
import type { Catalog, Preview, Proposal, Readiness } from '../core/protocol.js';
import { Problem } from '../core/problem.js';
import { designKey, emptyWorkflow, evaluationKey, holdoutKey, type StageId, type Workflow } from '../core/workflow.js';
import type { Evaluation } from '../core/evaluation.js';
import {
  artifactKeys,
  getEvaluation,
  getHistory,
  getProject,
  listRuns,
  putProject,
  putRun,
  type Look,
  type Pending,
  type ProjectRecord,
  type Registered,
  type RunRecord,
  type Watch,
} from '../store/index.js';
import { claim, type Claim } from './claim.js';

const MOST_UNDO = 200;
/** Edits of one kind that follow each other this closely are one step of undo: typing a sentence, dragging a slider. */
const ONE_EDIT_MS = 1000;

const newId = () => crypto.getRandomValues(new Uint32Array(3)).reduce((s, n) => s + n.toString(36).padStart(7, '0'), '');

class Project {
  id = $state<string | null>(null);
  /** The document. Never changed in place: every edit is a new one, and undo is an earlier one. */
  workflow = $state.raw<Workflow>(emptyWorkflow());
  past = $state.raw<readonly Workflow[]>([]);
  future = $state.raw<readonly Workflow[]>([]);
  stage = $state<StageId>('problem');
  runs = $state.raw<readonly RunRecord[]>([]);
  looks = $state.raw<readonly Look[]>([]);
  watches = $state.raw<readonly Watch[]>([]);
  models = $state.raw<readonly Registered[]>([]);
  pending = $state.raw<Pending | null>(null);
  evaluation = $state.raw<Evaluation | null>(null);
  profile = $state.raw<Profile | null>(null);
  /** The table the profile is of: the same file may be read in another way. */
  profiled = $state<string | null>(null);
  proposal = $state.raw<Proposal | null>(null);
  readiness = $state.raw<Readiness | null>(null);
  warnings = $state.raw<readonly Warning[] | null>(null);
  preview = $state.raw<Preview | null>(null);
  catalog = $state.raw<Catalog | null>(null);
  saved = $state<'saved' | 'saving' | 'failed'>('saved');
  problem = $state.raw<Problem | null>(null);
  /** Another tab has this project open: look, but do not touch. */
  elsewhere = $state(false);

  private created = 0;
  private lastLabel = '';
  private lastEdit = 0;
  private saving: Promise<void> = Promise.resolve();
  private dirty = false;
  private claim: Claim | null = null;

  readonly design = $derived(designKey(this.workflow));
  readonly freshRuns = $derived(this.runs.filter((r) => r.design === this.design));
  readonly chosenRun = $derived(this.runs.find((r) => r.key === this.workflow.chosen) ?? null);
  readonly held = $derived(
    holdoutKey(this.workflow, (id) => !!this.catalog?.steps.some((s) => s.id === id && s.type === 'row' && s.before === 'split')),
  );
  /** Looks at the very rows that are held out now, whatever was changed after them. */
  readonly looksHere = $derived(this.looks.filter((l) => (l.held === undefined ? l.design === this.design : l.held === this.held)).length);

  /** Changes the document. Edits with the same label in quick succession are undone together. */
  edit(label: string, change: (w: Workflow) => Workflow): void {
    if (this.elsewhere) {
      this.problem = new Problem('store/elsewhere');
      return;
    }
    const next = change(this.workflow);
    if (next === this.workflow) return;
    const now = Date.now();
    if (label !== this.lastLabel || now - this.lastEdit > ONE_EDIT_MS || this.past.length === 0)
      this.past = [...this.past, this.workflow].slice(-MOST_UNDO);
    this.lastLabel = label;
    this.lastEdit = now;
    this.future = [];
    this.workflow = next;
    this.save();
  }

  /** One press is one step of undo, however many edits it takes. */
  together(work: () => void): void {
    const { past, workflow } = this;
    work();
    if (this.workflow === workflow) return;
    this.past = [...past, workflow].slice(-MOST_UNDO);
    this.lastLabel = '';
  }

  undo(): void {
    const before = this.past.at(-1);
    if (!before || this.elsewhere) return;
    this.future = [this.workflow, ...this.future];
    this.past = this.past.slice(0, -1);
    this.workflow = before;
    this.lastLabel = '';
    this.save();
  }

  redo(): void {
    const [after, ...rest] = this.future;
    if (!after || this.elsewhere) return;
    this.past = [...this.past, this.workflow];
    this.future = rest;
    this.workflow = after;
    this.lastLabel = '';
    this.save();
  }

  go(stage: StageId): void {
    this.stage = stage;
    if (this.id) this.save();
  }

  /** Starts a project around a document; what was open is saved and left. */
  async create(workflow: Workflow, more: Partial<Pick<ProjectRecord, 'looks' | 'watches' | 'models' | 'stage'>> = {}): Promise<string> {
    await this.close();
    this.id = newId();
    this.created = Date.now();
    this.workflow = workflow;
    this.stage = more.stage ?? 'problem';
    this.looks = more.looks ?? [];
    this.watches = more.watches ?? [];
    this.models = more.models ?? [];
    this.claim = await claim(this.id, () => (this.elsewhere = true));
    this.save();
    await this.saving;
    return this.id;
  }

  async open(id: string): Promise<void> {
    await this.close();
    const record = await getProject(id);
    if (!record) throw new Problem('store/no-project');
    this.id = id;
    this.stage = record.stage;
    await this.load(record);
    this.claim = await claim(id, () => (this.elsewhere = true));
    this.elsewhere = !this.claim.mine;
  }

  /** Takes in what is on the disk, all of it: what one tab forgets to read, its next save would wipe out. */
  private async load(record: ProjectRecord): Promise<void> {
    const [history, runs, kept] = await Promise.all([getHistory(record.id), listRuns(record.id), artifactKeys()]);
    const models = new Set(kept);
    this.created = record.created;
    this.workflow = record.workflow;
    this.past = history?.past ?? [];
    this.future = history?.future ?? [];
    this.lastLabel = '';
    this.looks = record.looks;
    this.watches = record.watches;
    this.models = record.models;
    this.pending = record.pending;
    // What has lost its model, or never had one, is fitted again when it is wanted.
    this.runs = runs.map((r) => (r.bytes > 0 && !models.has(r.key) ? { ...r, bytes: 0 } : r));
  }

  async close(): Promise<void> {
    await this.saving;
    this.claim?.release();
    this.claim = null;
    this.id = null;
    this.workflow = emptyWorkflow();
    this.past = this.future = [];
    this.runs = this.looks = this.watches = this.models = [];
    this.pending = this.evaluation = this.profiled = this.profile = this.proposal = this.readiness = this.warnings = this.preview = null;
    this.elsewhere = false;
    this.problem = null;
    this.stage = 'problem';
  }

  /** Take the project over from the other tab. */
  async takeOver(): Promise<void> {
    const id = this.id;
    if (!id) return;
    this.claim?.release();
    this.claim = await claim(id, () => (this.elsewhere = true), true);
    const record = await getProject(id);
    if (record) await this.load(record);
    this.elsewhere = !this.claim.mine;
    this.problem = null;
  }

  /** Keeps a finished run. When the disk refuses it, it stays in sight, and the person is told. */
  async addRun(made: RunRecord): Promise<void> {
    // A trial with the settings of a model that is fitted already does not take its fit away: the key says that it is the same one.
    const fitted = this.runs.find((r) => r.key === made.key && r.bytes > 0 && !r.problem && !r.stopped);
    const run = fitted && made.bytes === 0 && !made.problem ? { ...made, bytes: fitted.bytes, curve: fitted.curve } : made;
    try {
      await putRun(run);
    } catch (error) {
      this.refused(error);
    }
    if (run.project === this.id) this.runs = [...this.runs.filter((r) => r.key !== run.key), run];
  }

  addLook(look: Look): void {
    this.looks = [...this.looks, look];
    this.save();
  }
  addWatch(watch: Watch): void {
    this.watches = [...this.watches, watch];
    this.save();
  }
  setModels(models: readonly Registered[]): void {
    if (this.elsewhere) {
      this.problem = new Problem('store/elsewhere');
      return;
    }
    this.models = models;
    this.save();
  }
  setPending(pending: Pending | null): void {
    this.pending = pending;
    this.save();
  }

  /** Fetches the verdict on the chosen run, if there is one for the document as it stands. */
  async loadEvaluation(): Promise<void> {
    const run = this.chosenRun;
    const wanted = this.workflow;
    const found = run && run.design === this.design ? await getEvaluation(evaluationKey(wanted, run.key)) : undefined;
    if (this.workflow === wanted) this.evaluation = found ?? null;
  }

  /** When all that was changed is on the disk. */
  async settled(): Promise<void> {
    await this.saving;
  }

  /** Writes the present state; while one write is under way the next waits and takes the newest. */
  save(): void {
    if (!this.id || this.elsewhere) return;
    this.saved = 'saving';
    if (this.dirty) return;
    this.dirty = true;
    this.saving = this.saving.then(async () => {
      this.dirty = false;
      const id = this.id;
      if (!id) return;
      const record: ProjectRecord = {
        id,
        name: this.workflow.name,
        created: this.created,
        updated: Date.now(),
        stage: this.stage,
        workflow: this.workflow,
        looks: this.looks,
        watches: this.watches,
        models: this.models,
        pending: this.pending,
      };
      try {
        await putProject(record, { id, past: this.past, future: this.future });
        if (!this.dirty) this.saved = 'saved';
      } catch (error) {
        this.refused(error);
      }
    });
  }

  private refused(error: unknown): void {
    this.saved = 'failed';
    this.problem =
      error instanceof Problem ? error : new Problem('store/closed', { why: error instanceof Error ? error.message : String(error) });
  }
}

export const project = new Project();
