import { beforeEach, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { hourMs } from '../../core/window.ts';
import { until } from '../../demo/stack/until.ts';
import type { ReprocessingProgress } from '../../workflows/reprocessing.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const model = 'reprocessed';

const test = useWorker('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model, performance: { windows: ['1d', '7d'], actualsHorizon: '2d' } });
  await load(test.database, model, { from: 1, to: 13 });
});

const evaluate = (night: number) => test.worker.run('performanceEvaluation', { model, asOf: at(night, 3) });
const reprocess = (input: object, id?: string) =>
  test.worker.run<Record<string, unknown>>('reprocessing', { model, asOf: at(30), ...input }, id);
const correctedDay = (n: number, error: number) =>
  openClient({ database: test.database }).recordActuals(
    model,
    actualsOf({ from: n, to: n + 1, error }).map((row) => ({ ...row, recordedAt: at(29) })),
  );
const days = () =>
  test.database.query<{ end: number; revision: number; rmse: number; state: string }>(
    `select window_end as "end", revision, (metrics ->> 'rmse')::float8 as rmse, state
     from latest_performance_evaluations where window_end - window_start = '1 day' order by window_end`,
  );

describe('reprocessing', () => {
  it('computes the stored windows of a range again, final ones too, and later ones that contain a part of it', async () => {
    for (const night of [4, 5, 6, 9, 20]) await evaluate(night);
    expect((await days()).map(({ state }) => state)).toEqual(Array(4).fill('final'));
    await correctedDay(4, 5);
    // The corrected actuals are attached, but these windows are closed.
    expect(await evaluate(30)).toMatchObject({ restated: 0 });
    expect(await reprocess({ window: { start: at(4), end: at(6) } })).toEqual({
      asOf: at(30),
      hours: 48,
      attached: 0,
      changed: 0,
      summarized: 0,
      // Two days, the weeks that end with them and the one that ends with day 8.
      windows: 5,
      restated: 4,
      unchanged: 1,
      estimated: 0,
      // The weeks that end with days 4, 5 and 8, and the four weeks that end with these and with day 19.
      compared: 7,
      metrics: 'pushed',
    });
    expect(await days()).toMatchObject([
      { end: day(4), revision: 1, rmse: 1 },
      { end: day(5), revision: 2, rmse: 5, state: 'final' },
      { end: day(6), revision: 1, rmse: 1 },
      { end: day(9), revision: 1, rmse: 1 },
    ]);
    expect(await reprocess({ window: { start: at(4), end: at(6) } })).toMatchObject({
      restated: 0,
      unchanged: 5,
    });
  });

  it('attaches and summarises what no other run has looked at yet', async () => {
    const rows = predictionsOf({ from: 4, to: 5 }).map((row) => ({ ...row, entity: 'another' }));
    await evaluate(5);
    await openClient({ database: test.database }).logPredictions(model, rows);
    await openClient({ database: test.database }).recordActuals(
      model,
      actualsOf({ from: 4, to: 5, error: 3 }).map((row) => ({ ...row, entity: 'another' })),
    );
    expect(await reprocess({ window: { start: at(4), end: at(5) } })).toMatchObject({
      attached: 24,
      summarized: 24,
      restated: 2,
    });
    expect(await days()).toMatchObject([{ revision: 2, rmse: Math.sqrt(5) }]);
  });

  it('goes in steps of any length, the last one shorter', async () => {
    await evaluate(5);
    expect(await reprocess({ window: { start: at(1), end: at(5) }, step: '36h' })).toMatchObject({
      hours: 96,
      windows: 2,
      unchanged: 2,
    });
  });

  it('tells how far it is, also after it has continued as a new run, and has then done all', async () => {
    for (const night of [4, 9]) await evaluate(night);
    const workflowId = `reprocessing-${crypto.randomUUID()}`;
    const window = { start: at(1), end: at(12) };
    const running = reprocess({ window, step: '4h' }, workflowId);
    const handle = test.worker.client.workflow.getHandle(workflowId);
    const seen: ReprocessingProgress[] = [];
    const answered = await until(async () => {
      const progress = await handle.query<ReprocessingProgress>('progress').catch(() => undefined);
      if (progress !== undefined) seen.push(progress);
      return (progress?.done ?? 0) > 55;
    }, 200_000);
    expect(answered).toBe(true);
    expect(await running).toMatchObject({ hours: 11 * 24, windows: 4, unchanged: 4, summarized: 0 });
    for (const { done, total, current } of seen) {
      expect(total).toBe(66);
      if (current === null) continue;
      expect(Date.parse(current.end) - Date.parse(current.start)).toBe(4 * hourMs);
      expect(Date.parse(current.start)).toBe(day(1) + done * 4 * hourMs);
    }
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    const runs: number[] = [];
    for await (const { historyLength } of test.worker.client.workflow.list({
      query: `WorkflowId = '${workflowId}'`,
    })) {
      runs.push(historyLength);
    }
    expect(runs).toHaveLength(2);
    expect(await handle.query<ReprocessingProgress>('progress')).toMatchObject({
      done: 66,
      total: 66,
      current: null,
    });
  });
});
