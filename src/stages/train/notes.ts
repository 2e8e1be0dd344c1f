/** What models said of themselves: every fold says its own, so what begins alike is one group. */

export interface NoteGroup {
  readonly begins: string;
  readonly all: readonly string[];
}

/** Up to its first colon, else the whole note. */
const beginning = (note: string): string => /^[^:.]{3,60}(?=:\s)/.exec(note)?.[0] ?? note;

/** In the order in which each group first spoke. */
export function noteGroups(notes: readonly string[]): readonly NoteGroup[] {
  const groups = new Map<string, string[]>();
  for (const note of notes) {
    const begins = beginning(note);
    const group = groups.get(begins);
    if (group) group.push(note);
    else groups.set(begins, [note]);
  }
  return [...groups].map(([begins, all]) => ({ begins, all }));
}
