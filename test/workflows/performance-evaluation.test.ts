import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const model = 'performance-evaluated';

const test = useWorker('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model, performance: { windows: ['1d', '7d'] } });
});

const shown = () =>
  test.database.query(
    `select evaluation_date::text as date, model_version as version, rmse, sample_size as rows, revision, coverage
     from model_performance order by window_end, sample_size`,
  );

describe('performanceEvaluation', () => {
  it('attaches what has arrived and evaluates the windows that end at asOf', async () => {
    await load(test.database, model, { from: 1, to: 8, error: 1 });
    await load(test.database, model, { from: 8, to: 9, error: 3 });
    expect(await test.worker.run('performanceEvaluation', { model, asOf: at(9, 3, 20) })).toEqual({
      asOf: at(9, 3, 20),
      windows: 2,
      first: 2,
      restated: 0,
      unchanged: 0,
      newest: [
        expect.objectContaining({ window: { start: at(8), end: at(9) }, metric: 'rmse', value: 3 }),
        expect.objectContaining({ window: { start: at(2), end: at(9) }, coverage: 1, gate: 'passed' }),
      ],
      estimates: {
        estimated: 0,
        unchanged: 0,
        reconciled: 0,
        notEstimated: { 1: 'it has fewer than the 500 outcomes that are needed' },
      },
      comparisons: { windows: 2, compared: 2, comparisons: 4, weakSlices: 0 },
      metrics: 'pushed',
    });
    expect(await shown()).toMatchObject([
      { date: '2024-01-08', version: '1', rmse: 3, rows: 24, revision: 1, coverage: 1 },
      { date: '2024-01-08', version: '1', rows: 168, revision: 1 },
    ]);
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
      'model_mae{version="1"}': 3,
      tidewatch_window_end_timestamp_seconds: day(9) / 1000,
    });
  });

  it('restates a day whose actuals came late, and shows the newer number', async () => {
    const client = openClient({ database: test.database });
    await client.logPredictions(model, predictionsOf({ from: 8, to: 9 }));
    const actuals = actualsOf({ from: 8, to: 9, error: 2 });
    await client.recordActuals(model, actuals.slice(0, 12));
    await test.worker.run('performanceEvaluation', { model, asOf: at(9, 3, 20) });
    await client.recordActuals(
      model,
      actuals.slice(12).map((row) => ({ ...row, value: Number(row.value) + 100 })),
    );
    expect(await test.worker.run('performanceEvaluation', { model, asOf: at(10, 3, 20) })).toMatchObject({
      restated: 2,
    });
    const [first] = await shown();
    expect(first).toMatchObject({ date: '2024-01-08', rows: 24, revision: 2, coverage: 1 });
    expect(first!['rmse']).toBeGreaterThan(50);
  });

  it('does not overwrite the gauges of a newer day with those of an older one', async () => {
    await load(test.database, model, { from: 1, to: 8, error: 1 });
    await load(test.database, model, { from: 8, to: 9, error: 3 });
    await test.worker.run('performanceEvaluation', { model, asOf: at(9, 3, 20) });
    const newest = await pushedSeries(model, 'performance-evaluation');
    await test.worker.run('performanceEvaluation', { model, asOf: at(5, 3, 20) });
    expect(await pushedSeries(model, 'performance-evaluation')).toEqual(newest);
  });

  it('evaluates a given window', async () => {
    await load(test.database, model, { from: 1, to: 9 });
    const window = { start: at(2), end: at(6) };
    expect(await test.worker.run('performanceEvaluation', { model, asOf: at(9, 3), window })).toMatchObject({
      windows: 1,
      first: 1,
    });
    expect(await shown()).toMatchObject([{ date: '2024-01-05', rows: 96 }]);
  });
});
