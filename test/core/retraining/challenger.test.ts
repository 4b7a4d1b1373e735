import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ChallengerTrial } from '../../../core/retraining/challenger.ts';
import { judgeChallenger } from '../../../core/retraining/challenger.ts';

const judge = (champion: number, challenger: number, change: Partial<ChallengerTrial> = {}) =>
  judgeChallenger({
    metric: 'rmse',
    champion: { value: champion },
    challenger: { value: challenger },
    rows: 161,
    minimumImprovement: 0.02,
    ...change,
  });

describe('judgeChallenger', () => {
  it('promotes what is better by enough, in words', () => {
    const judgement = judge(101.3, 58.1);
    expect(judgement).toMatchObject({
      decision: 'promote',
      reason:
        'challenger RMSE 58.1 against 101.3 on the same 161 held-out rows: 42.6% better, at least 2% needed',
    });
    expect(judgement.improvement).toEqual({ value: (101.3 - 58.1) / 101.3 });
  });

  it('promotes at exactly the minimum', () => {
    expect(judge(100, 98).decision).toBe('promote');
  });

  it('rejects what is better by too little', () => {
    expect(judge(100, 99)).toMatchObject({
      decision: 'reject',
      reason: 'challenger RMSE 99 against 100 on the same 161 held-out rows: 1% better, at least 2% needed',
    });
  });

  it('rejects what is worse', () => {
    expect(judge(100, 125)).toMatchObject({
      decision: 'reject',
      improvement: { value: -0.25 },
      reason: 'challenger RMSE 125 against 100 on the same 161 held-out rows: 25% worse, at least 2% needed',
    });
  });

  it('wants a higher ROC AUC and a lower log loss', () => {
    expect(judge(0.8, 0.9, { metric: 'roc_auc' }).decision).toBe('promote');
    expect(judge(0.9, 0.8, { metric: 'roc_auc' }).decision).toBe('reject');
    expect(judge(0.6, 0.5, { metric: 'log_loss' }).decision).toBe('promote');
  });

  it('takes a negative r2 of the champion for a value like others', () => {
    expect(judge(-0.5, 0.5, { metric: 'r2' })).toMatchObject({
      decision: 'promote',
      improvement: { value: 2 },
    });
  });

  it('rejects on too few rows', () => {
    const reason = '49 held-out rows, at least 50 are needed';
    expect(judge(100, 50, { rows: 49 })).toEqual({
      decision: 'reject',
      improvement: { notComputable: reason },
      reason,
    });
    expect(judge(100, 50, { rows: 50 }).decision).toBe('promote');
    expect(judge(100, 50, { rows: 60, minimumRows: 61 }).decision).toBe('reject');
  });

  it('rejects when either number is not computable', () => {
    const none = { notComputable: 'no outcomes' };
    expect(judge(100, 50, { challenger: none })).toMatchObject({
      decision: 'reject',
      reason: "the challenger's RMSE is not computable: no outcomes",
    });
    expect(judge(100, 50, { champion: none })).toMatchObject({
      decision: 'reject',
      reason: "the champion's RMSE is not computable: no outcomes",
    });
  });

  it('rejects against a champion of 0 and by a metric without a direction', () => {
    expect(judge(0, 0)).toMatchObject({
      decision: 'reject',
      improvement: { notComputable: expect.any(String) },
    });
    expect(judge(0.5, 0.9, { metric: 'confidence' }).decision).toBe('reject');
  });

  it('never promotes both ways', () => {
    const score = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(score, score, fc.constantFrom('rmse', 'log_loss', 'roc_auc'), (a, b, metric) => {
        const decisions = [judge(a, b, { metric }).decision, judge(b, a, { metric }).decision];
        expect(decisions).toContain('reject');
      }),
    );
  });
});
