import { describe, expect, it } from 'vitest';

import {
  findWeakSlices,
  type WeakSlice,
  type WeakSlices,
} from '../../../../core/comparison/weak-slices/find-weak-slices.ts';
import { sliceInWords } from '../../../../core/comparison/weak-slices/weak-slice-in-words.ts';
import { sampleOf } from '../../../../core/multivariate/sample.ts';
import { dayMs } from '../../../../core/window.ts';
import type { Random } from '../random.ts';
import { madeRows, type MadeRow } from './made-rows.ts';

const options = { minimumRows: 30, effect: 0.2, alpha: 0.05 };

function search(made: ReturnType<typeof madeRows>): WeakSlices {
  const found = findWeakSlices(made.sample, made.losses, options);
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found;
}
const inWords = ({ slices }: WeakSlices): string[] => slices.map(sliceInWords);

const absoluteError = (_: MadeRow, random: Random): number => Math.abs(random.normal());
const worseWhere =
  (isWorse: (row: MadeRow) => boolean, times = 2.5) =>
  (row: MadeRow, random: Random): number =>
    (isWorse(row) ? times : 1) * absoluteError(row, random);

describe('findWeakSlices finds what was planted, and nothing else', () => {
  it.each([
    ['hr at least 20', (row: MadeRow) => row.hr >= 20],
    ['city = Porto', (row: MadeRow) => row.city === 'Porto'],
    ['hr at least 16 and city = Porto', (row: MadeRow) => row.hr >= 16 && row.city === 'Porto'],
  ] as const)('%s', (slice, isWorse) => {
    for (const seed of [1, 2, 3])
      expect(inWords(search(madeRows(seed, worseWhere(isWorse))))).toEqual([slice]);
  });

  it('two slices that have nothing to do with each other', () => {
    const made = madeRows(
      4,
      worseWhere(({ hr, city }) => hr < 4 || city === 'Faro'),
    );
    expect(inWords(search(made)).toSorted()).toEqual(['city = Faro', 'hr at most 3']);
  });

  it('a slice, and the part of it that is worse still', () => {
    const made = madeRows(5, (row, random) => {
      const times = row.city !== 'Porto' ? 1 : row.hr >= 16 ? 6 : 2;
      return times * absoluteError(row, random);
    });
    const found = inWords(search(made)).toSorted();
    expect(found).toHaveLength(2);
    expect(found[0]).toBe('city = Porto');
    expect(found[1]).toMatch(/^hr at least (12|16) and city = Porto$/);
  });

  it('a slice of rows in which a feature is missing', () => {
    const { sample, losses } = madeRows(
      6,
      worseWhere(({ x }) => x < 0.15),
    );
    const columns = sample.columns.map((column) =>
      column.name === 'x' && column.kind === 'continuous'
        ? { ...column, values: column.values.map((x) => (x < 0.15 ? NaN : x)) }
        : column,
    );
    expect(inWords(search({ sample: { ...sample, columns }, losses }))).toEqual(['x missing']);
  });
});

describe('findWeakSlices', () => {
  it('says how much worse, of how many rows, and how sure that is', () => {
    const [slice] = search(
      madeRows(
        1,
        worseWhere(({ city }) => city === 'Porto'),
      ),
    ).slices as [WeakSlice];
    expect(slice.conditions).toEqual([{ feature: 'city', level: 'Porto' }]);
    // The mean of |normal| is 0.798.
    expect(slice.value / slice.rest).toBeCloseTo(2.5, 0);
    expect(slice.rows).toBeGreaterThan(400);
    expect(slice.low).toBeGreaterThan(0);
    expect(slice.low).toBeLessThan(slice.value - slice.rest);
    expect(slice.high).toBeGreaterThan(slice.value - slice.rest);
    expect(slice.adjustedPValue).toBeGreaterThan(slice.pValue);
  });

  it('does not tell of a slice that is worse for certain, but by less than the effect that matters', () => {
    expect(
      inWords(
        search(
          madeRows(
            1,
            worseWhere(({ city }) => city === 'Porto', 1.15),
          ),
        ),
      ),
    ).toEqual([]);
  });

  it('does not tell of a slice of one day, which is what that day was like', () => {
    const { sample, losses } = madeRows(1, absoluteError);
    const onDay = losses.map((loss, row) =>
      Math.floor(sample.times[row]! / dayMs) === 6 ? 10 * loss : loss,
    );
    const columns = [
      ...sample.columns,
      {
        name: 'storm',
        kind: 'categorical' as const,
        values: [...sample.times].map((time) => String(Math.floor(time / dayMs) === 6)),
      },
    ];
    expect(inWords(search({ sample: { ...sample, columns }, losses: onDay }))).toEqual([]);
  });

  it('leaves rows without a loss out', () => {
    const { sample, losses } = madeRows(
      1,
      worseWhere(({ city }) => city === 'Porto'),
    );
    const some = losses.map((loss, row) => (row % 3 === 0 ? NaN : loss));
    const { slices } = search({ sample, losses: some });
    expect(slices.map(sliceInWords)).toEqual(['city = Porto']);
    expect(slices[0]!.rows).toBeLessThan(350);
  });

  it('is not computable where all losses are the same, or there are none', () => {
    const { sample, losses } = madeRows(1, () => 1);
    expect(findWeakSlices(sample, losses, options)).toEqual({
      notComputable: 'the loss is the same in all rows',
    });
    expect(findWeakSlices(sampleOf([], []), new Float64Array(0), options)).toHaveProperty('notComputable');
  });

  it('tries nothing where rows are of too few days, and of columns that never vary', () => {
    const { sample, losses } = madeRows(1, absoluteError);
    const firstDays = losses.map((loss, row) => (sample.times[row]! < 3 * dayMs ? loss : NaN));
    expect(search({ sample, losses: firstDays })).toEqual({ slices: [], tried: 0 });
    const constant = { name: 'constant', kind: 'continuous' as const, values: losses.map(() => 7) };
    expect(search({ sample: { ...sample, columns: [constant] }, losses })).toEqual({ slices: [], tried: 0 });
  });
});

/** For rows in the order of time, two an hour. */
function likeTheLastHour(correlation: number): (row: MadeRow, random: Random) => number {
  let shock = 0;
  let rows = 0;
  return (row, random) => {
    if (rows % 2 === 0) shock = correlation * shock + Math.sqrt(1 - correlation ** 2) * random.normal();
    rows += 1;
    return Math.exp(0.6 * shock) * absoluteError(row, random);
  };
}

describe('of 200 windows in which no slice is worse, at most the budget of 5% has one found (16 with 98% probability)', () => {
  it.each([
    ['absolute errors', absoluteError],
    ['squared errors', (_: MadeRow, random: Random) => random.normal() ** 2],
    ['wrong classes', (_: MadeRow, random: Random) => Number(random.uniform() < 0.1)],
    ['losses with heavy tails', (_: MadeRow, random: Random) => Math.exp(2 * random.normal())],
    [
      'errors that the day makes larger',
      (row: MadeRow, random: Random) => Math.exp(0.4 * row.ofDay) * absoluteError(row, random),
    ],
    ...[0.8, 0.95].map(
      (correlation) =>
        [`errors of which an hour carries ${correlation} to the next`, likeTheLastHour(correlation)] as const,
    ),
  ] as const)(
    '%s',
    (_, lossOf) => {
      let found = 0;
      for (let seed = 1; seed <= 200; seed += 1)
        if (search(madeRows(seed, lossOf)).slices.length > 0) found += 1;
      expect(found).toBeLessThanOrEqual(16);
    },
    120_000,
  );
});
