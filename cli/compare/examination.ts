/** What is found of one column while its values are at hand. Plain data: it crosses from a thread. */

import { defaultMethodOf } from '../../core/calibration/default-method.ts';
import { examineColumn, type ColumnEvidence } from '../../core/drift/examine-column.ts';
import { distributionOf, type Distribution } from '../../core/drift/distribution.ts';
import type { Comparison } from '../../core/statistics/comparison.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import type { ColumnCounts } from './results.ts';

export interface ExaminationSettings {
  /** The one that fits the column by default. */
  readonly decidingMethod?: MethodName;
  /** A frozen rule in the place of the calibrated one. */
  readonly threshold?: number;
  /** Methods that are computed beside the deciding one; all for the kind by default. */
  readonly beside?: readonly MethodName[];
  /** A picture is drawn of it. */
  readonly withDistribution: boolean;
}

export interface ExaminedColumn extends ColumnCounts {
  readonly column: string;
  readonly kind: Comparison['kind'];
  readonly evidence: ColumnEvidence;
  readonly distribution?: Distribution;
}

/** Fewer values on a side say nothing. */
const minimumRows = 10;

/** Computes every method for the kind of the column, and what speaks for drift. */
export function examineComparison(
  column: string,
  comparison: Comparison,
  settings: ExaminationSettings,
): ExaminedColumn {
  const { kind, grid, reference, current } = comparison;
  const { decidingMethod = defaultMethodOf(grid), threshold, beside, withDistribution } = settings;
  const evidence = examineColumn(
    {
      subject: 'feature',
      column,
      kind,
      decidingMethod,
      ...(threshold !== undefined && { threshold }),
      ...(beside !== undefined && { beside }),
      enabled: true,
      minimumRows,
    },
    comparison,
  );
  return {
    column,
    kind,
    sampleSizes: evidence.facts.sampleSizes,
    missing: { reference: reference.missing, current: current.missing },
    invalid: { reference: reference.invalid, current: current.invalid },
    evidence,
    ...(withDistribution && { distribution: distributionOf(comparison) }),
  };
}
