import { describe, expect, it } from 'vitest';

import { rankSegments, type SegmentBlock } from '../../../core/comparison/worst-segments.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { randomOf } from './random.ts';

/** Ten days of absolute errors by segment, and all of them together. */
function days(
  errorsOf: (segment: string, day: number) => readonly number[],
  segments: readonly string[],
): SegmentBlock[] {
  const summary = (errors: readonly number[]) =>
    summarizeRegression({ predictions: Float64Array.from(errors), actuals: new Float64Array(errors.length) });
  return Array.from({ length: 10 }, (_, block) => {
    const own = segments.map((segment) => ({ segment, errors: errorsOf(segment, block) }));
    const all = { segment: '', errors: own.flatMap(({ errors }) => errors) };
    return [...own, all]
      .filter(({ errors }) => errors.length > 0)
      .map(({ segment, errors }) => ({ segment, block, summary: summary(errors) }));
  }).flat();
}

describe('rankSegments', () => {
  it('puts first what is worse for certain, not what is worse by a few rows', () => {
    const random = randomOf(1);
    const errors: Record<string, (day: number) => number[]> = {
      'city=Porto': () => Array.from({ length: 20 }, () => 5 + random.normal()),
      'city=Lisbon': () => Array.from({ length: 20 }, () => 3 + random.normal()),
      'city=Faro': (day) => (day % 3 === 0 ? [3 + 4 * random.uniform() + day] : []),
    };
    const { loss, segments } = rankSegments(
      days((name, day) => errors[name]!(day), Object.keys(errors)),
      'day',
    );
    expect(loss).toBe('mae');
    expect(segments.map(({ segment }) => segment)).toEqual(['city=Porto', 'city=Faro', 'city=Lisbon']);
    const [porto, faro, lisbon] = segments;
    expect(porto!.rows).toBe(200);
    expect(porto!.value).toBeCloseTo(5, 0);
    expect(porto!.rest).toBeLessThan(3.3);
    expect(porto!.low).toBeGreaterThan(1);
    expect(porto!.adjustedPValue).toBeLessThan(1e-6);
    expect(porto!.adjustedPValue).toBeGreaterThan(porto!.pValue!);
    expect(faro!.low).toBeLessThan(0);
    expect(lisbon!.pValue).toBeGreaterThan(0.99);
  });

  it('puts last what is of too few days to say, and leaves out what is all rows', () => {
    const made = days(
      (name, day) => (name === 'c=new' && day < 8 ? [] : [name === 'c=new' ? 9 : 1 + (day % 2)]),
      ['c=old', 'c=new'],
    );
    expect(rankSegments(made, 'day').segments).toMatchObject([
      { segment: 'c=new', value: 9, low: null, pValue: null, adjustedPValue: null },
      { segment: 'c=old', low: null },
    ]);
    expect(
      rankSegments(
        days(() => [1, 2], ['c=all']),
        'day',
      ).segments,
    ).toEqual([]);
    expect(rankSegments([], 'day').segments).toEqual([]);
  });

  it('takes the log loss of classes where every row has probabilities, else the share of wrong ones', () => {
    const blocks = (given: { yes: number } | null): SegmentBlock[] =>
      Array.from({ length: 10 }, (_, block) => {
        const summary = (actualClasses: readonly string[]) =>
          summarizeClassification({
            classes: ['no', 'yes'],
            predictedClasses: actualClasses.map(() => 'yes'),
            actualClasses,
            probabilities: actualClasses.map((_, row) => (row === 0 ? given : { yes: 0.8 })),
          });
        return [
          { segment: '', block, summary: summary(['yes', 'yes', 'no', block % 2 === 0 ? 'no' : 'yes']) },
          { segment: 'c=a', block, summary: summary(['no', block % 2 === 0 ? 'no' : 'yes']) },
        ];
      }).flat();
    const scored = rankSegments(blocks({ yes: 0.8 }), 'day');
    expect(scored.loss).toBe('log_loss');
    expect(scored.segments[0]!.value).toBeCloseTo(-(3 * Math.log(0.2) + Math.log(0.8)) / 4, 9);
    const wrong = rankSegments(blocks(null), 'day');
    expect(wrong).toMatchObject({ loss: 'error_rate', segments: [{ value: 0.75, rest: 0 }] });
  });
});
