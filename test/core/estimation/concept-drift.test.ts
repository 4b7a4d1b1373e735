import { describe, expect, it } from 'vitest';

import { judgeGap, type EarlierEstimate } from '../../../core/estimation/concept-drift.ts';

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

/** Mean absolute errors of weeks, the newest last, each estimated as 10 with an interval from 8 to 12. */
function judgeWeeks(
  maes: readonly number[],
  { earlier = 'stable', newest = 'stable' }: Partial<Record<'earlier' | 'newest', Inputs>> = {},
) {
  const [mae, ...before] = maes.toReversed();
  const past = before.map((value, i): EarlierEstimate => {
    return { ...estimate, realized: { mae: value }, inputs: earlier, windowsBefore: i + 1 };
  });
  return judgeGap({ ...estimate, realized: { mae: mae! }, inputs: newest }, past);
}
type Inputs = EarlierEstimate['inputs'];

const usual = [10.6, 9.5, 10.1, 11.2, 9.1, 10.4, 9.8, 10.9, 9.3, 10.2, 8.9, 10.5];
const widening = [9.9, 10.2, 10.1, 10.5, 10.6, 10.9, 10.9, 11.3, 11.2, 11.6];

describe('judgeGap of a series of windows', () => {
  it('is calm while gaps come and go', () => {
    for (let week = 1; week <= usual.length; week += 1)
      expect(judgeWeeks(usual.slice(0, week)).verdict.level).toBe('ok');
  });

  it('tells at once of one week outside its interval, and no longer a week later', () => {
    expect(judgeWeeks([...usual, 12.5]).verdict.level).toBe('warning');
    expect(judgeWeeks([...usual, 12.5, 10.1]).verdict.level).toBe('ok');
  });

  it('tells of a gap that grows slowly within the interval, after seven weeks and from then on', () => {
    const levels = widening.map((_, i) => judgeWeeks(widening.slice(0, i + 1)).verdict.level);
    expect(levels).toEqual([...Array(6).fill('ok'), ...Array(4).fill('warning')]);
    const { verdict, facts } = judgeWeeks(widening);
    expect(verdict).toEqual({
      level: 'warning',
      reason:
        'MAE is 11.6, estimated was 10 (95%: 8 to 12); the gap has widened over 10 windows, and the inputs are as they were: they have come to mean something else',
    });
    expect(facts).toContainEqual({
      name: 'Gaps, from the oldest',
      value: '-0.1, +0.2, +0.1, +0.5, +0.6, +0.9, +0.9, +1.3, +1.2, +1.6',
    });
  });

  it('does not mind a gap that closes, one that widens for the better, or one that hardly widens', () => {
    for (const maes of [
      widening.toReversed(),
      widening.map((mae) => 20 - mae),
      widening.map((mae) => mae - 2),
      widening.map((mae) => 10 + (mae - 10) / 4),
    ])
      expect(judgeWeeks(maes).verdict.level).toBe('ok');
  });

  it('takes accuracy that falls away from its estimate for the same', () => {
    const falling = widening.map((mae) => 0.8 - (mae - 10) / 40);
    const [accuracy, ...before] = falling.toReversed();
    const past = before.map((value, i) => ({
      ...classification,
      realized: { accuracy: value },
      windowsBefore: i + 1,
    }));
    expect(judgeGap({ ...classification, realized: { accuracy: accuracy! } }, past).verdict.level).toBe(
      'warning',
    );
  });

  it('measures a gap by its own interval: as wide a one is less where the estimate is less sure', () => {
    const [mae, ...before] = widening.toReversed();
    const past = before.map((value, i) => ({
      ...estimate,
      realized: { mae: value },
      windowsBefore: i + 1,
    }));
    const unsure = { ...estimate, intervals: { mae: [0, 20] }, realized: { mae: mae! } } as const;
    expect(judgeGap(unsure, past).verdict.level).toBe('ok');
  });

  it('cannot tell when the inputs of the newest window drifted', () => {
    expect(judgeWeeks(widening, { newest: 'drifted' }).verdict).toMatchObject({
      level: 'insufficient-data',
      reason: expect.stringMatching(/has widened over 10 windows, but the inputs have drifted too$/),
    });
  });

  it('leaves out earlier windows whose inputs drifted or were not looked at', () => {
    for (const earlier of ['drifted', 'unknown'] as const)
      expect(judgeWeeks(widening, { earlier }).verdict.level).toBe('ok');
  });

  it('looks back twelve windows, over missing ones too', () => {
    const past = (windowsBefore: number, mae: number): EarlierEstimate => {
      return { ...estimate, realized: { mae }, windowsBefore };
    };
    const newest = { ...estimate, realized: { mae: 11.5 } };
    const line = (weeks: readonly number[]) => weeks.map((week) => past(week, 11.5 - week * 0.15));
    expect(judgeGap(newest, line([11, 10, 7, 4, 2])).verdict.level).toBe('warning');
    expect(judgeGap(newest, line([12, 10, 7, 4, 2])).verdict.level).toBe('ok');
  });
});
