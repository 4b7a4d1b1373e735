import { beforeEach, describe, expect, it } from 'vitest';

import { at, watch } from '../../setup/synthetic.ts';
import { compare, logPredictions, meanOf, model, recordActuals, storedOf, weekHours } from './made-model.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');

/** The second week: hours 168 to 335. */
const week = { from: 8, to: 15 };
const asOf = at(15, 3);
const secondWeek = weekHours.map((i) => i + 168);
const rhythm = (i: number): number => 20 + 10 * Math.sin((2 * Math.PI * i) / 24);
const noise = (i: number): number => 2 * Math.sin(i * i);

describe('a regression', () => {
  beforeEach(async () => {
    await watch(test.database, { model });
  });

  it('is held against the actuals of a week and of a day before, and their mean, on the same rows', async () => {
    const actual = (i: number): number => rhythm(i) + noise(i);
    await logPredictions(test.database, { version: '1', ...week, prediction: rhythm });
    await recordActuals(test.database, { to: 15, value: actual });
    await compare(test.database, { asOf });
    const stored = await storedOf(test.database, 'baseline');
    expect(Object.keys(stored)).toEqual(
      ['constant', 'last-week', 'seasonal-naive'].flatMap((baseline) => [
        `1 / ${baseline} / mae`,
        `1 / ${baseline} / rmse`,
      ]),
    );
    const mean = meanOf(weekHours.map(actual));
    const expected = {
      'last-week': (i: number) => actual(i - 168),
      'seasonal-naive': (i: number) => actual(i - 24),
      constant: () => mean,
    };
    for (const [baseline, predict] of Object.entries(expected)) {
      const errors = secondWeek.map((i) => predict(i) - actual(i));
      expect(stored[`1 / ${baseline} / mae`]).toMatchObject({
        value: expect.closeTo(meanOf(secondWeek.map((i) => Math.abs(noise(i)))), 9),
        against_value: expect.closeTo(meanOf(errors.map(Math.abs)), 9),
        verdict: 'better',
        row_count: 168,
        left_out: 0,
      });
      expect(stored[`1 / ${baseline} / rmse`]!.against_value).toBeCloseTo(
        Math.sqrt(meanOf(errors.map((error) => error ** 2))),
        9,
      );
    }
    expect(stored['1 / last-week / mae']!.reason).toMatch(
      /^version 1 is better than the actual of a week before: MAE .* on the same 168 rows/,
    );
  });

  it('is not better than nothing when it is worse, and unclear when nothing tells them apart', async () => {
    await logPredictions(test.database, { version: '1', ...week, prediction: (i) => rhythm(i) + 8 });
    await recordActuals(test.database, { to: 15, value: rhythm });
    await compare(test.database, { asOf });
    const worse = await storedOf(test.database, 'baseline');
    expect(worse['1 / last-week / mae']).toMatchObject({
      verdict: 'not-better',
      against_value: expect.closeTo(0, 9),
    });
    expect(worse['1 / last-week / mae']!.reason).toMatch(
      /^version 1 is not better than the actual of a week before: MAE 8 against /,
    );
    await recordActuals(test.database, { to: 15, value: (i) => rhythm(i) + noise(i) });
    await logPredictions(test.database, {
      version: '1',
      ...week,
      prediction: (i) => rhythm(i) + noise(3 * i),
    });
    await compare(test.database, { asOf });
    expect((await storedOf(test.database, 'baseline'))['1 / last-week / mae']).toMatchObject({
      verdict: 'unclear',
    });
  });

  it('leaves rows without the earlier actual out of both sides, and counts them', async () => {
    await logPredictions(test.database, {
      version: '1',
      ...week,
      prediction: (i) => rhythm(i) + (i < 192 ? 100 : 1),
    });
    await recordActuals(test.database, { from: 2, to: 15, value: rhythm });
    await compare(test.database, { asOf });
    expect((await storedOf(test.database, 'baseline'))['1 / last-week / mae']).toMatchObject({
      value: expect.closeTo(1, 9),
      row_count: 144,
      against_row_count: 144,
      left_out: 24,
    });
  });

  it('does not use an actual that was not over when the row was predicted', async () => {
    const hours = (count: number) => (eventTime: number) => eventTime - count * 3_600_000;
    await logPredictions(test.database, { version: '1', ...week, issued: hours(30), prediction: rhythm });
    await recordActuals(test.database, { to: 15, value: rhythm });
    await compare(test.database, { asOf });
    const stored = await storedOf(test.database, 'baseline');
    expect(stored['1 / seasonal-naive / mae']).toMatchObject({
      verdict: 'insufficient-data',
      row_count: 0,
      left_out: 168,
    });
    expect(stored['1 / last-week / mae']).toMatchObject({ row_count: 168 });
  });

  it('says so where there is nothing before', async () => {
    await logPredictions(test.database, { version: '1', ...week, prediction: rhythm });
    await recordActuals(test.database, { ...week, value: rhythm });
    await compare(test.database, { asOf });
    const stored = await storedOf(test.database, 'baseline');
    expect(stored['1 / constant / mae']).toMatchObject({
      verdict: 'insufficient-data',
      reason:
        'version 1 and the mean actual of the window before cannot be compared by MAE on the same rows: there are no actuals in the window before',
    });
    expect(stored['1 / last-week / mae']).toMatchObject({ verdict: 'insufficient-data', left_out: 168 });
  });

  it('of constant actuals is no better than their mean', async () => {
    await logPredictions(test.database, { version: '1', ...week, prediction: () => 5 });
    await recordActuals(test.database, { to: 15, value: () => 5 });
    await compare(test.database, { asOf });
    expect((await storedOf(test.database, 'baseline'))['1 / constant / rmse']).toMatchObject({
      verdict: 'unclear',
      value: 0,
      against_value: 0,
      p_value: 1,
    });
  });

  it('of which only shadow versions have outcomes is not held against anything', async () => {
    await logPredictions(test.database, { version: '1', role: 'shadow', ...week, prediction: rhythm });
    await recordActuals(test.database, { to: 15, value: rhythm });
    await compare(test.database, { asOf });
    expect(await storedOf(test.database, 'baseline')).toEqual({});
  });
});

describe('a classification', () => {
  it('is held against earlier classes and the most frequent one, by accuracy and Brier score', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes: ['no', 'yes'] });
    const happened = (i: number): string => (i % 4 === 0 ? 'yes' : 'no');
    await logPredictions(test.database, {
      version: '1',
      ...week,
      prediction: happened,
      probabilities: (i) => ({ yes: happened(i) === 'yes' ? 0.9 : 0.1 }),
    });
    await recordActuals(test.database, { to: 15, value: happened });
    await compare(test.database, { asOf });
    const stored = await storedOf(test.database, 'baseline');
    expect(stored['1 / constant / accuracy']).toMatchObject({
      value: 1,
      against_value: 0.75,
      verdict: 'better',
    });
    expect(stored['1 / constant / brier']).toMatchObject({
      value: expect.closeTo(0.01, 9),
      against_value: expect.closeTo(0.25 * 0.75 ** 2 + 0.75 * 0.25 ** 2, 9),
    });
    expect(stored['1 / constant / accuracy']!.reason).toContain(
      'the most frequent class of the window before',
    );
    // Every fourth hour: the same a day and a week before.
    expect(stored['1 / last-week / accuracy']).toMatchObject({ difference: 0, verdict: 'unclear' });
    expect(stored['1 / seasonal-naive / brier']).toMatchObject({ against_value: 0, verdict: 'not-better' });
  });
});
