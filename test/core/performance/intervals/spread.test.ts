import { describe, expect, it } from 'vitest';

import { wilson } from '../../../../core/performance/intervals/scale.ts';
import { createSpreadOf, fewestHours, type Spread } from '../../../../core/performance/intervals/spread.ts';
import { hourMs } from '../../../../core/window.ts';
import oracle from '../../../oracles/intervals.json' with { type: 'json' };

/** Of hours that follow each other. */
function spreadOf(deviations: readonly number[], weights = deviations.map(() => 1)): Spread | undefined {
  return createSpreadOf(deviations.map((_, hour) => hour * hourMs))(
    Float64Array.from(deviations),
    Float64Array.from(weights),
  );
}

/** Looks like noise: the digits of a quadratic sequence. */
const noise = (length: number): number[] => Array.from({ length }, (_, i) => ((i * i * 0.618034) % 1) - 0.5);

describe('spreadOf', () => {
  it.each(oracle.spreads)('agrees with scipy: $name', ({ deviations, weights, halfWidth }) => {
    expect(spreadOf(deviations, weights)!.halfWidth / halfWidth).toBeCloseTo(1, 3);
  });

  it('is wider where neighbouring hours are alike, though each hour scatters the same', () => {
    const alike = noise(20).flatMap((deviation) => Array.from({ length: 10 }, () => deviation));
    const apart = alike.map((_, i) => alike[(i * 77) % 200]!);
    expect(spreadOf(alike)!.halfWidth).toBeGreaterThan(2.5 * spreadOf(apart)!.halfWidth);
  });

  it('does not widen by what repeats every day, from the third day on', () => {
    const rhythm = (deviations: readonly number[]): number[] =>
      deviations.map((deviation, hour) => deviation + Math.cos((hour / 12) * Math.PI));
    const widening = (days: number): number =>
      spreadOf(rhythm(noise(24 * days)))!.halfWidth / spreadOf(noise(24 * days))!.halfWidth;
    expect(widening(2)).toBeGreaterThan(2);
    expect(widening(3)).toBeCloseTo(1, 9);
    expect(widening(30)).toBeCloseTo(1, 9);
  });

  it('skips hours that weigh nothing', () => {
    const deviations = noise(20);
    const sparse = deviations.flatMap((deviation) => [deviation, 0]);
    const weights = deviations.flatMap(() => [1, 0]);
    expect(spreadOf(sparse, weights)!.halfWidth).toBe(spreadOf(deviations)!.halfWidth);
  });

  it('trusts few hours that hold most rows less than many that hold as many each', () => {
    const weights = noise(40).map((_, hour) => (hour % 10 === 0 ? 100 : 1));
    expect(spreadOf(noise(40), weights)!.halfWidth).toBeGreaterThan(spreadOf(noise(40))!.halfWidth);
  });

  it('needs 6 hours', () => {
    expect(spreadOf(noise(fewestHours - 1))).toBeUndefined();
    expect(spreadOf(noise(fewestHours))).toBeDefined();
  });

  it('is 0 where nothing varies', () => {
    expect(spreadOf(noise(10).map(() => 0))!.halfWidth).toBe(0);
  });
});

describe('wilson', () => {
  it.each(oracle.wilson)('solves its equation for $share, $inverseSize', ({ share, inverseSize, ends }) => {
    const { low, high } = wilson(share, inverseSize);
    expect(low).toBeCloseTo(ends[0]!, 12);
    expect(high).toBeCloseTo(ends[1]!, 12);
  });

  it('stays within 0 and 1', () => {
    expect(wilson(1, 0.04)).toEqual({ low: expect.closeTo(1 / 1.04, 12), high: 1 });
    expect(wilson(0, 0.04)).toEqual({ low: 0, high: expect.closeTo(0.04 / 1.04, 12) });
  });
});
