/** The names of what a form only numbers: columns of the matrix, their levels, and the classes of the target. */
import type { Artifact } from '../../../src/core/artifact.js';

export interface Naming {
  readonly columns: readonly string[];
  /** Level names of each category column; empty for quantities. */
  readonly categories: readonly (readonly string[])[];
  /** Classes of the target; empty for a number. */
  readonly levels: readonly string[];
  /** “age ≤ 12.5”; of a column of 0 and 1 that came from a category, “town is not Ulm”. */
  compares(column: number, threshold: number): string;
}

/** Six digits are what a person can read, and what tells neighbouring thresholds apart. */
const digits = (v: number) => String(Number(v.toPrecision(6)));

export function namingOf(a: Pick<Artifact, 'features' | 'recipe' | 'target'>): Naming {
  const aligned = a.recipe.findLast((f) => f.step === 'align-levels')?.state as { levels?: readonly (readonly string[])[] } | undefined;
  const hot = a.recipe.filter((f) => f.step === 'one-hot').flatMap((f) => f.on);
  const from = (name: string) => hot.find((on) => name.startsWith(`${on}=`));
  return {
    columns: a.features,
    categories: a.features.map((_, j) => aligned?.levels?.[j] ?? []),
    levels: a.target.levels,
    compares(j, threshold) {
      const name = a.features[j] ?? String(j);
      const on = threshold > 0 && threshold < 1 ? from(name) : undefined;
      if (on !== undefined) return `${on} is not ${name.slice(on.length + 1)}`;
      return `${name} ≤ ${digits(threshold)}`;
    },
  };
}
