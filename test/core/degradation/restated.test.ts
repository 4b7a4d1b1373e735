import { describe, expect, it } from 'vitest';

import type { EvaluationEvidence } from '../../../core/degradation/evidence.ts';
import { judgeDegradation } from '../../../core/degradation/judge.ts';
import type { DegradationFinding } from '../../../core/degradation/judgement.ts';
import { restatedNumbers } from '../../../core/degradation/restated.ts';
import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { defaultRules } from '../../../core/degradation/rules.ts';
import { awaiting, daily, evaluated, evidenceOf } from './evidence.ts';

const day: DegradationRule = { metric: 'rmse', over: '1d', aggregate: 'pooled', limit: 1, level: 'critical' };
const findings = (rules: readonly DegradationRule[], ...evaluations: EvaluationEvidence[]) =>
  judgeDegradation(rules, evidenceOf(evaluations)).findings;

describe('the numbers that were restated', () => {
  const cases: readonly (readonly [
    string,
    readonly DegradationFinding[],
    readonly DegradationFinding[],
    readonly string[],
  ])[] = [
    [
      'and so are fine: with their coverage',
      findings([day], daily(13, 1.08, { coverage: 0.61 })),
      findings([day], daily(13, 0.94, { coverage: 0.97 })),
      ['RMSE of 12 May 1.08 -> 0.94 as coverage rose from 61% to 97%'],
    ],
    [
      'and so are not fine any more',
      findings([day], daily(13, 0.94, { coverage: 0.61 })),
      findings([day], daily(13, 1.08, { coverage: 0.97 })),
      ['RMSE of 12 May 0.94 -> 1.08 as coverage rose from 61% to 97%'],
    ],
    [
      'of a week name its days',
      findings(defaultRules({ rmse: 1 }), evaluated({ value: 1.08, end: 12 })),
      findings(defaultRules({ rmse: 1 }), evaluated({ value: 0.94, end: 12 })),
      ['RMSE of the 7 days to 11 May 1.08 -> 0.94 as actuals were corrected'],
    ],
    [
      'of a daily mean name the outcomes',
      findings([{ ...day, aggregate: 'daily-mean' }], daily(15, 1.08, { sampleSize: 12 })),
      findings([{ ...day, aggregate: 'daily-mean' }], daily(15, 0.94)),
      ['daily mean RMSE of 14 May 1.08 -> 0.94 as the outcomes rose from 12 to 24'],
    ],
    [
      'show as many digits as it takes',
      findings([day], daily(13, 1.00004, { coverage: 0.5 })),
      findings([day], daily(13, 1, { coverage: 1 })),
      ['RMSE of 12 May 1.00004 -> 1 as coverage rose from 50% to 100%'],
    ],
    [
      'of several windows: those that changed, three by name',
      findings([{ ...day, windows: '5 of 5' }], ...[11, 12, 13, 14, 15].map((n) => daily(n, 2))),
      findings(
        [{ ...day, windows: '5 of 5' }],
        ...[11, 12, 13, 14, 15].map((n) => daily(n, n === 11 ? 2 : 0.5)),
      ),
      [
        'RMSE of 14 May 2 -> 0.5 as actuals were corrected',
        'RMSE of 13 May 2 -> 0.5 as actuals were corrected',
        'RMSE of 12 May 2 -> 0.5 as actuals were corrected',
        '1 more',
      ],
    ],
    ['but change no verdict: none', findings([day], daily(13, 1.08)), findings([day], daily(13, 1.05)), []],
    [
      'but the verdict is about another day: none',
      findings([day], daily(13, 1.08)),
      findings([day], daily(14, 0.9)),
      [],
    ],
    [
      'before they could be judged: none',
      findings([day], daily(13, 1.08, { verdict: awaiting })),
      findings([day], daily(13, 0.94)),
      [],
    ],
    [
      'and cannot be judged any more: none',
      findings([day], daily(13, 1.08)),
      findings([day], daily(13, 0.94, { verdict: awaiting })),
      [],
    ],
    ['of a rule that was not there: none', [], findings([day], daily(13, 1.08)), []],
  ];
  it.each(cases)('%s', (_, before, after, expected) => {
    // As they come from the database: other objects, with their keys in another order.
    const stored = before.map(({ rule, ...rest }): DegradationFinding => ({
      ...rest,
      rule: Object.fromEntries(Object.entries(rule).reverse()) as unknown as DegradationRule,
    }));
    expect(restatedNumbers(JSON.parse(JSON.stringify(stored)), after)).toEqual(expected);
  });
});
