import { describe, expect, it } from 'vitest';

import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { leadRanges } from '../../../core/performance/settings.ts';
import { hourMs } from '../../../core/window.ts';

const monitor = (performance: NonNullable<MonitorInput['performance']>, more: Partial<MonitorInput> = {}) =>
  monitorSchema.safeParse({
    model: 'm',
    task: 'regression',
    features: { x: { kind: 'continuous' }, horizon: { kind: 'categorical' } },
    reference: { kind: 'rolling' },
    performance,
    ...more,
  });
const problemsOf = (performance: NonNullable<MonitorInput['performance']>, more?: Partial<MonitorInput>) =>
  monitor(performance, more).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('performance.gate', () => {
  it('is a coverage of 80% or an age of a day by default', () => {
    expect(monitor({}).data?.performance.gate).toEqual({ coverage: 0.8, age: '24h' });
  });

  it('takes one of both', () => {
    expect(monitor({ gate: { coverage: 0.5 } }).data?.performance.gate).toEqual({
      coverage: 0.5,
      age: '24h',
    });
  });

  it.each([
    [{ coverage: 80 }, 'performance.gate.coverage: write a share from 0 to 1'],
    [{ age: 'a day' }, 'performance.gate.age: write a number and m, h, d or w, for example "6h"'],
  ])('refuses %o', (gate, problem) => {
    expect(problemsOf({ gate })).toEqual([problem]);
  });
});

describe('performance.horizons', () => {
  it('are ranges of lead times, open at an end that is not written', () => {
    const { horizons } = monitor({
      horizons: { short: { max: '6h' }, day: { min: '6h', max: '1d' }, long: { min: '1d' } },
    }).data!.performance;
    expect(leadRanges(horizons)).toEqual([
      { segment: 'horizon=short', from: -Infinity, to: 6 * hourMs },
      { segment: 'horizon=day', from: 6 * hourMs, to: 24 * hourMs },
      { segment: 'horizon=long', from: 24 * hourMs, to: Infinity },
    ]);
  });

  it.each([
    [{ none: {} }, 'performance.horizons.none: write min, max or both'],
    [
      { back: { min: '6h', max: '6h' } },
      'performance.horizons.back: min must be below max (max itself is not included)',
    ],
    [
      { zero: { max: '0h' } },
      'performance.horizons.zero: min must be below max (max itself is not included)',
    ],
    [{ 'Six hours': { max: '6h' } }, 'performance.horizons.Six hours: Invalid key in record'],
    [
      { soon: { max: 'soon' } },
      'performance.horizons.soon.max: write a number and m, h, d or w, for example "6h"',
    ],
  ])('refuses %o', (horizons, problem) => {
    expect(problemsOf({ horizons })).toEqual([problem]);
  });

  it('refuses to be called like the segments of a feature', () => {
    const horizons = { short: { max: '6h' } } as const;
    expect(problemsOf({ horizons })).toBeUndefined();
    expect(problemsOf({ horizons }, { segments: ['horizon'] })).toEqual([
      'performance.horizons: the segments of a feature named "horizon" are called alike; rename it',
    ]);
  });
});
