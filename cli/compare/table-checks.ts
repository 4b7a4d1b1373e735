/** Is the current table as whole as the reference? Drift is about values; these checks are about their absence. */

import type { QualityCheck } from '../../core/quality/check.ts';
import { shareRise } from '../../core/quality/share-rise.ts';
import { verdictOfRise } from '../../core/quality/share-verdict.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { ColumnCounts, ColumnResult } from './results.ts';

/** A table of fewer rows may lack a value in all of them by chance. */
const fewestRows = 10;

/**
 * Does the current table have the columns of the reference, with values of their type in as many rows? Gives `schema` and
 * `missing` for each of them: critical for a column that is gone, empty or of another type, or where a tenth of the rows
 * more lacks it; a warning from a hundredth on. Nothing is checked against a table without rows.
 *
 * @example
 * checkColumns([{ column: 'hum', kind: 'continuous', notCompared: 'the current table has no such column', isLost: true }],
 *   { reference: 50, current: 50 })[0].verdict
 * // { level: 'critical', reason: 'the current table has no such column' }
 */
export function checkColumns(results: readonly ColumnResult[], rows: Sides<number>): readonly QualityCheck[] {
  if (rows.reference === 0 || rows.current === 0) return [];
  return results.flatMap((result): readonly QualityCheck[] => {
    if ('sampleSizes' in result) return checkColumn(result);
    if (result.isLost !== true) return [];
    const verdict = { level: 'critical', reason: result.notCompared } as const;
    return [{ check: 'schema', column: result.column, verdict, counts: { rows: rows.current } }];
  });
}

function checkColumn({
  column,
  ...counts
}: ColumnCounts & { readonly column: string }): readonly QualityCheck[] {
  const rows = {
    reference: counts.sampleSizes.reference + counts.missing.reference + counts.invalid.reference,
    current: counts.sampleSizes.current + counts.missing.current + counts.invalid.current,
  };
  const about = { column, counts: countsOf(counts, rows) };
  const empty = emptinessOf(counts, rows.current);
  if (empty !== undefined) return [{ check: 'schema', verdict: empty, ...about }];
  return [
    { check: 'schema', verdict: riseOf('invalid', 'rows hold no finite number', counts, rows), ...about },
    { check: 'missing', verdict: riseOf('missing', 'rows have no value', counts, rows), ...about },
  ];
}

/** What is wrong where the reference has values and the current table none. */
function emptinessOf({ sampleSizes, missing }: ColumnCounts, rows: number): Verdict | undefined {
  if (sampleSizes.reference === 0 || sampleSizes.current > 0 || rows < fewestRows) return undefined;
  const what = missing.current === rows ? 'has a value' : 'holds a finite number';
  return { level: 'critical', reason: `none of ${rows} rows ${what}` };
}

function riseOf(of: 'missing' | 'invalid', what: string, counts: ColumnCounts, rows: Sides<number>): Verdict {
  const reference = { rows: rows.reference, hits: counts[of].reference };
  return verdictOfRise(shareRise([reference], { rows: rows.current, hits: counts[of].current }), what);
}

function countsOf({ missing, invalid }: ColumnCounts, rows: Sides<number>): QualityCheck['counts'] {
  return {
    rows: rows.current,
    missing: missing.current,
    invalid: invalid.current,
    referenceRows: rows.reference,
    referenceMissing: missing.reference,
    referenceInvalid: invalid.reference,
  };
}
