/** What becomes of a column. */

import type { ColumnKind } from '../../core/profile/grid.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import type { EvidentlyDrift } from './evidently.ts';
import type { ExaminedColumn } from './examination.ts';

/** Of both sides: what was compared, and what was not. */
export interface ColumnCounts {
  /** Values that were compared. */
  readonly sampleSizes: Sides<number>;
  readonly missing: Sides<number>;
  /** Of another type, NaN, infinite, or beyond 1e145. */
  readonly invalid: Sides<number>;
}

/** A column as Evidently sees it. */
export interface EvidentlyColumn extends ColumnCounts {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly evidently: EvidentlyDrift;
}

/** A column that was not compared, and why. */
export interface LeftOutColumn {
  readonly column: string;
  readonly kind: ColumnKind | 'unsupported';
  readonly notCompared: string;
  /** The reference has it, the current table lacks it or has it in another type: a fault, not a choice. */
  readonly isLost?: true;
}

export type ColumnResult = ExaminedColumn | EvidentlyColumn | LeftOutColumn;

export function isExamined(result: ColumnResult): result is ExaminedColumn {
  return 'evidence' in result;
}

export function isEvidently(result: ColumnResult): result is EvidentlyColumn {
  return 'evidently' in result;
}
