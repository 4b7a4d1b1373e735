/** Which data a current window is compared with, seen through `detectDrift`. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { DetectDriftResult } from '../../../activities/drift/detect-drift.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'referred';

const test = useActivities('empty for each test');

async function detect(asOf: string): Promise<DetectDriftResult> {
  await test.activities.attachActuals({ model, asOf });
  await test.activities.profileHours({ model, asOf });
  return test.activities.detectDrift({ model, asOf, act: false });
}

const references = () =>
  test.database.query(
    `select kind, window_start as start, window_end as "end", row_count as rows, grids ? 'actual' as actuals
     from model_references order by window_start`,
  );
const results = (column: string) =>
  test.database.query<{ method: string; statistic: number | null; verdict: string; reason: string }>(
    'select method, statistic, verdict, reason from drift_results where column_name = $1 order by method',
    [column],
  );

describe('a fixed reference', () => {
  const january = { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' } as const;

  it('is the same for every current window', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 1, to: 11 });
    await detect(at(10));
    await detect(at(11));
    expect(await references()).toEqual([
      { kind: 'fixed', start: day(1), end: day(8), rows: 168, actuals: true },
    ]);
  });

  it('that is not over yet gives insufficient data, and says so', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 1, to: 7 });
    expect(await detect(at(7, 3))).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'the reference, 2024-01-01 to 2024-01-08 (exclusive), is not over yet',
      driftShare: null,
    });
    expect(await references()).toEqual([]);
  });

  it('is not over yet for a day within it, also when a later day was judged before', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 1, to: 9 });
    expect(await detect(at(9))).toMatchObject({ verdict: 'ok' });
    expect(await detect(at(5))).toMatchObject({ verdict: 'insufficient-data' });
    expect(await detect(at(8))).toMatchObject({ verdict: 'ok' });
  });

  it('with too few predictions gives insufficient data, until they come', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 8, to: 9 });
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 1, to: 2 }).slice(0, 9),
    );
    expect(await detect(at(9))).toMatchObject({
      verdict: 'insufficient-data',
      reason:
        'the reference, 2024-01-01 to 2024-01-08 (exclusive), has 9 predictions, at least 10 are needed',
    });
    await load(test.database, model, { from: 1, to: 8 });
    expect(await detect(at(9))).toMatchObject({ verdict: 'ok' });
  });

  it('stays as it was cut when rows of it come late: they are counted in its cells', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 1, to: 9 });
    await detect(at(9));
    const before = await test.database.query('select grids from model_references');
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 2, to: 3, shift: 100 }).map((row) => ({ ...row, entity: 'late' })),
    );
    await detect(at(9));
    expect(await test.database.query('select grids from model_references')).toEqual(before);
    const [x] = await test.database.query(
      `select reference_rows as rows from drift_results where column_name = 'x' and deciding`,
    );
    expect(x).toEqual({ rows: 168 + 24 });
  });

  it('of another window, or with another feature, is another reference', async () => {
    await watch(test.database, { model, reference: january, current: '1d' });
    await load(test.database, model, { from: 1, to: 9 });
    await detect(at(9));
    await watch(test.database, { model, reference: { ...january, start: '2024-01-02' }, current: '1d' });
    await detect(at(9));
    const features = {
      x: { kind: 'continuous' },
      c: { kind: 'categorical' },
      z: { kind: 'continuous' },
    } as const;
    await watch(test.database, { model, features, reference: january, current: '1d' });
    await detect(at(9));
    expect(await references()).toHaveLength(3);
  });
});

describe('the actuals of a reference', () => {
  const horizon = '3d';
  const input = {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-02' },
    current: '1d',
    performance: { actualsHorizon: horizon },
  } as const;
  const hasActuals = async (): Promise<unknown> => (await references())[0]!['actuals'];
  const record = (count: number) =>
    openClient({ database: test.database }).recordActuals(
      model,
      actualsOf({ from: 1, to: 2 }).slice(0, count),
    );

  beforeEach(async () => {
    await watch(test.database, input);
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 1, to: 6 }));
  });

  it('are frozen once four of five predictions have one', async () => {
    await record(19);
    await detect(at(3));
    expect(await hasActuals()).toBe(false);
    await record(20);
    await detect(at(3));
    expect(await hasActuals()).toBe(true);
  });

  it('are frozen as they are when the actuals horizon is over', async () => {
    await record(12);
    await detect(at(4, 23));
    expect(await hasActuals()).toBe(false);
    await detect(at(5));
    expect(await hasActuals()).toBe(true);
  });

  it('are never frozen with fewer than the minimum rows', async () => {
    await record(9);
    await detect(at(6));
    expect(await hasActuals()).toBe(false);
  });

  it('of the current window are compared once both sides have them', async () => {
    await load(test.database, model, { from: 1, to: 2 });
    await load(test.database, model, { from: 2, to: 3, error: 30 });
    await detect(at(3));
    const [verdict] = (await results('actual')).filter(({ method }) => method === 'wasserstein');
    expect(verdict).toMatchObject({ verdict: 'critical' });
  });
});

describe('a rolling reference', () => {
  beforeEach(() =>
    watch(test.database, {
      model,
      reference: { kind: 'rolling', length: '7d' },
      current: '1d',
      drift: { share: 0.4 },
    }),
  );

  it('is the time right before the current window', async () => {
    await load(test.database, model, { from: 1, to: 11 });
    await detect(at(9));
    await detect(at(10));
    expect(await references()).toEqual([
      { kind: 'rolling', start: day(1), end: day(8), rows: 168, actuals: true },
      { kind: 'rolling', start: day(2), end: day(9), rows: 168, actuals: true },
    ]);
  });

  it('takes a lasting change for normal once it is full of it', async () => {
    await load(test.database, model, { from: 1, to: 8 });
    await load(test.database, model, { from: 8, to: 17, shift: 5 });
    expect(await detect(at(9))).toMatchObject({ verdict: 'critical', driftedFeatures: ['x'] });
    expect(await detect(at(17))).toMatchObject({ verdict: 'ok', driftedFeatures: [] });
  });

  it('gives the same for a day, whatever days were judged before', async () => {
    await load(test.database, model, { from: 1, to: 8 });
    await load(test.database, model, { from: 8, to: 13, shift: 1 });
    const forwards = [await detect(at(10)), await detect(at(11)), await detect(at(12))];
    await test.database.execute('delete from model_references; delete from drift_runs');
    const backwards = [await detect(at(12)), await detect(at(11)), await detect(at(10))];
    expect(backwards.reverse()).toEqual(forwards);
  });
});

describe('a seasonal reference', () => {
  const seasonal = {
    model,
    reference: { kind: 'seasonal', weeks: 2 },
    current: '1d',
    drift: { share: 0.4 },
  } as const;
  const comparedRows = async () =>
    (
      await test.database.query<{ rows: number }>(
        'select reference_row_count as rows from drift_runs order by window_start',
      )
    ).map(({ rows }) => rows);

  it('is the same hours of the weeks before', async () => {
    await watch(test.database, seasonal);
    // Mondays are shifted, every week.
    for (let n = 1; n < 50; n += 1)
      await load(test.database, model, { from: n, to: n + 1, shift: n % 7 === 1 ? 5 : 0 });
    expect(await detect(at(44))).toMatchObject({ verdict: 'ok', window: { start: at(43) } });
    expect(await detect(at(45))).toMatchObject({ verdict: 'ok' });
    expect(await comparedRows()).toEqual([48, 48]);
  });

  it('leaves out the weeks whose drift alert is open', async () => {
    await watch(test.database, seasonal);
    await load(test.database, model, { from: 1, to: 43 });
    await load(test.database, model, { from: 43, to: 44, shift: 5 });
    await load(test.database, model, { from: 44, to: 51 });
    expect(await detect(at(44))).toMatchObject({ verdict: 'critical' });
    expect(await test.activities.detectDrift({ model, asOf: at(44), act: true })).toMatchObject({
      verdict: 'critical',
    });
    expect(await detect(at(51))).toMatchObject({ verdict: 'ok' });
    expect(await comparedRows()).toEqual([48, 24]);
  });

  it('needs as many weeks before it is cut', async () => {
    await watch(test.database, seasonal);
    await load(test.database, model, { from: 1, to: 6 });
    expect(await detect(at(5))).toMatchObject({ verdict: 'insufficient-data' });
  });
});

describe('a reference of training statistics', () => {
  beforeEach(async () => {
    await watch(test.database, {
      model,
      reference: {
        kind: 'training-statistics',
        features: { x: { min: -2, max: 2, mean: 0, std: 1.2 } },
      },
      current: '1d',
    });
    await load(test.database, model, { from: 1, to: 2, shift: 1 });
  });

  it('gives the ratios of what lies outside of the training data', async () => {
    const { rows } = await detect(at(2));
    expect(rows).toBe(24);
    const outside = predictionsOf({ from: 1, to: 2, shift: 1 }).filter(
      (row) => Number(row.features['x']) > 2,
    );
    const ratios = (await results('x')).filter(({ method }) => method.endsWith('ratio'));
    expect(ratios).toContainEqual({
      method: 'out-of-range-ratio',
      statistic: outside.length / 24,
      verdict: 'ok',
      reason: 'computed',
    });
    expect(ratios.map(({ method }) => method)).toEqual([
      'beyond-3-sd-ratio',
      'invalid-ratio',
      'missing-ratio',
      'out-of-range-ratio',
    ]);
    const [run] = await test.database.query('select out_of_distribution_ratio as ratio from drift_runs');
    expect(run).toEqual({ ratio: outside.length / 24 });
  });

  it('gives insufficient data for what needs a distribution', async () => {
    expect(await detect(at(2))).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'no feature could be judged: x',
    });
    const methods = (await results('x')).filter(({ method }) => !method.endsWith('ratio'));
    expect(methods.map(({ verdict, statistic }) => ({ verdict, statistic }))).toEqual(
      methods.map(() => ({ verdict: 'insufficient-data', statistic: null })),
    );
    expect(methods.map(({ reason }) => reason)).toContain(
      'the reference has no distribution (training statistics)',
    );
  });

  it('says nothing of columns without statistics', async () => {
    await detect(at(2));
    for (const column of ['c', 'prediction', 'actual']) expect(await results(column)).toEqual([]);
  });
});
