import { describe, expect, it } from 'vitest';

import type { EvaluationEvidence } from '../../../core/degradation/evidence.ts';
import { judgeDegradation } from '../../../core/degradation/judge.ts';
import type { DegradationRule, MetricRule } from '../../../core/degradation/rules.ts';
import { defaultRules } from '../../../core/degradation/rules.ts';
import type { MetricName } from '../../../core/performance/metrics.ts';

const rmseBelow75: MetricRule = {
  metric: 'rmse',
  over: '7d',
  aggregate: 'pooled',
  limit: 75,
  level: 'critical',
};
const halfDrifted: DegradationRule = { drift: 'dataset', share: 0.5, level: 'warning' };

function evaluated(values: Partial<Record<MetricName, number>>, sampleSize = 168): EvaluationEvidence {
  return {
    sampleSize,
    verdict: { level: 'ok', reason: `${sampleSize} outcomes` },
    metrics: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
  };
}

const tooFew: EvaluationEvidence = {
  sampleSize: 7,
  verdict: { level: 'insufficient-data', reason: '7 outcomes, at least 10 are needed' },
  metrics: {},
};

const days = (daily: readonly EvaluationEvidence[]) => ({ windows: { '7d': { daily } } });
const day = (rmse: number, sampleSize = 24) => evaluated({ rmse }, sampleSize);
const drifted = (share: number) => ({
  windows: {},
  drift: {
    share: { value: share },
    verdict: { level: 'ok', reason: 'compared' },
    sampleSize: 168,
  } as const,
});
const pooled = (evaluation: EvaluationEvidence) => ({ windows: { '7d': { pooled: evaluation } } });
const judgeOne = (rule: MetricRule, value: number) =>
  judgeDegradation([rule], pooled(evaluated({ [rule.metric]: value })));

describe('a limit on a metric', () => {
  it('that is exceeded says by which number over which outcomes', () => {
    const verdict = judgeDegradation(
      [rmseBelow75],
      pooled({ ...evaluated({ rmse: 101.2 }), coverage: 0.93 }),
    );
    const reason = 'RMSE over 7 days 101.2 is above 75 (168 outcomes, coverage 93%)';
    expect(verdict).toEqual({
      level: 'critical',
      reason,
      findings: [
        { rule: rmseBelow75, level: 'critical', value: { value: 101.2 }, limit: 75, reason, sampleSize: 168 },
      ],
    });
  });

  it('that is kept is ok, with the number too', () => {
    expect(judgeOne(rmseBelow75, 58.1)).toMatchObject({
      level: 'ok',
      reason: 'RMSE over 7 days 58.1 is not above 75 (168 outcomes)',
    });
  });

  it('is kept by a value that is equal', () => {
    expect(judgeOne(rmseBelow75, 75).level).toBe('ok');
    expect(judgeOne({ ...rmseBelow75, metric: 'accuracy', limit: 0.8 }, 0.8).level).toBe('ok');
  });

  it('is a floor where higher is better', () => {
    const rule: MetricRule = { ...rmseBelow75, metric: 'accuracy', limit: 0.8, level: 'warning' };
    expect(judgeOne(rule, 0.71)).toMatchObject({
      level: 'warning',
      reason: 'accuracy over 7 days 71% is below 80% (168 outcomes)',
    });
    expect(judgeOne(rule, 0.9).level).toBe('ok');
  });

  it('bounds a bias on both sides', () => {
    const rule: MetricRule = { ...rmseBelow75, metric: 'bias', limit: 10 };
    expect(judgeOne(rule, -12)).toMatchObject({
      level: 'critical',
      reason: 'bias over 7 days -12 is further from 0 than 10 (168 outcomes)',
    });
    expect(judgeOne(rule, 12).level).toBe('critical');
    expect(judgeOne(rule, -9).level).toBe('ok');
  });

  it('cannot be judged on a metric without a direction', () => {
    const verdict = judgeOne({ ...rmseBelow75, metric: 'confidence', limit: 0.5 }, 0.4);
    expect(verdict.level).toBe('insufficient-data');
  });

  it('never reads as if a value were above itself', () => {
    expect(judgeOne(rmseBelow75, 75.00004).reason).toContain('75.00004 is above 75 ');
  });

  it('reads the window of its own length', () => {
    const monthly: MetricRule = { ...rmseBelow75, over: '30d' };
    const verdict = judgeDegradation([monthly], {
      windows: {
        '7d': { pooled: evaluated({ rmse: 10 }) },
        '30d': { pooled: evaluated({ rmse: 100 }, 720) },
      },
    });
    expect(verdict.reason).toBe('RMSE over 30 days 100 is above 75 (720 outcomes)');
  });
});

describe('a rule that cannot be judged', () => {
  const cases: [string, Parameters<typeof judgeDegradation>[1], string][] = [
    ['too few outcomes', pooled(tooFew), '7 outcomes, at least 10 are needed'],
    ['no evaluation', { windows: {} }, 'there is no evaluation of the last 7 days'],
    ['a metric that is not there', pooled(evaluated({ mae: 1 })), 'the evaluation does not hold this metric'],
    [
      'a metric that is not computable',
      pooled({ ...evaluated({}), metrics: { rmse: { notComputable: 'no outcomes' } } }),
      'no outcomes',
    ],
  ];
  it.each(cases)('because of %s says so', (_, evidence, why) => {
    const verdict = judgeDegradation([rmseBelow75], evidence);
    expect(verdict).toMatchObject({
      level: 'insufficient-data',
      reason: `RMSE over 7 days cannot be judged: ${why}`,
      findings: [{ level: 'insufficient-data', value: { notComputable: why } }],
    });
  });

  it('never hides one that fires', () => {
    const drift = {
      share: { value: 0.75 },
      verdict: { level: 'warning', reason: 'drift' },
      sampleSize: 168,
    } as const;
    for (const rules of [
      [rmseBelow75, halfDrifted],
      [halfDrifted, rmseBelow75],
    ]) {
      const verdict = judgeDegradation(rules, { windows: {}, drift });
      expect(verdict).toMatchObject({
        level: 'warning',
        reason: '75% of the features have drifted, above 50% (168 rows)',
      });
      expect(verdict.findings.map(({ level }) => level).toSorted()).toEqual(['insufficient-data', 'warning']);
    }
  });

  it('leaves ok what else was judged, and is named', () => {
    const verdict = judgeDegradation([rmseBelow75, halfDrifted], pooled(evaluated({ rmse: 50 })));
    expect(verdict).toMatchObject({
      level: 'ok',
      reason:
        'RMSE over 7 days 50 is not above 75 (168 outcomes); dataset drift cannot be judged: there is no drift run',
    });
  });

  it('does not come from no rules without a word', () => {
    expect(judgeDegradation([], { windows: {} })).toEqual({
      level: 'insufficient-data',
      reason: 'there are no degradation rules',
      findings: [],
    });
  });
});

describe('several rules', () => {
  it('give the worst level and say the worst first', () => {
    const mae: MetricRule = { ...rmseBelow75, metric: 'mae', limit: 40, level: 'warning' };
    const verdict = judgeDegradation([mae, rmseBelow75], pooled(evaluated({ mae: 50, rmse: 100 })));
    expect(verdict.level).toBe('critical');
    expect(verdict.reason).toBe(
      'RMSE over 7 days 100 is above 75 (168 outcomes); MAE over 7 days 50 is above 40 (168 outcomes)',
    );
    expect(verdict.findings.map(({ rule }) => rule)).toEqual([mae, rmseBelow75]);
  });

  it('with two limits on one number name the worse one that fires', () => {
    const rules = defaultRules({ rmse: { warning: 60, critical: 75 } });
    expect(judgeDegradation(rules, pooled(evaluated({ rmse: 100 }))).reason).toBe(
      'RMSE over 7 days 100 is above 75 (168 outcomes)',
    );
    expect(judgeDegradation(rules, pooled(evaluated({ rmse: 70 })))).toMatchObject({
      level: 'warning',
      reason: 'RMSE over 7 days 70 is above 60 (168 outcomes)',
    });
    expect(judgeDegradation(rules, pooled(tooFew)).reason).toBe(
      'RMSE over 7 days cannot be judged: 7 outcomes, at least 10 are needed',
    );
  });
});

describe('a daily mean', () => {
  const rule: MetricRule = { ...rmseBelow75, aggregate: 'daily-mean' };

  it('is the plain mean of the days, however many outcomes each has', () => {
    const verdict = judgeDegradation([rule], days([day(70), day(70), day(70), day(130, 10)]));
    expect(verdict).toMatchObject({
      level: 'critical',
      reason: 'daily mean RMSE over 7 days 85 is above 75 (4 of 7 days, 82 outcomes)',
      findings: [{ value: { value: 85 }, sampleSize: 82 }],
    });
  });

  it('leaves out days that have no value', () => {
    const notComputable = { ...evaluated({}), metrics: { rmse: { notComputable: 'none' } } };
    const verdict = judgeDegradation(
      [rule],
      days([day(70), tooFew, day(72), notComputable, day(74), day(76)]),
    );
    expect(verdict.findings[0]).toMatchObject({ level: 'ok', value: { value: 73 }, sampleSize: 96 });
  });

  it('needs at least half of the days', () => {
    expect(judgeDegradation([rule], days([day(99), day(99), day(99), tooFew]))).toMatchObject({
      level: 'insufficient-data',
      reason:
        'daily mean RMSE over 7 days cannot be judged: 3 of 7 days could be evaluated, at least half are needed',
    });
    const twoDays: MetricRule = { ...rule, over: '2d' };
    expect(judgeDegradation([twoDays], { windows: { '2d': { daily: [day(99)] } } }).level).toBe('critical');
  });

  it('does not take the pooled number instead', () => {
    expect(judgeDegradation([rule], pooled(evaluated({ rmse: 100 }))).level).toBe('insufficient-data');
  });
});

describe('a drift rule', () => {
  it('fires above its share, not at it', () => {
    expect(judgeDegradation([halfDrifted], drifted(0.5)).level).toBe('ok');
    expect(judgeDegradation([halfDrifted], drifted(0.625))).toMatchObject({
      level: 'warning',
      reason: '62.5% of the features have drifted, above 50% (168 rows)',
    });
  });

  it('cannot be judged by a drift run that had too little data', () => {
    const verdict = { level: 'insufficient-data', reason: '3 rows, at least 10 are needed' } as const;
    expect(
      judgeDegradation([halfDrifted], {
        windows: {},
        drift: { share: { value: 1 }, verdict, sampleSize: 3 },
      }),
    ).toMatchObject({
      level: 'insufficient-data',
      reason: 'dataset drift cannot be judged: 3 rows, at least 10 are needed',
    });
  });
});
