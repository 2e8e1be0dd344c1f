/** Says what was done, with a way to take it back as long as nothing else has been changed since. */
import { toast } from '../parts/index.js';
import { project } from '../project/index.js';

/** Call right after the edit. */
export function saidWithUndo(text: string): void {
  const after = project.workflow;
  toast({
    text,
    action: {
      label: 'Undo',
      run: () => {
        if (project.workflow === after) project.undo();
        else toast({ text: 'More was changed since. Undo in the top bar takes back one change after the other.' });
      },
    },
  });
}
