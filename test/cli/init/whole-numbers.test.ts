import { describe, expect, it } from 'vitest';

import { featureKind } from '../../../cli/init/feature-kind.ts';
import type { ColumnFacts } from '../../../cli/init/column-facts.ts';

const rows = 6_000;

/** A column in which each value is there as often as its weight says. */
function column(name: string, values: readonly number[], weights?: readonly number[]): ColumnFacts {
  const total = (weights ?? values.map(() => 1)).reduce((sum, weight) => sum + weight, 0);
  const counted = values
    .map((value, index) => ({
      value,
      count: Math.max(1, Math.round((rows * (weights?.[index] ?? 1)) / total)),
    }))
    .sort((a, b) => b.count - a.count);
  const listed = counted.length <= 31;
  return {
    name,
    kind: 'continuous',
    seen: { rows, missing: 0 },
    range: { min: Math.min(...values), max: Math.max(...values) },
    isWhole: true,
    isUnique: false,
    levelCount: values.length,
    ...(listed && {
      levels: counted.map(({ value }) => String(value)),
      levelCounts: counted.map(({ count }) => count),
    }),
  };
}

const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
/** One after another likelier up to a peak, and less likely behind it. */
const hill = (values: readonly number[], peak: number): number[] =>
  values.map((value) => Math.exp(-(((value - peak) / 3) ** 2)) + 0.001);

describe('whole numbers are', () => {
  it.each<[string, 'categorical' | 'continuous', ColumnFacts]>([
    ['the hour of the day', 'categorical', column('hour', from(0, 23))],
    [
      'the hour in a name of several words',
      'categorical',
      column('pickup_hour', from(5, 23), hill(from(5, 23), 17)),
    ],
    ['a weekday', 'categorical', column('weekday', from(0, 6))],
    ['a weekday from 1 on', 'categorical', column('dayOfWeek', from(1, 7))],
    ['a month of the whole year', 'categorical', column('month', from(1, 12))],
    ['the months of one summer', 'categorical', column('mnth', [5, 6, 7])],
    ['the day of a month', 'categorical', column('day', from(1, 31))],
    ['zip codes by their name', 'categorical', column('zip', [94_041, 94_063, 94_107, 94_301, 95_113])],
    [
      'more zip codes than are listed',
      'categorical',
      column(
        'zip_code',
        from(0, 59).map((i) => 10_000 + i * 37),
      ),
    ],
    [
      'codes as long as each other, by their values',
      'categorical',
      column('home', [94_041, 94_063, 94_107, 95_113]),
    ],
    ['the status of a request', 'categorical', column('answer', [200, 302, 404, 500, 503])],
    ['a flag', 'categorical', column('holiday', [0, 1])],
    ['a rating from 1 to 5', 'categorical', column('stars', from(1, 5), [1, 1, 3, 8, 6])],
    ['the class of a passenger', 'categorical', column('pclass', [1, 2, 3])],
    ['a class code of a catalogue', 'categorical', column('product_class', [10, 20, 30, 45])],
    ['a cluster', 'categorical', column('cluster', from(0, 11), hill(from(0, 11), 3))],
    ['a code that says nothing of itself', 'categorical', column('x', from(0, 19))],
    ['the id of one of some stations', 'categorical', column('station_id', [2, 3, 5, 22, 27, 70])],
    ['degrees of the thermometer', 'continuous', column('mean temp', from(58, 79), hill(from(58, 79), 68))],
    ['degrees below zero', 'continuous', column('outside', from(-9, 9))],
    ['the wind', 'continuous', column('wind', from(4, 17), hill(from(4, 17), 9))],
    ['docks of a station', 'continuous', column('docks', [15, 19, 23, 27])],
    ['amounts that say nothing of themselves', 'continuous', column('y', from(15, 27))],
    ['a count', 'continuous', column('visits', from(0, 9), hill(from(0, 9), 0))],
    ['a count without a name, by how it falls', 'continuous', column('k', from(0, 14), hill(from(0, 14), 2))],
    ['departures of the last comparable hour', 'continuous', column('last comparable hour', from(0, 23))],
    ['hours of work', 'continuous', column('hours', from(20, 48))],
    ['an age', 'continuous', column('age', from(18, 90))],
    ['many numbers', 'continuous', column('amount', from(0, 400))],
  ])('%s: %s', (_, kind, facts) => {
    expect(featureKind(facts)).toMatchObject({ kind });
  });

  it.each<[ColumnFacts, string]>([
    [
      column('stars', from(1, 5), [1, 1, 3, 8, 6]),
      'whole numbers from 1 to 5, taken as codes; if they are amounts, write continuous',
    ],
    [
      column('y', from(15, 27)),
      '13 different whole numbers, taken as amounts; if they are codes, write categorical',
    ],
    [
      column('hour', from(0, 23)),
      'whole numbers from 0 to 23, taken as codes by its name; if they are amounts, write continuous',
    ],
  ])('said to be what they are taken for, with the word that changes it', (facts, doubt) => {
    expect(featureKind(facts)).toMatchObject({ doubt });
  });

  it('the key of its row, where each is there once', () => {
    const { levels: _, levelCounts: __, ...facts } = column('ride_id', from(1, rows));
    expect(featureKind({ ...facts, isUnique: true })).toEqual({ reason: 'every value is different: a key?' });
  });
});

it('says in words that a column is mostly empty', () => {
  const facts: ColumnFacts = {
    name: 'weather',
    kind: 'categorical',
    seen: { rows: 100, missing: 96 },
    isWhole: false,
    isUnique: false,
    levels: ['Rain', 'Fog'],
    levelCount: 2,
  };
  expect(featureKind(facts)).toMatchObject({
    seen: '2 levels; empty in 96% of rows; if empty means something (no rain), write it as a value',
  });
});
