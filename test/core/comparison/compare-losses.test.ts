import { describe, expect, it } from 'vitest';

import { compareLosses, lossMetricsOf, type LossSums } from '../../../core/comparison/compare-losses.ts';
import { dayMs } from '../../../core/window.ts';

const window = { start: 0, end: 7 * dayMs };

/** Squared errors 4 and 9 of the sides, on each of some days. */
const sums = (days: readonly number[]): LossSums[] =>
  days.flatMap((day): LossSums[] => [
    { side: 'against', block: day * dayMs, sums: { rmse: { rows: 2, sum: 18 } } },
    { side: 'subject', block: day * dayMs, sums: { rmse: { rows: 2, sum: 8 } } },
  ]);

describe('compareLosses', () => {
  it('takes RMSE as the root of the mean squared error', () => {
    expect(compareLosses({ window, metrics: ['rmse'], sums: sums([3, 0, 2, 1]) })).toMatchObject([
      { metric: 'rmse', rows: 8, againstRows: 8, found: { value: 2, against: 3, difference: -1 } },
    ]);
  });

  it('counts a day that only one side has', () => {
    const uneven = [...sums([0, 1, 2, 3]), ...sums([4]).slice(0, 1)];
    expect(compareLosses({ window, metrics: ['rmse'], sums: uneven })).toMatchObject([
      { rows: 8, againstRows: 10 },
    ]);
  });

  it('has no ROC AUC without scores, and a reason where they are of one class', () => {
    const metrics = lossMetricsOf('classification');
    expect(compareLosses({ window, metrics, sums: [] }).map(({ metric }) => metric)).toEqual(metrics);
    const scores = [{ side: 'subject', block: 0, positive: true, cell: 1, rows: 5 }] as const;
    expect(compareLosses({ window, metrics, sums: [], scores }).at(-1)).toEqual({
      metric: 'roc_auc',
      rows: 5,
      againstRows: 0,
      found: { notComputable: 'there are no rows of both classes to compare' },
    });
  });
});
