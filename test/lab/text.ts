/** Short tables for people. */
export function rows(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, j) => Math.max(...cells.map((r) => r[j]?.length ?? 0)));
  return cells
    .map((r) =>
      r
        .map((c, j) => c.padEnd(widths[j] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
