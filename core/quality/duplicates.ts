import { formatShare } from '../number-text.ts';
import type { QualityCheck } from './check.ts';

/** Shares of repeated rows. */
const limits = { warning: 0.01, critical: 0.1 } as const;
/** A single row may well be sent twice. */
const fewest = 2;

/**
 * Are rows there more than once?
 *
 * A prediction is a duplicate when an earlier serving one of the window has the same entity, event time and features: it was
 * logged again under another issue time or version. (The same entity, event time, version *and* issue time is one row by
 * its key: the last write wins.) A row of a table file is one when an earlier row has the same values in all columns. A warning from
 * 1% on, critical from 10%. No rows are `insufficient-data`.
 *
 * @param repeats Rows that repeat another one: of three equal rows, two.
 * @example judgeDuplicates(1000, 20).verdict.reason // '20 of 1000 rows (2%) repeat another one'
 */
export function judgeDuplicates(rows: number, repeats: number): QualityCheck {
  const share = rows === 0 ? 0 : repeats / rows;
  const level =
    share < limits.warning || repeats < fewest ? 'ok' : share < limits.critical ? 'warning' : 'critical';
  return {
    check: 'duplicates',
    column: '',
    verdict:
      rows === 0
        ? { level: 'insufficient-data', reason: 'the current window has no row' }
        : {
            level,
            reason:
              repeats === 0
                ? `none of ${rows} rows repeats another one`
                : `${repeats} of ${rows} rows (${formatShare(share)}) repeat another one`,
          },
    counts: { rows, repeats },
  };
}
