/** The engine from a terminal: reads, calls, prints. It holds no logic of its own. */
import { Problem } from '../src/core/problem.js';
import { commands } from './lab/commands.js';
import { readArguments } from './lab/arguments.js';

const [name = '', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

try {
  if (!command) throw new Problem('lab/no-command', { command: name, known: Object.keys(commands).join(', ') });
  const args = readArguments(rest);
  const { json, table, code = 0 } = await command(args);
  process.stdout.write(args.flag('json') ? `${JSON.stringify(json)}\n` : `${table}\n`);
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  const { code, message, hint } = error;
  process.stderr.write(`${JSON.stringify({ problem: { code, message, hint } })}\n`);
  process.exitCode = 1;
}
