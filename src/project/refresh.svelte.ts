/** Keeps what is computed about the open project up to date: asks again when the part of the document it hangs on has changed. */
import { untrack } from 'svelte';
import { canonical, tableKeyOf } from '../core/workflow.js';
import { ask } from '../jobs/index.js';
import { loadProfile } from './bring.js';
import { project } from './document.svelte.js';

/** Long enough to let a burst of edits pass, short enough to feel immediate. */
const PAUSE_MS = 150;

/** Call once, while the frame is being set up. */
export function keepFresh(): void {
  // Asks when `key` changes; an answer that comes too late is dropped.
  const follow = (key: () => string | null, work: (stillWanted: () => boolean) => Promise<void>) => {
    $effect(() => {
      const wanted = key();
      if (wanted === null) return;
      let live = true;
      const timer = setTimeout(() => {
        untrack(() => work(() => live)).catch((error: unknown) => {
          if (live) console.error(error);
        });
      }, PAUSE_MS);
      return () => {
        live = false;
        clearTimeout(timer);
      };
    });
  };
  const sourceKey = () => {
    const { id, workflow: w } = project;
    return id && w.source ? `${id} ${w.source.fingerprint} ${canonical(w.source.choices)}` : null;
  };

  follow(
    // Undo may take back a reading, and the profile with it.
    () => (sourceKey() && project.profiled !== tableKeyOf(project.workflow) ? sourceKey() : null),
    async () => loadProfile(),
  );
  follow(
    () => (sourceKey() && project.profile ? `${sourceKey()} ${project.design} ${project.workflow.problem.target}` : null),
    async (live) => {
      const w = project.workflow;
      const readiness = await ask('readiness', w);
      if (live()) project.readiness = readiness;
      const warnings = await ask('warnings', w);
      if (live()) project.warnings = warnings;
      if (readiness.problem) {
        if (live()) project.preview = null;
        return;
      }
      const preview = await ask('preview', w);
      if (live()) project.preview = preview;
    },
  );
  $effect(() => {
    // The verdict hangs on the run chosen and on what is asked of it.
    void [project.workflow.chosen, project.workflow.problem, project.design, project.runs];
    untrack(() => void project.loadEvaluation());
  });
}
