import { describe, expect, it } from 'vitest';

import type { DegradationEvidence } from '../../../core/degradation/evidence.ts';
import { judgeDegradation } from '../../../core/degradation/judge.ts';
import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { defaultRules } from '../../../core/degradation/rules.ts';
import type { DegradationRuleInput } from '../../../core/degradation/settings.ts';
import { degradationRuleSchema } from '../../../core/degradation/settings.ts';
import type { Told } from './evidence.ts';
import { awaiting, daily, drifted, evaluated, evidenceOf, may } from './evidence.ts';

const rule = (input: DegradationRuleInput): DegradationRule => degradationRuleSchema.parse(input);
const week = (told: Told, more?: Partial<DegradationEvidence>) => evidenceOf([evaluated(told)], more);
/** Days of May, the newest last, which is the one before the check. */
const days = (values: readonly (number | null)[], more: Told = {}) =>
  evidenceOf(
    values.flatMap((value, i) => (value === null ? [] : [daily(15 - values.length + 1 + i, value, more)])),
  );
const check = (verdict: 'ok' | 'warning' | 'critical', name = 'freshness', column = '') =>
  ({
    check: name as 'freshness',
    column,
    verdict: { level: verdict, reason: 'because' },
    counts: {},
  }) as const;
const quality = (verdict: 'ok' | 'warning' | 'critical', ...checks: ReturnType<typeof check>[]) =>
  drifted({ quality: { verdict: { level: verdict, reason: '1 of 9 checks failed' }, checks } });

const rmse = { metric: 'rmse', limit: 75 } as const;
const worse = { metric: 'rmse', worseThan: { baseline: 'reference', by: '20%' } } as const;
const worseThanValidated = { metric: 'rmse', worseThan: { baseline: 'validation', by: '20%' } } as const;
const validatedAt = (value: number, interval?: [number, number]) => ({
  window: { start: may(1), end: may(8) },
  metrics: { rmse: { value, ...(interval && { interval }) } },
});
const march = { start: may(-60), end: may(-30) };
const before = (told: Told) => evaluated({ end: 8, days: 28, ...told });
const ofMarch = (value: number, told: Told = {}) => ({ ...evaluated({ value, ...told }), window: march });
const threeOfFive = { metric: 'rmse', over: '1d', limit: 75, windows: '3 of 5' } as const;
const fires = { drift: 'dataset', share: 0.1 } as const;
const fine = { drift: 'dataset', share: 0.9 } as const;
const open = { drift: 'feature', feature: 'temp' } as const;

const nothing = evidenceOf([]);
const column = (level: 'ok' | 'warning' | 'critical') =>
  evidenceOf([], drifted({ columns: { temp: { level, reason: 'far off' } } }));

type Case = readonly [
  what: string,
  rule: DegradationRuleInput,
  evidence: DegradationEvidence,
  level: 'ok' | 'warning' | 'critical' | 'insufficient-data',
  reason: string,
];

const cases: Readonly<Record<string, readonly Case[]>> = {
  'a limit': [
    [
      'exceeded',
      rmse,
      week({ value: 101.2, coverage: 0.93 }),
      'critical',
      'RMSE over 7 days 101.2 is above 75 (168 outcomes, coverage 93%)',
    ],
    [
      'exceeded, with its interval',
      rmse,
      week({ value: 101.2, interval: [92.1, 110.4] }),
      'critical',
      'RMSE over 7 days 101.2 is above 75 (95% interval 92.1 to 110.4, 168 outcomes)',
    ],
    ['kept', rmse, week({ value: 58.1 }), 'ok', 'RMSE over 7 days 58.1 is not above 75 (168 outcomes)'],
    [
      'kept by an equal value',
      rmse,
      week({ value: 75 }),
      'ok',
      'RMSE over 7 days 75 is not above 75 (168 outcomes)',
    ],
    [
      'that a value hardly exceeds',
      rmse,
      week({ value: 75.00004 }),
      'critical',
      'RMSE over 7 days 75.00004 is above 75 (168 outcomes)',
    ],
    [
      'as a floor, not reached',
      { metric: 'accuracy', limit: 0.8, level: 'warning' },
      week({ metric: 'accuracy', value: 0.71 }),
      'warning',
      'accuracy over 7 days 71% is below 80% (168 outcomes)',
    ],
    [
      'as a floor, reached',
      { metric: 'accuracy', limit: 0.8 },
      week({ metric: 'accuracy', value: 0.8 }),
      'ok',
      'accuracy over 7 days 80% is not below 80% (168 outcomes)',
    ],
    [
      'on a bias, below',
      { metric: 'bias', limit: 10 },
      week({ metric: 'bias', value: -12 }),
      'critical',
      'bias over 7 days -12 is further from 0 than 10 (168 outcomes)',
    ],
    [
      'on a bias, above',
      { metric: 'bias', limit: 10 },
      week({ metric: 'bias', value: 12 }),
      'critical',
      'bias over 7 days 12 is further from 0 than 10 (168 outcomes)',
    ],
    [
      'on a bias, kept',
      { metric: 'bias', limit: 10 },
      week({ metric: 'bias', value: -9 }),
      'ok',
      'bias over 7 days -9 is not further from 0 than 10 (168 outcomes)',
    ],
    [
      'over its own length',
      { ...rmse, over: '14d' },
      evidenceOf([evaluated({ value: 10 }), evaluated({ value: 100, days: 14 })]),
      'critical',
      'RMSE over 14 days 100 is above 75 (336 outcomes)',
    ],
    [
      'without an evaluation',
      rmse,
      nothing,
      'insufficient-data',
      'RMSE over 7 days cannot be judged: there is no evaluation of the last 7 days',
    ],
    [
      'without an evaluation of the version',
      rmse,
      week({ value: 100, version: '2' }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: there is no evaluation of the last 7 days',
    ],
    [
      'before the gate',
      rmse,
      week({ value: 100, verdict: awaiting }),
      'insufficient-data',
      `RMSE over 7 days cannot be judged: ${awaiting.reason}`,
    ],
    [
      'of a metric that is not held',
      rmse,
      week({ metric: 'mae', value: 1 }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: the evaluation does not hold this metric',
    ],
    [
      'of a metric that is not computable',
      { metric: 'r2', limit: 0.5 },
      evidenceOf([{ ...evaluated({}), metrics: { r2: { notComputable: 'all actuals are 3' } } }]),
      'insufficient-data',
      'R² over 7 days cannot be judged: all actuals are 3',
    ],
    [
      'with a name',
      { ...rmse, name: 'too wrong' },
      week({ value: 101 }),
      'critical',
      'too wrong: RMSE over 7 days 101 is above 75 (168 outcomes)',
    ],
  ],
  'the interval': [
    [
      'beyond the limit',
      rmse,
      week({ value: 80, interval: [75.5, 85] }),
      'critical',
      'RMSE over 7 days 80 is above 75 (95% interval 75.5 to 85, 168 outcomes)',
    ],
    [
      'across the limit',
      rmse,
      week({ value: 80, interval: [74, 86] }),
      'ok',
      'RMSE over 7 days 80 is above 75, but not surely (95% interval 74 to 86, 168 outcomes)',
    ],
    [
      'across the limit, where the point is to count',
      { ...rmse, certainty: 'point' },
      week({ value: 80, interval: [74, 86] }),
      'critical',
      'RMSE over 7 days 80 is above 75 (95% interval 74 to 86, 168 outcomes)',
    ],
    [
      'that reaches the limit',
      rmse,
      week({ value: 80, interval: [75, 86] }),
      'ok',
      'RMSE over 7 days 80 is above 75, but not surely (95% interval 75 to 86, 168 outcomes)',
    ],
    [
      'below a floor',
      { metric: 'accuracy', limit: 0.8 },
      week({ metric: 'accuracy', value: 0.7, interval: [0.62, 0.79] }),
      'critical',
      'accuracy over 7 days 70% is below 80% (95% interval 62% to 79%, 168 outcomes)',
    ],
    [
      'across a floor',
      { metric: 'accuracy', limit: 0.8 },
      week({ metric: 'accuracy', value: 0.75, interval: [0.69, 0.81] }),
      'ok',
      'accuracy over 7 days 75% is below 80%, but not surely (95% interval 69% to 81%, 168 outcomes)',
    ],
    [
      'of a bias across 0',
      { metric: 'bias', limit: 10 },
      week({ metric: 'bias', value: 12, interval: [-3, 27] }),
      'ok',
      'bias over 7 days 12 is further from 0 than 10, but not surely (95% interval -3 to 27, 168 outcomes)',
    ],
    [
      'of a bias below',
      { metric: 'bias', limit: 10 },
      week({ metric: 'bias', value: -12, interval: [-13, -11] }),
      'critical',
      'bias over 7 days -12 is further from 0 than 10 (95% interval -13 to -11, 168 outcomes)',
    ],
    [
      'that is not there: the point counts',
      rmse,
      week({ value: 80 }),
      'critical',
      'RMSE over 7 days 80 is above 75 (168 outcomes)',
    ],
  ],
  'a baseline': [
    [
      'of the reference, surpassed',
      worse,
      evidenceOf([evaluated({ value: 61 }), ofMarch(50)], { reference: march }),
      'critical',
      'RMSE over 7 days 61 is more than 20% worse than the 50 of the reference (168 outcomes)',
    ],
    [
      'of the reference, kept',
      worse,
      evidenceOf([evaluated({ value: 60 }), ofMarch(50)], { reference: march }),
      'ok',
      'RMSE over 7 days 60 is not more than 20% worse than the 50 of the reference (168 outcomes)',
    ],
    [
      'of the 28 days before, surpassed',
      { metric: 'accuracy', worseThan: { baseline: '28d before', by: 0.05 } },
      evidenceOf([evaluated({ metric: 'accuracy', value: 0.8 }), before({ metric: 'accuracy', value: 0.9 })]),
      'critical',
      'accuracy over 7 days 80% is more than 5% worse than the 90% of the 28 days before (168 outcomes)',
    ],
    [
      'of a reference that ends where the window starts',
      worse,
      evidenceOf([evaluated({ value: 61 }), before({ value: 50 })], {
        reference: { lengthMs: 28 * 86_400_000 },
      }),
      'critical',
      'RMSE over 7 days 61 is more than 20% worse than the 50 of the reference (168 outcomes)',
    ],
    [
      'of whichever version had most outcomes then',
      worse,
      evidenceOf([evaluated({ value: 61 }), ofMarch(90, { sampleSize: 12 }), ofMarch(50, { version: '0' })], {
        reference: march,
      }),
      'critical',
      'RMSE over 7 days 61 is more than 20% worse than the 50 of the reference (168 outcomes)',
    ],
    [
      'that is itself not sure',
      worse,
      evidenceOf([evaluated({ value: 63, interval: [61, 65] }), ofMarch(50, { interval: [47, 53] })], {
        reference: march,
      }),
      'ok',
      'RMSE over 7 days 63 is more than 20% worse than the 50 of the reference, but not surely (95% interval 61 to 65, 168 outcomes)',
    ],
    [
      'that both intervals clear',
      worse,
      evidenceOf([evaluated({ value: 65, interval: [63, 67] }), ofMarch(50, { interval: [47, 53] })], {
        reference: march,
      }),
      'critical',
      'RMSE over 7 days 65 is more than 20% worse than the 50 of the reference (95% interval 63 to 67, 168 outcomes)',
    ],
    [
      'of its own validation, surpassed',
      worseThanValidated,
      evidenceOf([evaluated({ value: 61 }), ofMarch(90)], { reference: march, validated: validatedAt(50) }),
      'critical',
      'RMSE over 7 days 61 is more than 20% worse than the 50 of its validation (168 outcomes)',
    ],
    [
      'of its own validation, itself not sure',
      worseThanValidated,
      evidenceOf([evaluated({ value: 63, interval: [61, 65] })], { validated: validatedAt(50, [47, 53]) }),
      'ok',
      'RMSE over 7 days 63 is more than 20% worse than the 50 of its validation, but not surely (95% interval 61 to 65, 168 outcomes)',
    ],
    [
      'of the reference for a first model, which nothing has validated',
      worseThanValidated,
      evidenceOf([evaluated({ value: 61 }), ofMarch(50)], { reference: march }),
      'critical',
      'RMSE over 7 days 61 is more than 20% worse than the 50 of the reference (168 outcomes)',
    ],
    [
      'that is not evaluated',
      worse,
      evidenceOf([evaluated({ value: 61 })], { reference: march }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: there is no baseline in the reference, to 30 March: it is not evaluated',
    ],
    [
      'that has no rows',
      worse,
      week({ value: 61 }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: the reference has no rows of its own',
    ],
  ],
  'some of several windows': [
    [
      'enough of them beyond',
      threeOfFive,
      days([70, 80, 81, 60, 90]),
      'critical',
      'RMSE over 1 day was above 75 in 3 of the last 5 windows, 3 are enough: 14 May 90, 12 May 81, 11 May 80',
    ],
    [
      'too few of them',
      threeOfFive,
      days([70, 80, 70, 60, 90]),
      'ok',
      'RMSE over 1 day was above 75 in 2 of the last 5 windows, 3 are enough: 14 May 90, 11 May 80',
    ],
    [
      'enough, whatever the others are',
      threeOfFive,
      days([null, 80, 81, null, 90]),
      'critical',
      'RMSE over 1 day was above 75 in 3 of the last 5 windows, 3 are enough: 14 May 90, 12 May 81, 11 May 80; 2 could not be judged',
    ],
    [
      'too few, whatever the others are',
      threeOfFive,
      days([null, 80, 70, null, 70]),
      'insufficient-data',
      'RMSE over 1 day in 3 of 5 windows cannot be judged: 3 of them could be evaluated, 1 of these beyond the limit',
    ],
    [
      'too few already',
      threeOfFive,
      days([null, 70, 70, null, 70]),
      'ok',
      'RMSE over 1 day was above 75 in 0 of the last 5 windows, 3 are enough; 2 could not be judged',
    ],
    [
      'of weeks that overlap',
      { metric: 'rmse', limit: 75, windows: '2 of 2', every: '1d' },
      evidenceOf([evaluated({ value: 80 }), evaluated({ value: 90, end: 14 })]),
      'critical',
      'RMSE over 7 days was above 75 in 2 of the last 2 windows, 2 are enough: 14 May 80, 13 May 90',
    ],
    [
      'none evaluated',
      threeOfFive,
      nothing,
      'insufficient-data',
      'RMSE over 1 day in 3 of 5 windows cannot be judged: 0 of them could be evaluated, 0 of these beyond the limit',
    ],
  ],
  'minimum evidence': [
    [
      'of outcomes, not there',
      { ...rmse, minimumOutcomes: 200 },
      week({ value: 100 }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: 168 outcomes, the rule needs at least 200',
    ],
    [
      'of outcomes, there',
      { ...rmse, minimumOutcomes: 168 },
      week({ value: 100 }),
      'critical',
      'RMSE over 7 days 100 is above 75 (168 outcomes)',
    ],
    [
      'of coverage, not there',
      { ...rmse, minimumCoverage: 0.5 },
      week({ value: 100, coverage: 0.46 }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: coverage 46%, the rule needs at least 50%',
    ],
    [
      'of coverage, there',
      { ...rmse, minimumCoverage: 0.5 },
      week({ value: 70, coverage: 0.5 }),
      'ok',
      'RMSE over 7 days 70 is not above 75 (168 outcomes, coverage 50%)',
    ],
  ],
  'the newest window': [
    [
      'that has not passed the gate leaves it to the one before',
      rmse,
      evidenceOf([
        evaluated({ value: 20, verdict: awaiting }),
        evaluated({ value: 90, end: 14, coverage: 0.9 }),
      ]),
      'critical',
      'RMSE of the 7 days to 13 May 90 is above 75 (168 outcomes, coverage 90%)',
    ],
    [
      'of a day is named by it',
      { ...rmse, over: '1d' },
      evidenceOf([daily(13, 60)]),
      'ok',
      'RMSE of 12 May 60 is not above 75 (24 outcomes)',
    ],
    [
      'with too little for the rule leaves it to the one before',
      { ...rmse, minimumOutcomes: 100 },
      evidenceOf([evaluated({ value: 20, sampleSize: 90 }), evaluated({ value: 90, end: 14 })]),
      'critical',
      'RMSE of the 7 days to 13 May 90 is above 75 (168 outcomes)',
    ],
    [
      'that passed is judged also where a metric has no value',
      rmse,
      evidenceOf([evaluated({}), evaluated({ value: 90, end: 14 })]),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: the evaluation does not hold this metric',
    ],
    [
      'as old as the actuals horizon is the last to count',
      rmse,
      week({ value: 90, end: 8 }),
      'critical',
      'RMSE of the 7 days to 7 May 90 is above 75 (168 outcomes)',
    ],
    [
      'older than the actuals horizon does not count',
      rmse,
      week({ value: 90, end: 7 }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: there is no evaluation of the last 7 days',
    ],
  ],
  'a new version': [
    [
      'is not fine by less than half of a window',
      rmse,
      week({ value: 40, sampleSize: 20 }, { servedSince: may(14) }),
      'insufficient-data',
      'RMSE over 7 days cannot be judged: version 1 has served since 14 May only, less than half of the 7 days',
    ],
    [
      'is bad as soon as that is sure',
      rmse,
      week({ value: 140, interval: [110, 170], sampleSize: 20 }, { servedSince: may(14) }),
      'critical',
      'RMSE over 7 days 140 is above 75 (95% interval 110 to 170, 20 outcomes)',
    ],
    [
      'is fine by half of it',
      rmse,
      week({ value: 40, sampleSize: 80 }, { servedSince: may(11.5) }),
      'ok',
      'RMSE over 7 days 40 is not above 75 (80 outcomes)',
    ],
  ],
  'a daily mean': [
    [
      'is the plain mean, however many outcomes a day has',
      { ...rmse, aggregate: 'daily-mean', certainty: 'point' },
      evidenceOf([daily(12, 70), daily(13, 70), daily(14, 70), daily(15, 130, { sampleSize: 10 })]),
      'critical',
      'daily mean RMSE over 7 days 85 is above 75 (95% interval 37.26 to 132.7, 4 of 7 days, 82 outcomes)',
    ],
    [
      'is as sure as its days agree',
      { ...rmse, aggregate: 'daily-mean' },
      days([84, 85, 86, 85]),
      'critical',
      'daily mean RMSE over 7 days 85 is above 75 (95% interval 83.7 to 86.3, 4 of 7 days, 96 outcomes)',
    ],
    [
      'is not sure where they do not',
      { ...rmse, aggregate: 'daily-mean' },
      days([70, 70, 70, 130]),
      'ok',
      'daily mean RMSE over 7 days 85 is above 75, but not surely (95% interval 37.26 to 132.7, 4 of 7 days, 96 outcomes)',
    ],
    [
      'needs at least half of the days',
      { ...rmse, aggregate: 'daily-mean' },
      days([99, 99, 99]),
      'insufficient-data',
      'daily mean RMSE over 7 days cannot be judged: 3 of 7 days could be evaluated, at least half are needed',
    ],
    [
      'does not take the pooled number instead',
      { ...rmse, aggregate: 'daily-mean' },
      week({ value: 100 }),
      'insufficient-data',
      'daily mean RMSE over 7 days cannot be judged: 0 of 7 days could be evaluated, at least half are needed',
    ],
    [
      'of one day is certain',
      { ...rmse, over: '1d', aggregate: 'daily-mean' },
      days([99]),
      'critical',
      'daily mean RMSE over 1 day 99 is above 75 (1 of 1 day, 24 outcomes)',
    ],
  ],
  'a trend': [
    [
      'that rises',
      { trend: 'rmse', over: '7d', perDay: 1 },
      days([50, 52, 54, 56, 58, 60, 62.5]),
      'warning',
      'trend of RMSE over 7 days +2.054 a day is above +1 a day (95% interval 1.974 to 2.133, 7 of 7 days, 168 outcomes)',
    ],
    [
      'that rises slowly',
      { trend: 'rmse', over: '7d', perDay: 3 },
      days([50, 52, 54, 56, 58, 60, 62]),
      'ok',
      'trend of RMSE over 7 days +2 a day is not above +3 a day (95% interval 2 to 2, 7 of 7 days, 168 outcomes)',
    ],
    [
      'that may be chance',
      { trend: 'rmse', over: '7d', perDay: 0 },
      days([50, 60, 50, 60, 50, 60, 55]),
      'ok',
      'trend of RMSE over 7 days +0.5357 a day is above 0 a day, but not surely (95% interval -2.053 to 3.124, 7 of 7 days, 168 outcomes)',
    ],
    [
      'that may be chance, where the point is to count',
      { trend: 'rmse', over: '7d', perDay: 0, certainty: 'point' },
      days([50, 60, 50, 60, 50, 60, 55]),
      'warning',
      'trend of RMSE over 7 days +0.5357 a day is above 0 a day (95% interval -2.053 to 3.124, 7 of 7 days, 168 outcomes)',
    ],
    [
      'of what should be high, falling',
      { trend: 'accuracy', over: '4d', perDay: 0.01 },
      days([0.9, 0.87, 0.84, 0.81], { metric: 'accuracy' }),
      'warning',
      'trend of accuracy over 4 days -3% a day is below -1% a day (95% interval -3% to -3%, 4 of 4 days, 96 outcomes)',
    ],
    [
      'of what should be high, rising',
      { trend: 'accuracy', over: '4d', perDay: 0.01 },
      days([0.81, 0.84, 0.87, 0.9], { metric: 'accuracy' }),
      'ok',
      'trend of accuracy over 4 days +3% a day is not below -1% a day (95% interval 3% to 3%, 4 of 4 days, 96 outcomes)',
    ],
    [
      'of a bias, away from 0',
      { trend: 'bias', over: '4d', perDay: 1 },
      days([-1, -3, -5, -7], { metric: 'bias' }),
      'warning',
      'trend of |bias| over 4 days +2 a day is above +1 a day (95% interval 2 to 2, 4 of 4 days, 96 outcomes)',
    ],
    [
      'of too few days',
      { trend: 'rmse', over: '7d', perDay: 1 },
      days([50, 60, 70]),
      'insufficient-data',
      'trend of RMSE over 7 days cannot be judged: 3 of 7 days could be evaluated, at least 4 are needed',
    ],
    [
      'of two days',
      { trend: 'rmse', over: '2d', perDay: 1 },
      days([50, 60]),
      'insufficient-data',
      'trend of RMSE over 2 days cannot be judged: 2 of 2 days could be evaluated, at least 3 are needed',
    ],
  ],
  'drift of the dataset': [
    [
      'above its share',
      { drift: 'dataset' },
      evidenceOf([], drifted({ share: { value: 0.625 } })),
      'warning',
      '62.5% of the features have drifted, above 50% (168 rows)',
    ],
    [
      'at its share',
      { drift: 'dataset' },
      evidenceOf([], drifted({ share: { value: 0.5 } })),
      'ok',
      '50% of the features have drifted, not above 50% (168 rows)',
    ],
    [
      'without a run',
      { drift: 'dataset' },
      nothing,
      'insufficient-data',
      'dataset drift cannot be judged: there is no drift run',
    ],
    [
      'of a run that had too little data',
      { drift: 'dataset' },
      evidenceOf(
        [],
        drifted({
          share: { value: 1 },
          verdict: { level: 'insufficient-data', reason: '3 rows, at least 10 are needed' },
        }),
      ),
      'insufficient-data',
      'dataset drift cannot be judged: 3 rows, at least 10 are needed',
    ],
  ],
  'drift of a column': [
    [
      'of a feature, at its level',
      { drift: 'feature', feature: 'temp' },
      column('warning'),
      'warning',
      'drift of the feature temp is warning: far off',
    ],
    [
      'of a feature, worse',
      { drift: 'feature', feature: 'temp', level: 'critical' },
      column('critical'),
      'critical',
      'drift of the feature temp is critical: far off',
    ],
    [
      'of a feature, less',
      { drift: 'feature', feature: 'temp', atLeast: 'critical' },
      column('warning'),
      'ok',
      'drift of the feature temp is warning: far off',
    ],
    [
      'of a feature that is not judged',
      { drift: 'feature', feature: 'hum' },
      column('ok'),
      'insufficient-data',
      'drift of the feature hum cannot be judged: the drift run does not hold it',
    ],
    [
      'of the prediction',
      { drift: 'prediction' },
      evidenceOf([], drifted({ columns: { prediction: { level: 'critical', reason: 'far off' } } })),
      'warning',
      'drift of the prediction is critical: far off',
    ],
    [
      'of the prediction, without a run',
      { drift: 'prediction' },
      nothing,
      'insufficient-data',
      'drift of the prediction cannot be judged: there is no drift run',
    ],
  ],
  'data quality': [
    [
      'the worst of it',
      { quality: 'any', atLeast: 'critical', level: 'critical' },
      evidenceOf([], quality('critical')),
      'critical',
      'data quality is critical: 1 of 9 checks failed',
    ],
    [
      'not that bad',
      { quality: 'any', atLeast: 'critical' },
      evidenceOf([], quality('warning')),
      'ok',
      'data quality is warning: 1 of 9 checks failed',
    ],
    [
      'one check',
      { quality: 'freshness' },
      evidenceOf([], quality('warning', check('warning'), check('critical', 'range', 'hum'))),
      'warning',
      'data quality, freshness is warning: freshness: because',
    ],
    [
      'one check of one feature',
      { quality: 'range', feature: 'hum' },
      evidenceOf([], quality('warning', check('ok', 'range', 'hum'), check('critical', 'range', 'temp'))),
      'ok',
      'data quality, range of hum is ok: 1 check passed',
    ],
    [
      'a check that was not made',
      { quality: 'stuck' },
      evidenceOf([], quality('ok', check('ok'))),
      'insufficient-data',
      'data quality, stuck cannot be judged: it was not checked',
    ],
    [
      'without a run',
      { quality: 'any' },
      nothing,
      'insufficient-data',
      'data quality cannot be judged: nothing was checked',
    ],
  ],
  composition: [
    [
      'all fire',
      { all: [fires, { metric: 'rmse', limit: 75 }] },
      week({ value: 80 }, drifted()),
      'critical',
      '20% of the features have drifted, above 10% (168 rows) and RMSE over 7 days 80 is above 75 (168 outcomes)',
    ],
    [
      'all, but one does not',
      { all: [open, fires, fine] },
      evidenceOf([], drifted()),
      'ok',
      '20% of the features have drifted, not above 90% (168 rows)',
    ],
    [
      'all, but one cannot be judged',
      { all: [fires, open] },
      evidenceOf([], drifted()),
      'insufficient-data',
      'drift of the feature temp cannot be judged: the drift run does not hold it',
    ],
    [
      'any that fires',
      { any: [open, fires, fine], level: 'warning' },
      evidenceOf([], drifted()),
      'warning',
      '20% of the features have drifted, above 10% (168 rows)',
    ],
    [
      'any, and none does',
      { any: [fine, fine] },
      evidenceOf([], drifted()),
      'ok',
      '20% of the features have drifted, not above 90% (168 rows) and 20% of the features have drifted, not above 90% (168 rows)',
    ],
    [
      'any, and one cannot be judged',
      { any: [fine, open] },
      evidenceOf([], drifted()),
      'insufficient-data',
      'drift of the feature temp cannot be judged: the drift run does not hold it',
    ],
    [
      'not what is not so',
      { not: fine },
      evidenceOf([], drifted()),
      'critical',
      '20% of the features have drifted, not above 90% (168 rows)',
    ],
    [
      'not what is so',
      { not: fires },
      evidenceOf([], drifted()),
      'ok',
      '20% of the features have drifted, above 10% (168 rows)',
    ],
    [
      'not what nobody can tell',
      { not: open },
      evidenceOf([], drifted()),
      'insufficient-data',
      'drift of the feature temp cannot be judged: the drift run does not hold it',
    ],
    [
      'nested, with names',
      { name: 'bad', all: [{ not: { any: [fine] } }, { name: 'drift', any: [fires] }] },
      evidenceOf([], drifted()),
      'critical',
      'bad: 20% of the features have drifted, not above 90% (168 rows) and drift: 20% of the features have drifted, above 10% (168 rows)',
    ],
  ],
};

describe.each(Object.entries(cases))('%s', (_, cases) => {
  it.each(cases)('%s', (_, input, evidence, level, reason) => {
    const verdict = judgeDegradation([rule(input)], evidence);
    expect(verdict).toMatchObject({ level, reason, findings: [{ level, reason }] });
  });
});

describe('a finding', () => {
  it('lists the number with what it rests on', () => {
    const evidence = week({ value: 101.2, interval: [92.1, 110.4], coverage: 0.93, revision: 2 });
    const [finding] = judgeDegradation([rule(rmse)], evidence).findings;
    expect(finding!.measured).toEqual([
      {
        label: 'RMSE',
        metric: 'rmse',
        over: '7d',
        window: { start: '2011-05-08T00:00:00Z', end: '2011-05-15T00:00:00Z' },
        value: { value: 101.2 },
        text: '101.2',
        interval: [92.1, 110.4],
        limit: '75',
        sampleSize: 168,
        coverage: 0.93,
        version: '1',
        revision: 2,
        state: 'provisional',
      },
    ]);
  });

  it('of a composition lists those of every part', () => {
    const [finding] = judgeDegradation(
      [rule({ any: [rmse, { not: fires }] })],
      week({ value: 1 }, drifted()),
    ).findings;
    expect(finding!.measured.map(({ label }) => label)).toEqual(['RMSE', 'Drifted features']);
  });

  it('says whether it would fire by the points alone', () => {
    const unsure = week({ value: 80, interval: [74, 86] });
    const marks = (input: DegradationRuleInput, evidence = unsure) =>
      judgeDegradation([rule(input)], evidence).findings.map(({ unsure }) => unsure);
    expect(marks(rmse)).toEqual([true]);
    expect(marks({ all: [rmse] })).toEqual([true]);
    expect(marks(rmse, week({ value: 74, interval: [68, 80] }))).toEqual([undefined]);
    expect(marks(rmse, week({ value: 80, interval: [76, 84] }))).toEqual([undefined]);
    expect(marks(rmse, nothing)).toEqual([undefined]);
  });

  it('survives JSON', () => {
    const { findings } = judgeDegradation(
      [rule(rmse), rule({ trend: 'rmse', perDay: 1 })],
      week({ value: 1 }),
    );
    expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
  });
});

describe('several rules', () => {
  it('give the worst level and say the worst first', () => {
    const mae = rule({ metric: 'mae', limit: 40, level: 'warning' });
    const evidence = evidenceOf([
      { ...evaluated({}), metrics: { mae: { value: 50 }, rmse: { value: 100 } } },
    ]);
    const verdict = judgeDegradation([mae, rule(rmse)], evidence);
    expect(verdict.level).toBe('critical');
    expect(verdict.reason).toBe(
      'RMSE over 7 days 100 is above 75 (168 outcomes); MAE over 7 days 50 is above 40 (168 outcomes)',
    );
    expect(verdict.findings.map(({ rule }) => rule)).toEqual([mae, rule(rmse)]);
  });

  it('with two limits on one number name the worse one that fires, or the tighter one that does not', () => {
    const rules = defaultRules({ rmse: { warning: 60, critical: 75 } });
    expect(judgeDegradation(rules, week({ value: 100 })).reason).toBe(
      'RMSE over 7 days 100 is above 75 (168 outcomes)',
    );
    expect(judgeDegradation(rules, week({ value: 70 }))).toMatchObject({
      level: 'warning',
      reason: 'RMSE over 7 days 70 is above 60 (168 outcomes)',
    });
    expect(judgeDegradation(rules, week({ value: 7 })).reason).toBe(
      'RMSE over 7 days 7 is not above 60 (168 outcomes)',
    );
    expect(judgeDegradation(rules, nothing).reason).toBe(
      'RMSE over 7 days cannot be judged: there is no evaluation of the last 7 days',
    );
  });

  it.each([
    ['first', [rule(rmse), rule(fires)]],
    ['last', [rule(fires), rule(rmse)]],
  ])('of which the %s cannot be judged do not hide one that fires', (_, rules) => {
    const verdict = judgeDegradation(rules, evidenceOf([], drifted()));
    expect(verdict).toMatchObject({
      level: 'warning',
      reason: '20% of the features have drifted, above 10% (168 rows)',
    });
    expect(verdict.findings.map(({ level }) => level).toSorted()).toEqual(['insufficient-data', 'warning']);
  });

  it('of which one cannot be judged are ok by the others, and name it', () => {
    expect(judgeDegradation([rule(rmse), rule(fires)], week({ value: 50 }))).toMatchObject({
      level: 'ok',
      reason:
        'RMSE over 7 days 50 is not above 75 (168 outcomes); dataset drift cannot be judged: there is no drift run',
    });
  });

  it('are not none: that is said', () => {
    expect(judgeDegradation([], nothing)).toEqual({
      level: 'insufficient-data',
      reason:
        'there are no degradation rules: write performance.limits or degradation.rules in the monitor, and apply it',
      findings: [],
    });
  });
});
