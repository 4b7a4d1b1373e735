import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { valueOf } from '../../../core/verdict.ts';
import { hourMs } from '../../../core/window.ts';
import { day, watch } from '../../setup/synthetic.ts';
import {
  compare,
  logPredictions,
  meanOf,
  model,
  recordActuals,
  storedOf,
  weekHours,
  type MadePredictions,
} from './made-model.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');

const log = (made: MadePredictions): Promise<void> => logPredictions(test.database, made);
const actual = (i: number): number => 20 + 5 * Math.sin(i / 3) + (i % 7);
const errorOf = (version: string, i: number): number =>
  version === '1' ? 3 + Math.sin(i) : 1 + Math.cos(i * i);
const predict = (version: string) => (i: number) => actual(i) + errorOf(version, i);

describe('versions of a regression on the rows that both predicted', () => {
  beforeEach(async () => {
    await watch(test.database, { model });
    await log({ version: '1', prediction: predict('1') });
  });

  it('are compared by the same metrics as an evaluation, on those rows only', async () => {
    await log({ version: '2', role: 'shadow', from: 2, prediction: predict('2') });
    await recordActuals(test.database, { value: actual });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    expect(Object.keys(stored)).toEqual(['2 / 1 / mae', '2 / 1 / mape', '2 / 1 / rmse']);
    const shared = weekHours.slice(24);
    const expected = {
      mae: (version: string) => meanOf(shared.map((i) => Math.abs(errorOf(version, i)))),
      rmse: (version: string) => Math.sqrt(meanOf(shared.map((i) => errorOf(version, i) ** 2))),
      mape: (version: string) => meanOf(shared.map((i) => Math.abs(errorOf(version, i) / actual(i)))),
    };
    for (const [metric, of] of Object.entries(expected)) {
      const row = stored[`2 / 1 / ${metric}`]!;
      expect(row.value).toBeCloseTo(of('2'), 9);
      expect(row.against_value).toBeCloseTo(of('1'), 9);
      expect(row).toMatchObject({ verdict: 'better', row_count: 144, against_row_count: 144, left_out: 0 });
      expect(row.low).toBeLessThan(row.difference!);
      expect(row.high).toBeLessThan(0);
      expect(row.p_value).toBeLessThan(0.001);
    }
    expect(stored['2 / 1 / mae']!.reason).toMatch(
      /^version 2 is better than version 1: MAE .* against .* on the same 144 rows \(difference -.*, 95% -.* to -.*, p .*\)$/,
    );
  });

  it('say so where they have no row in common', async () => {
    await log({ version: '2', role: 'shadow', entities: ['elsewhere'], prediction: predict('2') });
    await recordActuals(test.database, { entities: ['station', 'elsewhere'], value: actual });
    await compare(test.database);
    expect((await storedOf(test.database, 'version'))['2 / 1 / mae']).toMatchObject({
      verdict: 'insufficient-data',
      reason:
        'version 2 and version 1 cannot be compared by MAE on the same rows: there are no rows to compare',
      value: null,
      row_count: 0,
      left_out: 168,
    });
  });

  it('match forecasts by the hour in which they were issued, the newest of several', async () => {
    const twice = [
      (eventTime: number) => eventTime - 2 * hourMs + 60_000,
      (eventTime: number) => eventTime - 2 * hourMs + 120_000,
    ];
    for (const [index, issued] of twice.entries())
      await log({ version: '2', role: 'shadow', issued, prediction: (i) => actual(i) + 1 + index });
    await log({
      version: '1',
      issued: (eventTime) => eventTime - 2 * hourMs,
      prediction: (i) => actual(i) + 4,
    });
    await recordActuals(test.database, { value: actual });
    await compare(test.database);
    expect((await storedOf(test.database, 'version'))['2 / 1 / mae']).toMatchObject({
      value: expect.closeTo(2, 9),
      against_value: expect.closeTo(4, 9),
      row_count: 168,
      left_out: 168,
    });
  });

  it('leave out of MAPE, but of nothing else, the rows whose actual is 0, and of everything what is too large to sum up', async () => {
    await log({ version: '2', role: 'shadow', prediction: (i) => (i === 5 ? 1e200 : 1) });
    await recordActuals(test.database, { value: (i) => (i % 2 === 0 ? 0 : 2) });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    expect(stored['2 / 1 / mae']).toMatchObject({ value: 1, row_count: 167, left_out: 1 });
    expect(stored['2 / 1 / mape']).toMatchObject({ value: 0.5, row_count: 83 });
  });

  it('are unclear where they differ by no more than chance', async () => {
    await log({ version: '2', role: 'shadow', prediction: (i) => actual(i) + errorOf('1', 11 * i + 5) });
    await recordActuals(test.database, { value: actual });
    await compare(test.database);
    const mae = (await storedOf(test.database, 'version'))['2 / 1 / mae'];
    expect(mae!.verdict).toBe('unclear');
    expect(mae!.reason).toMatch(/^version 2 and version 1 differ by no more than chance: MAE/);
  });
});

describe('versions that share the traffic', () => {
  beforeEach(async () => {
    await watch(test.database, { model, performance: { comparisons: { split: { '1': 0.5, '2': 0.5 } } } });
  });
  const stations = Array.from({ length: 8 }, (_, i) => `station ${i}`);
  const noise = (i: number, entity: string): number => Math.sin(97 * i + 31 * Number(entity.at(-1)));

  it('are compared on the different rows that each served, with what happened to those', async () => {
    await log({
      version: '1',
      entities: stations.slice(0, 4),
      prediction: (i, entity) => 10 + noise(i, entity),
    });
    await log({
      version: '2',
      entities: stations.slice(4),
      prediction: (i, entity) => 13 + noise(i, entity),
    });
    await recordActuals(test.database, {
      entities: stations,
      value: (i, entity) => (Number(entity.at(-1)) >= 4 ? 12 : 10) + noise(i + 1, entity),
    });
    await compare(test.database);
    const stored = await storedOf(test.database, 'ab');
    const actuals = stored['2 / 1 / mean_actual']!;
    expect(actuals.verdict).toBe('higher');
    expect(actuals.difference).toBeCloseTo(2, 1);
    expect(actuals.reason).toContain('on different rows of the same hours, 672 and 672');
    expect(actuals.details).toMatchObject({
      sampleRatio: { share: 0.5, verdict: 'ok' },
      coverage: { value: 1, against: 1 },
    });
    expect(stored['2 / 1 / mae']).toMatchObject({
      row_count: 672,
      against_row_count: 672,
    });
  });

  it('are doubted where the split is not the one that was meant, or where the actuals of one come less often', async () => {
    await log({ version: '1', entities: stations.slice(0, 6), prediction: () => 10 });
    await log({ version: '2', entities: stations.slice(6), prediction: () => 10 });
    const known = [...stations.slice(0, 6), ...stations.slice(7)];
    await recordActuals(test.database, { entities: known, value: (i, entity) => 11 + noise(i, entity) });
    await compare(test.database);
    const { reason, details } = (await storedOf(test.database, 'ab'))['2 / 1 / mae']!;
    expect(reason).toContain('version 2 got 25% of the rows, but 50% were meant');
    expect(reason).toContain('actuals have come for 50% of its rows against 100%');
    expect(details).toMatchObject({ sampleRatio: { verdict: 'warning' } });
  });

  it('are not compared on different rows where one only took over from the other', async () => {
    await log({ version: '1', to: 4, prediction: predict('1') });
    await log({ version: '2', from: 4, prediction: predict('2') });
    await recordActuals(test.database, { value: actual });
    await compare(test.database);
    expect(await storedOf(test.database, 'ab')).toEqual({});
    expect((await storedOf(test.database, 'version'))['1 / 2 / mae']).toMatchObject({
      verdict: 'insufficient-data',
    });
  });

  it('are not compared on different rows where both served the same ones', async () => {
    await log({ version: '1', prediction: predict('1') });
    await log({ version: '2', prediction: predict('2') });
    await recordActuals(test.database, { value: actual });
    await compare(test.database);
    expect(await storedOf(test.database, 'ab')).toEqual({});
    expect(Object.values(await storedOf(test.database, 'version'))).toHaveLength(3);
  });
});

describe('versions of a classification', () => {
  const classes = ['no', 'yes'];
  const happened = (i: number): string => (i % 3 === 0 ? 'yes' : 'no');
  /** The chance of "yes"; `sharp` from 0 to 1. */
  const chance = (sharp: number) => (i: number) =>
    0.5 + (happened(i) === 'yes' ? 1 : -1) * 0.4 * sharp + 0.3 * (1 - sharp) * Math.sin(13 * i);
  const logVersion = (version: string, sharp: number, role: 'serving' | 'shadow'): Promise<void> =>
    log({
      version,
      role,
      prediction: (i) => (chance(sharp)(i) >= 0.5 ? 'yes' : 'no'),
      probabilities: (i) => ({ yes: chance(sharp)(i), no: 1 - chance(sharp)(i) }),
    });
  const evaluated = (sharp: number) =>
    evaluateSummary(
      summarizeClassification({
        classes,
        predictedClasses: weekHours.map((i) => (chance(sharp)(i) >= 0.5 ? 'yes' : 'no')),
        actualClasses: weekHours.map(happened),
        probabilities: weekHours.map((i) => ({ yes: chance(sharp)(i), no: 1 - chance(sharp)(i) })),
      }),
    ).metrics;

  it('are compared by the same metrics as an evaluation, with the exact test of McNemar beside accuracy', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes });
    await logVersion('1', 0.1, 'serving');
    await logVersion('2', 0.9, 'shadow');
    await recordActuals(test.database, { value: happened });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    for (const metric of ['accuracy', 'log_loss', 'brier', 'roc_auc'] as const) {
      const row = stored[`2 / 1 / ${metric}`]!;
      expect(row.value, metric).toBeCloseTo(valueOf(evaluated(0.9)[metric])!, metric === 'roc_auc' ? 2 : 9);
      expect(row.against_value, metric).toBeCloseTo(
        valueOf(evaluated(0.1)[metric])!,
        metric === 'roc_auc' ? 2 : 9,
      );
      expect(row, metric).toMatchObject({ verdict: 'better', row_count: 168 });
    }
    const wrong = weekHours.filter((i) => chance(0.1)(i) >= 0.5 !== (happened(i) === 'yes')).length;
    expect(stored['2 / 1 / accuracy']!.details).toEqual({
      mcNemar: { onlySubject: wrong, onlyAgainst: 0, pValue: expect.closeTo(2 * 2 ** -wrong, 12) },
    });
  });

  it('of several classes have no ROC AUC, and a Brier score over all of them', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes: ['a', 'b', 'c'] });
    const probabilities = (sharp: number) => () => ({ a: sharp, b: (1 - sharp) / 2, c: (1 - sharp) / 2 });
    await log({ version: '1', prediction: () => 'a', probabilities: probabilities(0.4) });
    await log({ version: '2', role: 'shadow', prediction: () => 'a', probabilities: probabilities(0.8) });
    await recordActuals(test.database, { value: (i) => (i % 4 === 0 ? 'b' : 'a') });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    expect(Object.keys(stored)).toEqual(['2 / 1 / accuracy', '2 / 1 / brier', '2 / 1 / log_loss']);
    const brier = (sharp: number): number =>
      0.75 * ((1 - sharp) ** 2 + 2 * ((1 - sharp) / 2) ** 2) +
      0.25 * (sharp ** 2 + (1 - (1 - sharp) / 2) ** 2 + ((1 - sharp) / 2) ** 2);
    expect(stored['2 / 1 / brier']!.value).toBeCloseTo(brier(0.8), 9);
    expect(stored['2 / 1 / brier']!.against_value).toBeCloseTo(brier(0.4), 9);
  });

  it('count in probabilities only the rows where both have usable ones, and one of two is enough', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes });
    await log({ version: '1', prediction: () => 'no', probabilities: () => ({ yes: 0.25 }) });
    await log({ version: '2', role: 'shadow', prediction: () => 'no', probabilities: () => ({ no: 0.75 }) });
    await test.database.execute(
      `update predictions set probabilities = case extract(hour from event_time)::int
         when 0 then '{"yes": "often"}'::jsonb when 1 then '{"yes": 1.5}' when 2 then null else probabilities end
       where version = '2'`,
    );
    await recordActuals(test.database, { value: happened });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    expect(stored['2 / 1 / brier']).toMatchObject({
      row_count: 147,
      difference: 0,
      p_value: 1,
      verdict: 'unclear',
    });
    expect(stored['2 / 1 / accuracy']).toMatchObject({ row_count: 168 });
  });

  it('with other classes than the monitor are compared by accuracy', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes });
    await log({ version: '1', prediction: happened });
    await log({ version: '2', role: 'shadow', prediction: () => 'maybe' });
    await recordActuals(test.database, { value: happened });
    await compare(test.database);
    const stored = await storedOf(test.database, 'version');
    expect(stored['2 / 1 / accuracy']).toMatchObject({ value: 0, against_value: 1, verdict: 'not-better' });
    expect(stored['2 / 1 / brier']).toMatchObject({ verdict: 'insufficient-data', row_count: 0 });
  });

  it('with actuals of one class have no ROC AUC, and say why', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes });
    await logVersion('1', 0.1, 'serving');
    await logVersion('2', 0.9, 'shadow');
    await recordActuals(test.database, { value: () => 'no' });
    await compare(test.database);
    expect((await storedOf(test.database, 'version'))['2 / 1 / roc_auc']).toMatchObject({
      verdict: 'insufficient-data',
      reason:
        'version 2 and version 1 cannot be compared by ROC AUC on the same rows: there are no rows of both classes to compare',
    });
  });

  it('that share the traffic are compared by conversion, too', async () => {
    await watch(test.database, { model, task: 'classification', performance: {}, classes });
    const stations = Array.from({ length: 20 }, (_, i) => `station ${i}`);
    await log({ version: '1', entities: stations.slice(0, 12), prediction: () => 'yes' });
    await log({ version: '2', entities: stations.slice(12), prediction: () => 'yes' });
    await recordActuals(test.database, {
      entities: stations,
      value: (i, entity) => {
        const number = Number(entity.slice(8));
        return (i * 7 + number * 3) % 10 < (number < 12 ? 3 : 5) ? 'yes' : 'no';
      },
    });
    await compare(test.database);
    const row = (await storedOf(test.database, 'ab'))['2 / 1 / conversion']!;
    expect(row.verdict).toBe('higher');
    expect(row.difference).toBeGreaterThan(0.15);
    expect(row.reason).toMatch(
      /^the conversion of version 2 is higher than that of version 1: conversion 49.*% against 30.*% on different rows/,
    );
  });
});

describe('a model that serves nothing', () => {
  it('is not compared', async () => {
    await watch(test.database, { model });
    expect(await compare(test.database)).toEqual({ windows: 2, compared: 2, comparisons: 0, weakSlices: 0 });
    await openClient({ database: test.database }).logPredictions(model, [
      { version: '1', entity: 'a', eventTime: day(3), role: 'shadow', features: {}, prediction: 1 },
    ]);
    await recordActuals(test.database, { entities: ['a'], from: 3, to: 4, value: () => 1 });
    await compare(test.database);
    expect(await storedOf(test.database, 'version')).toEqual({});
  });
});
