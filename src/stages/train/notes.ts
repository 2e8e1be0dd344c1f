/** What models said of themselves: every fold says its own, so what begins alike is one group. */

export interface NoteGroup {
  readonly begins: string;
  readonly all: readonly string[];
}

/** Up to its first colon, else the whole note. */
const beginning = (note: string): string => /^[^:.]{3,60}(?=:\s)/.exec(note)?.[0] ?? note;

/** Where it was computed, by the names a person knows. */
const places: Readonly<Record<string, string>> = { cpu: 'On the processor', webgpu: 'On the graphics card', webgl: 'On the graphics card' };
const spoken = (note: string): string =>
  note.replace(/^Backend: (\w+), /, (all, backend: string) => (places[backend] ? `${places[backend]}: ` : all));

/** In the order in which each group first spoke. */
export function noteGroups(notes: readonly string[]): readonly NoteGroup[] {
  const groups = new Map<string, string[]>();
  for (const note of notes.map(spoken)) {
    const begins = beginning(note);
    const group = groups.get(begins);
    if (group) group.push(note);
    else groups.set(begins, [note]);
  }
  return [...groups].map(([begins, all]) => ({ begins, all }));
}
