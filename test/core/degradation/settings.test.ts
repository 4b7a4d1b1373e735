import { describe, expect, it } from 'vitest';

import type { DegradationRuleInput } from '../../../core/degradation/settings.ts';
import { degradationRuleSchema, ruleProblems } from '../../../core/degradation/settings.ts';

describe('a rule as it is written', () => {
  const cases: readonly (readonly [string, DegradationRuleInput, unknown])[] = [
    ['a limit', { metric: 'rmse', limit: 1 }, { over: '7d', aggregate: 'pooled', level: 'critical' }],
    ['a trend', { trend: 'rmse', perDay: 1 }, { over: '14d', level: 'warning' }],
    ['dataset drift', { drift: 'dataset' }, { share: 0.5, level: 'warning' }],
    ['drift of a feature', { drift: 'feature', feature: 'x' }, { atLeast: 'warning', level: 'warning' }],
    ['drift of the prediction', { drift: 'prediction' }, { atLeast: 'warning', level: 'warning' }],
    ['data quality', { quality: 'any' }, { atLeast: 'warning', level: 'warning' }],
    ['a composition', { all: [{ drift: 'dataset' }] }, { all: [{ share: 0.5 }], level: 'critical' }],
  ];
  it.each(cases)('has the defaults of %s', (_, input, expected) => {
    expect(degradationRuleSchema.parse(input)).toMatchObject(expected as object);
  });

  it('of the forms that there have always been is stored as ever', () => {
    expect(degradationRuleSchema.parse({ metric: 'rmse', limit: 4, over: '1d' })).toEqual({
      metric: 'rmse',
      over: '1d',
      aggregate: 'pooled',
      limit: 4,
      level: 'critical',
    });
    expect(degradationRuleSchema.parse({ drift: 'dataset', share: 0.4 })).toEqual({
      drift: 'dataset',
      share: 0.4,
      level: 'warning',
    });
  });

  it.each([
    ['neither a limit nor a baseline', { metric: 'rmse' }],
    ['both', { metric: 'rmse', limit: 1, worseThan: { baseline: 'reference', by: '20%' } }],
    ['a metric that is neither good nor bad', { metric: 'confidence', limit: 1 }],
    ['a baseline in other words', { metric: 'rmse', worseThan: { baseline: 'last year', by: '20%' } }],
    ['more windows than there are', { metric: 'rmse', limit: 1, windows: '6 of 5' }],
    ['a level inside a composition', { any: [{ metric: 'rmse', limit: 1, level: 'warning' }] }],
    ['an empty composition', { any: [] }],
    ['a feature without a name', { drift: 'feature' }],
    ['a check that there is not', { quality: 'freshnes' }],
    ['hours', { metric: 'rmse', limit: 1, over: '12h' }],
    ['an empty name', { metric: 'rmse', limit: 1, name: '' }],
  ])('is refused with %s', (_, input) => {
    expect(degradationRuleSchema.safeParse(input).success).toBe(false);
  });
});

describe('a rule within its monitor', () => {
  const monitor = {
    task: 'regression',
    features: { hum: {} },
    reference: { kind: 'training-statistics' },
  } as const;
  const accuracy = { metric: 'accuracy', limit: 0.9 } as const;
  const cases: readonly (readonly [string, DegradationRuleInput, string])[] = [
    ['a metric of the other task', accuracy, 'metric'],
    ['a trend of one', { trend: 'f1', perDay: 1 }, 'trend'],
    [
      'one deep inside',
      { all: [{ drift: 'dataset' }, { not: { any: [accuracy] } }] },
      'all.1.not.any.0.metric',
    ],
    ['a feature that it does not have', { drift: 'feature', feature: 'temp' }, 'feature'],
    ['the quality of one', { any: [{ quality: 'range', feature: 'temp' }] }, 'any.0.feature'],
    [
      'a baseline without rows',
      { metric: 'rmse', worseThan: { baseline: 'reference', by: '20%' } },
      'worseThan.baseline',
    ],
  ];
  it.each(cases)('has a problem with %s', (_, input, path) => {
    const problems = ruleProblems(degradationRuleSchema.parse(input), monitor);
    expect(problems.map(({ path }) => path.join('.'))).toEqual([path]);
  });

  it('has none otherwise', () => {
    for (const input of [
      { metric: 'rmse', worseThan: { baseline: '7d before', by: 1 } },
      { drift: 'feature', feature: 'hum' },
      { quality: 'any' },
    ] satisfies DegradationRuleInput[]) {
      expect(ruleProblems(degradationRuleSchema.parse(input), monitor)).toEqual([]);
    }
  });
});
