import * as fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';

import type { ColumnOfSides } from '../../../core/performance/selective-actuals.ts';
import { findSelectiveColumns, matchByTime } from '../../../core/performance/selective-actuals.ts';
import { dayMs, hourMs, minuteMs } from '../../../core/window.ts';

const at = (...minutes: number[]) => minutes.map((minute) => ({ eventTime: minute * minuteMs }));

describe('matching by time', () => {
  it('takes the nearest row with an actual for each row without', () => {
    expect(matchByTime(at(0, 10, 20), at(11, 19), hourMs)).toEqual({
      withActual: at(10, 20),
      without: at(11, 19),
    });
  });

  it('takes no row twice, and leaves out what has no partner within reach', () => {
    expect(matchByTime(at(0), at(1, 2, 90), hourMs)).toEqual({ withActual: at(0), without: at(1) });
    expect(matchByTime(at(0), at(61), hourMs)).toEqual({ withActual: [], without: [] });
  });

  it('matches within a UTC day only', () => {
    const midnight = dayMs / minuteMs;
    expect(matchByTime(at(midnight - 1), at(midnight), hourMs)).toEqual({ withActual: [], without: [] });
  });

  it('has equally many of both of each day, at most as far apart as allowed', () => {
    const minutes = fc.array(fc.nat(3 * 24 * 60), { maxLength: 40 });
    fc.assert(
      fc.property(minutes, minutes, (known, unknown) => {
        const { withActual, without } = matchByTime(at(...known), at(...unknown), 3 * hourMs);
        expect(withActual).toHaveLength(without.length);
        for (const [i, row] of without.entries()) {
          const partner = withActual[i]!;
          expect(Math.abs(partner.eventTime - row.eventTime)).toBeLessThanOrEqual(3 * hourMs);
          expect(Math.floor(partner.eventTime / dayMs)).toBe(Math.floor(row.eventTime / dayMs));
        }
        expect(withActual.length).toBeLessThanOrEqual(Math.min(known.length, unknown.length));
      }),
      { seed: 5 },
    );
  });
});

/** Normal enough: the sum of twelve uniform numbers. */
const normals = (count: number, mean: number, seed: number): number[] => {
  const random = xoroshiro128plus(seed);
  return Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += uniformFloat64(random);
    return mean + sum;
  });
};
const continuous = (column: string, withActual: unknown[], without: unknown[]): ColumnOfSides => ({
  column,
  kind: 'continuous',
  withActual,
  without,
});
const levels = (yes: number, no: number): string[] => [...Array(yes).fill('yes'), ...Array(no).fill('no')];

describe('selective columns', () => {
  it('are those whose means differ, with both numbers, the largest effect first', () => {
    const found = findSelectiveColumns([
      continuous('hum', normals(200, 0, 1), normals(200, 0.8, 2)),
      continuous('temp', normals(200, 0, 3), normals(200, 2, 4)),
      continuous('wind', normals(200, 0, 5), normals(200, 0, 6)),
    ]);
    expect(found.map(({ column }) => column)).toEqual(['temp', 'hum']);
    expect(found[0]!.method).toBe('wasserstein');
    expect(found[0]!.effect).toBeCloseTo(2, 0);
    expect(found[0]!.words).toMatch(/^mean of temp -?0\.\d+ with actuals, [12]\.\d+ without$/);
  });

  it('are those whose spreads differ where the means agree', () => {
    const found = findSelectiveColumns([
      continuous(
        'temp',
        normals(300, 0, 1),
        normals(300, 0, 2).map((value) => value * 3),
      ),
    ]);
    expect(found[0]!.words).toMatch(
      /^standard deviation of temp (0\.9|1\.0)\d* with actuals, [23]\.\d+ without$/,
    );
  });

  it('are categories, with the share of the one that differs most', () => {
    const found = findSelectiveColumns([
      { column: 'rain', kind: 'categorical', withActual: levels(60, 140), without: levels(150, 50) },
    ]);
    expect(found).toMatchObject([
      { column: 'rain', method: 'jensen-shannon', words: 'share of rain=yes 30% with actuals, 75% without' },
    ]);
  });

  it('are judged by the method that the monitor names', () => {
    const column = continuous('temp', normals(200, 0, 3), normals(200, 2, 4));
    expect(findSelectiveColumns([{ ...column, method: 'kolmogorov-smirnov' }])).toMatchObject([
      { method: 'kolmogorov-smirnov' },
    ]);
  });

  it('need enough values on both sides', () => {
    const apart = (count: number) => [continuous('temp', normals(count, 0, 3), normals(count, 9, 4))];
    expect(findSelectiveColumns(apart(29))).toEqual([]);
    expect(findSelectiveColumns(apart(30))).toHaveLength(1);
  });

  it('are not those that are certain to differ, but hardly do', () => {
    const column = continuous('temp', normals(20_000, 0, 3), normals(20_000, 0.05, 4));
    expect(findSelectiveColumns([column])).toEqual([]);
  });

  it('are nothing for empty, constant and missing values', () => {
    expect(findSelectiveColumns([])).toEqual([]);
    expect(
      findSelectiveColumns([
        continuous('empty', Array(50).fill(null), Array(50).fill(null)),
        continuous('constant', Array(50).fill(1), Array(50).fill(1)),
        continuous('one side', normals(50, 0, 1), Array(50).fill(null)),
        {
          column: 'text',
          kind: 'categorical',
          withActual: Array(50).fill('a'),
          without: Array(50).fill('a'),
        },
      ]),
    ).toEqual([]);
  });

  it('are found among equal ones in fewer than one of a hundred runs', () => {
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      const columns = Array.from({ length: 5 }, (_, i) =>
        continuous(`x${i}`, normals(60, 0, 10 * run + i), normals(60, 0, 100_000 + 10 * run + i)),
      );
      if (findSelectiveColumns(columns).length > 0) alarms += 1;
    }
    // At a level of 0.01 for the run; 200 runs have 7 or more with a chance below 1%.
    expect(alarms).toBeLessThan(7);
  });
});
