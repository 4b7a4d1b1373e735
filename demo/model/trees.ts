/** The boosted trees of the demo's models: rows of features in, numbers out. */

import {
  fitBoostedTrees,
  predictBoostedTrees,
  type BoostingOptions,
} from '../../core/boosting/boosted-trees.ts';
import { binWith, learnBins, type FeatureBins } from '../../core/boosting/feature-bins.ts';
import { readTrees, storeTrees, type StoredTrees } from '../../core/boosting/stored-trees.ts';
import { sampleOf, type SampleColumn } from '../../core/multivariate/sample.ts';
import type { ColumnKind } from '../../core/profile/grid.ts';

/** One row as it comes back from Postgres: features of any kind (possibly missing), and what happened. */
export interface TrainingRow {
  readonly features: Readonly<Record<string, unknown>>;
  readonly actual: number | string;
}

/** What a model is asked about: the actual is not known yet. */
export type ScoringRow = Pick<TrainingRow, 'features'>;

/** Plain data. */
export interface FeatureTrees {
  readonly bins: readonly FeatureBins[];
  readonly trees: StoredTrees;
}

/** Fits trees to a target, one number a row; the same rows give the same trees. */
export function fitTrees(
  features: Readonly<Record<string, ColumnKind>>,
  rows: readonly ScoringRow[],
  target: Float64Array,
  options: BoostingOptions,
): FeatureTrees {
  const columns = columnsOf(
    Object.entries(features).map(([name, kind]) => ({ name, kind })),
    rows,
  );
  const bins = columns.map((column) => learnBins(column));
  const binned = bins.map((each, i) => binWith(each, columns[i]!));
  return { bins, trees: storeTrees(fitBoostedTrees(binned, target, everyRow(rows), options)) };
}

/** What the trees say of each row, in the unit of their loss. A missing value and a new level are answered too. */
export function scoreWithTrees({ bins, trees }: FeatureTrees, rows: readonly ScoringRow[]): Float64Array {
  const columns = columnsOf(bins, rows);
  const binned = bins.map((each, i) => binWith(each, columns[i]!));
  return predictBoostedTrees(readTrees(trees), binned, everyRow(rows));
}

function columnsOf(
  wanted: readonly { readonly name: string; readonly kind: ColumnKind }[],
  rows: readonly ScoringRow[],
): readonly SampleColumn[] {
  return sampleOf(
    wanted,
    rows.map(({ features }, time) => ({ time, values: wanted.map(({ name }) => features[name]) })),
  ).columns;
}

function everyRow(rows: readonly ScoringRow[]): Int32Array {
  return Int32Array.from(rows, (_, row) => row);
}
