import { describe, expect, it } from 'vitest';

import { needsApproval } from '../../../core/retraining/approval.ts';

const risk = { improvementBelow: 0.05, segmentWorse: 0.02, rowsBelow: 200 };
const good = { segment: '', improvement: 0.3, rows: 900 };
const aboveRisk = (...found: Parameters<typeof needsApproval>[1]) =>
  needsApproval({ kind: 'manual-above-risk', risk }, found);

describe('a person is asked', () => {
  it('never, or always, where the policy says so', () => {
    expect(needsApproval({ kind: 'auto', risk }, [])).toMatchObject({ needed: false });
    expect(needsApproval({ kind: 'manual', risk }, [good])).toEqual({
      needed: true,
      reason: 'a person decides on every promotion',
    });
  });

  it('not where the risk is small', () => {
    expect(aboveRisk(good, { segment: 'season=1', improvement: -0.01, rows: 90 })).toMatchObject({
      needed: false,
    });
  });

  it('where the improvement is small, rests on few rows or is not known', () => {
    expect(aboveRisk({ ...good, improvement: 0.03, rows: 100 }).reason).toBe(
      'it is better by 3%, less than 5%; it was compared on 100 rows, fewer than 200',
    );
    expect(aboveRisk({ ...good, improvement: null })).toMatchObject({
      needed: true,
      reason: 'how much better it is, is not known',
    });
  });

  it('where a segment became worse', () => {
    expect(aboveRisk(good, { segment: 'season=1', improvement: -0.04, rows: 90 }).reason).toBe(
      'season=1 is worse by 4%, more than 2%',
    );
  });
});
