import { expect, it } from 'vitest';

import { ruleText } from '../../../core/degradation/rule-text.ts';
import type { DegradationRuleInput } from '../../../core/degradation/settings.ts';
import { degradationRuleSchema } from '../../../core/degradation/settings.ts';

const rmse = { metric: 'rmse', limit: 75 } as const;
const cases: readonly (readonly [DegradationRuleInput, string])[] = [
  [rmse, 'RMSE over 7 days above 75'],
  [{ ...rmse, certainty: 'point', name: 'x' }, 'x: RMSE over 7 days above 75, sure or not'],
  [{ metric: 'accuracy', limit: 0.75, over: '1d' }, 'accuracy over 1 day below 75%'],
  [
    { metric: 'bias', limit: 3, aggregate: 'daily-mean' },
    'daily mean bias over 7 days further from 0 than 3',
  ],
  [
    { ...rmse, windows: '3 of 5', every: '1d' },
    'RMSE over 7 days above 75 in 3 of 5 windows, one every 1 day',
  ],
  [
    { ...rmse, minimumOutcomes: 50, minimumCoverage: 0.5 },
    'RMSE over 7 days above 75, from 50 outcomes on, from coverage 50% on',
  ],
  [
    { metric: 'rmse', worseThan: { baseline: 'reference', by: '20%' } },
    'RMSE over 7 days more than 20% worse than the reference',
  ],
  [
    { metric: 'rmse', worseThan: { baseline: 'validation', by: '20%' } },
    'RMSE over 7 days more than 20% worse than its validation',
  ],
  [
    { metric: 'accuracy', worseThan: { baseline: '28d before', by: 0.05 } },
    'accuracy over 7 days more than 5% worse than the 28 days before',
  ],
  [{ trend: 'rmse', perDay: 0.5 }, 'RMSE worse by more than 0.5 a day over 14 days'],
  [{ drift: 'dataset' }, 'more than 50% of the features drifted'],
  [{ drift: 'feature', feature: 'temp', atLeast: 'critical' }, 'drift of temp at least critical'],
  [{ drift: 'prediction' }, 'drift of the prediction at least warning'],
  [{ quality: 'any' }, 'data quality at least warning'],
  [{ quality: 'range', feature: 'hum' }, 'data quality, range of hum at least warning'],
  [
    { all: [rmse, { any: [{ drift: 'dataset' }, { not: { quality: 'any' } }] }] },
    'RMSE over 7 days above 75 and (more than 50% of the features drifted or not (data quality at least warning))',
  ],
];

it.each(cases)('%j is said', (rule, text) => {
  expect(ruleText(degradationRuleSchema.parse(rule))).toBe(text);
});
