/** What a table is like: a profile of every column, warnings with mends, and pictures of columns and pairs. */
import type { ColumnProfile, Profile } from '../../src/core/profile.js';
import type { Dialect, Issue, Reading } from '../../src/core/profile.js';
import type { Table } from '../../src/core/table.js';
import { profileColumn } from './column.js';
import { duplicates } from './duplicates.js';

export { associations, describeColumn, describePair, targetRelations } from './pictures.js';
export { warnings } from './warnings.js';
export { profileColumn };

/** What reading gave, as far as it is passed on. */
export interface Read {
  readonly table: Table;
  readonly dialect: Dialect;
  readonly readings: Readonly<Record<string, Reading>>;
  readonly whys: Readonly<Record<string, string>>;
  readonly issues: readonly Issue[];
  readonly fingerprint: string;
  readonly seconds: number;
  readonly sampledFrom?: number;
}

export function profileTable(read: Read, file: string, bytes: number): Profile {
  const columns: ColumnProfile[] = read.table.columns.map((c) =>
    profileColumn(c, read.readings[c.name] ?? { kind: c.kind }, read.whys[c.name] ?? ''),
  );
  return {
    file,
    bytes,
    fingerprint: read.fingerprint,
    dialect: read.dialect,
    rows: read.table.rows,
    columns,
    issues: read.issues,
    duplicateRows: duplicates(read.table).count,
    readSeconds: read.seconds,
    ...(read.sampledFrom === undefined ? {} : { sampledFrom: read.sampledFrom }),
  };
}
