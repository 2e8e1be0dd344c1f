/** How well typed letters fit a command: all words must occur; a match at the start of a word counts more, letters in order least. */
import type { Command } from './types.js';

export function commandScore(command: Command, typed: string): number {
  const text = `${command.label} ${command.section} ${command.words ?? ''}`.toLowerCase();
  let score = 1;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at === 0) score += 4;
    else if (at > 0) score += /\W/.test(text[at - 1] ?? '') ? 3 : 2;
    else if (inOrder(word, command.label.toLowerCase())) score += 0.5;
    else return 0;
  }
  return score;
}

export function matching(commands: readonly Command[], typed: string): Command[] {
  if (!typed.trim()) return [...commands];
  return commands
    .map((command, place) => ({ command, place, score: commandScore(command, typed) }))
    .filter((m) => m.score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map((m) => m.command);
}

function inOrder(letters: string, text: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return letters.length > 1;
}
