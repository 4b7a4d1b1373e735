import { createHash } from 'node:crypto';
import type { ScoringRow } from './trees.ts';

/** A fixed order of `0 .. length-1` that has nothing to do with the rows: sorted by the hash of the position. */
function shuffledPositions(length: number): number[] {
  const keys = Array.from({ length }, (_, i) => createHash('sha256').update(String(i)).digest('hex'));
  return keys.map((_, i) => i).sort((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1));
}

/**
 * How much does a model lean on each feature? Permutation importance: the rise of the loss when the feature's values are
 * dealt out to other rows, as a share of all rises (they add up to 1; a feature that does not matter has 0).
 *
 * @param loss of the model on rows, lower is better
 */
export function permutationImportance<Row extends ScoringRow>(
  names: readonly string[],
  rows: readonly Row[],
  loss: (rows: readonly Row[]) => number,
): Readonly<Record<string, number>> {
  const order = shuffledPositions(rows.length);
  const base = loss(rows);
  const rises = names.map((name) => {
    const dealt = rows.map((row, i) => ({
      ...row,
      features: { ...row.features, [name]: rows[order[i] ?? i]?.features[name] },
    }));
    return Math.max(0, loss(dealt) - base);
  });
  const total = rises.reduce((sum, rise) => sum + rise, 0);
  return Object.fromEntries(names.map((name, i) => [name, total > 0 ? (rises[i] ?? 0) / total : 0]));
}
