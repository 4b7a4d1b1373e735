import { beforeEach, describe, expect, it } from 'vitest';

import type { PredictionRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { hourMs, minuteMs } from '../../../core/window.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'selective';
const asOf = at(9, 3);

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, {
    model,
    features: { temp: { kind: 'continuous' }, season: { kind: 'continuous' }, c: { kind: 'categorical' } },
    performance: { windows: ['7d'], gate: { coverage: 0.5 } },
  });
});

/** Four an hour over the week; `season` rises with time. */
const predictions: readonly PredictionRow[] = Array.from({ length: 7 * 24 * 4 }, (_, i) => {
  const hour = Math.floor(i / 4);
  return {
    version: '1',
    entity: `station-${i % 4}`,
    eventTime: day(2) + hour * hourMs + (i % 4) * minuteMs,
    features: { temp: ((i * 37) % 101) / 100, season: hour / 24, c: (i * 13) % 7 < 3 ? 'a' : 'b' },
    prediction: 10 + ((i * 11) % 17),
  };
});

/** Records the actuals of some predictions and evaluates the week. */
async function evaluate(hasActual: (row: PredictionRow, index: number) => boolean) {
  const client = openClient({ database: test.database });
  await client.logPredictions(model, predictions);
  await client.recordActuals(
    model,
    predictions.filter(hasActual).map(({ entity, eventTime, prediction }) => ({
      entity,
      eventTime,
      value: Number(prediction),
      recordedAt: asOf,
    })),
  );
  await test.activities.attachActuals({ model, asOf });
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
  const [evaluation] = await test.database.query<{
    gate: string;
    verdict: string;
    reason: string;
    rmse: number;
    selective: { rows: number; columns: { column: string }[] } | null;
  }>(
    `select gate, verdict, reason, (metrics ->> 'rmse')::float8 as rmse, details -> 'selectiveActuals' as selective
     from latest_performance_evaluations where window_end - window_start = '7 days'`,
  );
  return evaluation!;
}
const temp = ({ features }: PredictionRow): number => Number(features['temp']);

describe('actuals that come selectively', () => {
  it('make the verdict insufficient, and both numbers are shown', async () => {
    const evaluation = await evaluate((row, i) => temp(row) < 0.7 || i % 3 === 0);
    expect(evaluation).toMatchObject({ gate: 'selective-actuals', verdict: 'insufficient-data', rmse: 0 });
    expect(evaluation.reason).toMatch(
      /^actuals come selectively: mean of temp 0\.4\d* with actuals, 0\.8\d* without$/,
    );
    expect(evaluation.selective!.columns.map(({ column }) => column)).toEqual(['temp']);
    expect(evaluation.selective!.rows).toBeGreaterThan(30);
  });

  it('are seen in a category and in the prediction as well', async () => {
    const evaluation = await evaluate(
      ({ features, prediction }, i) => features['c'] === 'a' || Number(prediction) < 14 || i % 4 === 0,
    );
    expect(evaluation.gate).toBe('selective-actuals');
    expect(evaluation.selective!.columns.map(({ column }) => column).sort()).toEqual(['c', 'prediction']);
    expect(evaluation.reason).toMatch(/share of c=b \d+% with actuals, 100% without/);
  });

  it('draw the same rows in whatever order they have come', async () => {
    const isKnown = (row: PredictionRow): boolean => temp(row) < 0.7;
    const once = await evaluate(isKnown);
    await test.database.execute('delete from predictions; delete from actuals; delete from outcomes');
    await openClient({ database: test.database }).logPredictions(model, predictions.toReversed());
    expect(await evaluate(isKnown)).toEqual(once);
    expect(
      await test.database.query(`select max(revision) as revisions from performance_evaluations`),
    ).toEqual([{ revisions: 1 }]);
  });
});

describe('actuals that are missing for another reason', () => {
  it('pass where it has nothing to do with the rows', async () => {
    const evaluation = await evaluate((_, i) => (i * 7919) % 10 < 7);
    expect(evaluation).toMatchObject({ gate: 'passed', verdict: 'ok' });
    expect(evaluation.selective).toMatchObject({ columns: [] });
    expect(evaluation.selective!.rows).toBeGreaterThan(30);
  });

  it('pass where they are those of the newest rows, though these differ from the others', async () => {
    // All of the first five days, half of the sixth, none of the seventh: `season` differs by days.
    const evaluation = await evaluate((_, i) => i < 5 * 96 || (i < 6 * 96 && i % 2 === 0));
    expect(evaluation).toMatchObject({ gate: 'passed', verdict: 'ok' });
  });

  it('are not looked at where nearly all are there', async () => {
    const evaluation = await evaluate((row, i) => temp(row) < 0.96 || i % 2 === 0);
    expect(evaluation).toMatchObject({ gate: 'passed', selective: null });
  });

  it('are looked at in a bounded sample of an hour that has many rows', async () => {
    await test.database.query('select ensure_partitions($1, $1)', [at(8)]);
    await test.database.execute(
      `with written as (
         insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
         select $1, '1', 'e' || row, $2::timestamptz + row * interval '150 milliseconds', $2,
           jsonb_build_object('temp', row % 101, 'season', row % 7, 'c', row % 3), row % 17
         from generate_series(1, 20000) as row
         returning entity, event_time, prediction)
       insert into actuals (model, entity, event_time, value, recorded_at)
       select $1, entity, event_time, prediction, $2 from written where hashtext(entity) & 7 < 5`,
      [model, at(8)],
    );
    const evaluation = await evaluate(() => false);
    expect(evaluation).toMatchObject({ gate: 'passed', selective: { columns: [] } });
    expect(evaluation.selective!.rows).toBeGreaterThan(1_000);
    expect(evaluation.selective!.rows).toBeLessThanOrEqual(2_000);
  });
});
