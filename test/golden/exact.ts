/**
 * How exact each family is, as one table: `npx vitest run test/golden --reporter=./test/golden/exact.ts`.
 * Errors are relative: to the largest value compared, or to each value where the golden says so (close.ts).
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Compared } from './close.js';

interface Row {
  readonly family: string;
  readonly reference: string;
  readonly tolerance: number;
  readonly quantities: Set<string>;
  readonly cases: Set<string>;
  worst: number;
}

const short = (v: number) => (v === 0 ? '0' : v.toExponential(1).replace('e-', 'e−').replace('e+', 'e'));

export default class Exact implements Reporter {
  readonly #rows = new Map<string, Row>();
  #failed = 0;
  #passed = 0;

  onTestCaseResult(test: TestCase): void {
    if (test.ok()) this.#passed++;
    else this.#failed++;
    for (const c of (test.meta() as { compared?: readonly Compared[] }).compared ?? []) {
      const key = [c.family, c.reference, c.tolerance].join('\n');
      const row = this.#rows.get(key) ?? { ...c, quantities: new Set<string>(), cases: new Set<string>(), worst: 0 };
      row.quantities.add(c.quantity);
      row.cases.add(test.id);
      row.worst = Math.max(row.worst, c.error);
      this.#rows.set(key, row);
    }
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = [...this.#rows.values()].sort(
      (a, b) => a.family.localeCompare(b.family) || a.reference.localeCompare(b.reference) || a.tolerance - b.tolerance,
    );
    const cells = [
      ['family', 'reference', 'quantities compared', 'cases', 'largest relative error', 'tolerance'],
      ['---', '---', '---', '--:', '--:', '--:'],
      ...rows.map((r) => [r.family, r.reference, [...r.quantities].join(', '), String(r.cases.size), short(r.worst), short(r.tolerance)]),
    ];
    process.stdout.write(cells.map((row) => `| ${row.join(' | ')} |`).join('\n') + '\n');
    const broken = modules.filter((m) => m.errors().length > 0);
    process.stdout.write(
      `\n${this.#passed} tests passed, ${this.#failed} failed${broken.map((m) => `; ${m.relativeModuleId} did not load`).join('')}\n`,
    );
  }
}
