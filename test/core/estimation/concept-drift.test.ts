import { describe, expect, it } from 'vitest';

import { judgeGap } from '../../../core/estimation/concept-drift.ts';

const estimate = {
  task: 'regression',
  estimated: { mae: 10 },
  intervals: { mae: [8, 12] },
  realized: { mae: 15 },
  inputs: 'stable',
} as const;
const classification = {
  ...estimate,
  task: 'classification',
  estimated: { accuracy: 0.8 },
  intervals: { accuracy: [0.75, 0.85] },
} as const;

describe('judgeGap', () => {
  it('calls it concept drift, with both numbers, when a model is worse than its stable inputs say', () => {
    expect(judgeGap(estimate)).toEqual({
      verdict: {
        level: 'warning',
        reason:
          'MAE is 15, estimated was 10 (95%: 8 to 12), and the inputs are as they were: they have come to mean something else',
      },
      facts: [
        { name: 'MAE, realized', value: '15' },
        { name: 'MAE, estimated', value: '10 (95%: 8 to 12)' },
      ],
    });
    expect(judgeGap({ ...classification, realized: { accuracy: 0.7 } }).verdict.level).toBe('warning');
  });

  it('is calm within the interval, at its ends, and where the model is better than estimated', () => {
    for (const mae of [8, 11, 12, 1])
      expect(judgeGap({ ...estimate, realized: { mae } }).verdict.level).toBe('ok');
    expect(judgeGap({ ...classification, realized: { accuracy: 0.95 } }).verdict.level).toBe('ok');
  });

  it('cannot tell where the inputs drifted, nobody looked at them, or a number is missing', () => {
    expect(judgeGap({ ...estimate, inputs: 'drifted' }).verdict).toEqual({
      level: 'insufficient-data',
      reason: 'MAE is 15, estimated was 10 (95%: 8 to 12), but the inputs have drifted too',
    });
    for (const missing of [
      { inputs: 'unknown' },
      { realized: {} },
      { intervals: {} },
      { estimated: {} },
    ] as const)
      expect(judgeGap({ ...estimate, ...missing }).verdict.level).toBe('insufficient-data');
  });
});
