import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { actualsOf, at, day, predictionsOf, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const model = 'actuals-backfilled';

const test = useWorker('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model });
  await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 1, to: 3 }));
});

const record = (count: number) =>
  openClient({ database: test.database }).recordActuals(model, actualsOf({ from: 1, to: 3 }).slice(0, count));

describe('actualsBackfill', () => {
  it('attaches the actuals that have arrived since the last run', async () => {
    await record(36);
    expect(await test.worker.run('actualsBackfill', { model, asOf: at(3, 2) })).toEqual({
      asOf: at(3, 2),
      hours: 48,
      attached: 36,
      changed: 0,
      unmatchedActuals: 0,
      hint: null,
      predictions: 48,
      outcomes: 36,
      coverage: 0.75,
      newestPrediction: at(2, 23),
      newestActual: at(2, 11),
      metrics: 'pushed',
    });
    await record(48);
    expect(await test.worker.run('actualsBackfill', { model, asOf: at(3, 3) })).toMatchObject({
      hours: 12,
      attached: 12,
      coverage: 1,
    });
  });

  it('attaches all actuals of a window of event time', async () => {
    await record(48);
    const window = { start: at(2), end: at(2, 6) };
    expect(await test.worker.run('actualsBackfill', { model, asOf: at(3, 2), window })).toMatchObject({
      hours: 6,
      attached: 6,
    });
  });

  it('shows coverage and freshness', async () => {
    await record(36);
    await test.worker.run('actualsBackfill', { model, asOf: at(3, 2) });
    expect(await pushedSeries(model, 'actuals-backfill')).toMatchObject({
      model_actuals_coverage_ratio: 0.75,
      'data_freshness_timestamp_seconds{stream="predictions"}': day(2) / 1000 + 23 * 3600,
      'data_freshness_timestamp_seconds{stream="actuals"}': day(2) / 1000 + 12 * 3600,
      tidewatch_last_success_timestamp_seconds: day(3) / 1000 + 2 * 3600,
    });
  });

  it('speaks for the time at which it was started where no asOf is given', async () => {
    const before = Date.now();
    const { asOf } = await test.worker.run<{ asOf: string }>('actualsBackfill', { model });
    expect(Date.parse(asOf)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('takes an asOf with any offset, and writes it in UTC', async () => {
    expect(
      await test.worker.run('actualsBackfill', { model, asOf: '2024-01-03T05:00:00+03:00' }),
    ).toMatchObject({
      asOf: at(3, 2),
    });
  });

  it('may run any number of times at once', async () => {
    await record(48);
    const runs = await Promise.all(
      [1, 2, 3, 4].map(() =>
        test.worker.run<{ attached: number }>('actualsBackfill', { model, asOf: at(3, 2) }),
      ),
    );
    expect(runs.reduce((sum, { attached }) => sum + attached, 0)).toBe(48);
    expect(await test.database.query('select count(*) as count from outcomes')).toEqual([{ count: 48 }]);
  });
});
