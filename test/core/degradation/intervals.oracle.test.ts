import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { judgeDegradation } from '../../../core/degradation/judge.ts';
import type { DegradationRule } from '../../../core/degradation/rules.ts';
import { daily, evidenceOf } from './evidence.ts';

interface OracleCase {
  readonly values: readonly (number | null)[];
  readonly slope: number;
  readonly slopeInterval: readonly [number, number];
  readonly mean: number;
  readonly meanInterval: readonly [number, number];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../oracles/degradation.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly OracleCase[] };

function measured(rule: DegradationRule, { values }: OracleCase) {
  const evidence = evidenceOf(
    values.flatMap((value, i) => (value === null ? [] : [daily(15 - values.length + 1 + i, value)])),
  );
  return judgeDegradation([rule], evidence).findings[0]!.measured[0]!;
}

function expectNear(actual: unknown, expected: readonly number[], scale: number): void {
  const numbers = actual as readonly number[];
  expect(numbers).toHaveLength(expected.length);
  numbers.forEach((number, i) => {
    expect(Math.abs(number - expected[i]!)).toBeLessThanOrEqual(1e-9 * scale);
  });
}

describe.each(cases.map((oracle, i) => [i, oracle] as const))('series %i', (_, oracle) => {
  const over = `${oracle.values.length}d`;

  it('has the trend that scipy has', () => {
    const { value, interval } = measured({ trend: 'rmse', over, perDay: 0, level: 'warning' }, oracle);
    expectNear([(value as { value: number }).value], [oracle.slope], Math.abs(oracle.mean));
    expectNear(interval, oracle.slopeInterval, Math.abs(oracle.mean));
  });

  it('has the daily mean that scipy has', () => {
    const rule = { metric: 'rmse', over, aggregate: 'daily-mean', limit: 0, level: 'warning' } as const;
    const { value, interval } = measured(rule, oracle);
    expectNear([(value as { value: number }).value], [oracle.mean], Math.abs(oracle.mean));
    expectNear(interval, oracle.meanInterval, Math.abs(oracle.mean));
  });
});
