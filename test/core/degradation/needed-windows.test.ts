import { describe, expect, it } from 'vitest';

import { neededWindows } from '../../../core/degradation/needed-windows.ts';
import type { DegradationRuleInput } from '../../../core/degradation/settings.ts';
import { degradationRuleSchema } from '../../../core/degradation/settings.ts';
import { dayMs } from '../../../core/window.ts';
import { may } from './evidence.ts';

/** As "first day-last day" of May. */
const windows = (...rules: DegradationRuleInput[]) =>
  neededWindows(
    rules.map((rule) => degradationRuleSchema.parse(rule)),
    may(15) + 3 * 3_600_000,
    { start: may(-60), end: may(-30) },
  ).map(({ start, end }) => `${(start - may(0)) / dayMs}-${(end - may(1)) / dayMs}`);

const rmse = { metric: 'rmse', limit: 75 } as const;

describe('the windows that rules need', () => {
  const cases: readonly (readonly [string, readonly DegradationRuleInput[], readonly string[]])[] = [
    ['a limit: its own', [rmse], ['8-14']],
    ['two limits: once', [rmse, { ...rmse, limit: 80 }], ['8-14']],
    ['some of several: each', [{ ...rmse, over: '2d', windows: '1 of 3' }], ['13-14', '11-12', '9-10']],
    ['some of several that overlap: each', [{ ...rmse, windows: '2 of 2', every: '1d' }], ['8-14', '7-13']],
    [
      'a daily mean: its days',
      [{ ...rmse, over: '3d', aggregate: 'daily-mean' }],
      ['12-12', '13-13', '14-14'],
    ],
    ['a trend: its days', [{ trend: 'rmse', over: '3d', perDay: 1 }], ['12-12', '13-13', '14-14']],
    [
      'a baseline: both',
      [{ metric: 'rmse', worseThan: { baseline: '28d before', by: '20%' } }],
      ['8-14', '-20-7'],
    ],
    [
      'the reference: both',
      [{ metric: 'rmse', worseThan: { baseline: 'reference', by: '20%' } }],
      ['8-14', '-60--31'],
    ],
    [
      'a composition: those of its parts',
      [{ not: { any: [rmse, { ...rmse, over: '1d' }] } }],
      ['8-14', '14-14'],
    ],
    ['drift and quality: none', [{ drift: 'dataset' }, { quality: 'any' }], []],
  ];
  it.each(cases)('of %s', (_, rules, expected) => {
    expect(windows(...rules)).toEqual(expected);
  });
});
