import { describe, expect, it } from 'vitest';

import { degradationFacts } from '../../../core/degradation/facts.ts';
import { judgeDegradation } from '../../../core/degradation/judge.ts';
import { defaultRules } from '../../../core/degradation/rules.ts';

const evaluated = (rmse: number) =>
  ({
    windows: {
      '7d': {
        pooled: {
          sampleSize: 148,
          verdict: { level: 'ok', reason: '148 outcomes' },
          metrics: { rmse: { value: rmse } },
          coverage: 0.88,
        },
      },
    },
  }) as const;

describe('the facts of a degradation', () => {
  it('name each number once, with both of its limits', () => {
    const { findings } = judgeDegradation(
      defaultRules({ rmse: { warning: 65, critical: 80 } }),
      evaluated(80.14),
    );
    expect(degradationFacts('7', findings)).toEqual([
      { name: 'Model version', value: '7' },
      { name: 'RMSE over 7 days', value: '80.14, limits 80 (critical), 65 (warning)' },
      { name: 'Outcomes', value: '148' },
    ]);
  });

  it('say why a number is missing', () => {
    const { findings } = judgeDegradation([...defaultRules({ rmse: 80 }, 0.5)], { windows: {} });
    expect(degradationFacts(null, findings)).toEqual([
      {
        name: 'RMSE over 7 days',
        value: 'not judged: there is no evaluation of the last 7 days, limit 80 (critical)',
      },
      { name: 'Drifted features', value: 'not judged: there is no drift run, limit 50% (warning)' },
      { name: 'Outcomes', value: '0' },
    ]);
  });
});
