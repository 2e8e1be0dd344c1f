/** How far a job is, on standard error, and only for a person who sits in front of it. */
import { Guide } from '../../workers/context.js';

export const told = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

/** On the CPU, always: there the same seed gives the same bytes. */
export const guide = (): Guide =>
  new Guide((news) => {
    if (news.kind === 'progress') told(`${Math.round(news.done * 100)} % ${news.label}`);
  }, 'cpu');
