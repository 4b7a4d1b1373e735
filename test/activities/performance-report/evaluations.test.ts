import { describe, expect, it } from 'vitest';

import { numbersOfHours } from '../../../activities/performance-report/evaluations.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';

const intervalLevels = [0.25, 0.75] as const;
const monitor = monitorSchema.parse({
  model: 'with-intervals',
  task: 'regression',
  features: { x: { kind: 'continuous' } },
  reference: { kind: 'rolling' },
  performance: { intervalLevels },
});

describe('numbers that are computed for a report', () => {
  it('take the bounds of predictions for what the monitor says they are, as the stored ones do', () => {
    const summary = summarizeRegression({
      predictions: Float64Array.of(1, 2, 3),
      actuals: Float64Array.of(2, 2, 9),
      intervalLow: Float64Array.of(0, 1, 2),
      intervalHigh: Float64Array.of(3, 3, 4),
    });
    const hour = { hour: 0, segment: '', version: '1', predictions: 3, outcomes: 3, summary };
    const loss = ({ pinball_loss }: ReturnType<typeof evaluateSummary>['metrics']) => pinball_loss;
    const stored = loss(evaluateSummary(summary, { minimumOutcomes: 0, intervalLevels }).metrics);
    expect(numbersOfHours(monitor, [hour]).metrics.pinball_loss).toMatchObject(stored!);
    expect(stored).not.toEqual(loss(evaluateSummary(summary, { minimumOutcomes: 0 }).metrics));
  });
});
