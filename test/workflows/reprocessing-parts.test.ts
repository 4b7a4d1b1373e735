/** A range of which many hours are attached again is divided among workers, and comes to the same as by one activity. */

import { writeFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import type { Database } from '../../sql/database.ts';
import { until } from '../../demo/stack/until.ts';
import type { ReprocessingProgress } from '../../workflows/reprocessing.ts';
import { actualsOf, at, load, watch } from '../setup/synthetic.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { startTestWorker } from '../setup/worker.ts';
import { historyToJson } from './history-json.ts';

const model = 'reprocessed-in-parts';
const input = { model, asOf: at(30), window: { start: at(2), end: at(12) } };

async function reprocessed(fanOut?: { readonly rows: number; readonly atOnce: number }): Promise<{
  readonly result: unknown;
  readonly stored: unknown;
  readonly begun: readonly string[];
  readonly seen: readonly ReprocessingProgress[];
}> {
  const test = await createTestDatabase();
  const { database } = test;
  const worker = await startTestWorker(database, fanOut && { fanOut });
  const workflowId = `${model}-${fanOut === undefined ? 'whole' : 'parts'}`;
  try {
    await watch(database, { model, performance: { windows: ['1d', '7d'], actualsHorizon: '2d' } });
    await load(database, model, { from: 1, to: 13 });
    for (const night of [4, 6, 9, 12])
      await worker.run('performanceEvaluation', { model, asOf: at(night, 3) });
    await openClient({ database }).recordActuals(
      model,
      actualsOf({ from: 4, to: 8, error: 5 }).map((row) => ({ ...row, recordedAt: at(29) })),
    );
    const handle = await worker.client.workflow.start('reprocessing', {
      workflowId,
      taskQueue: worker.taskQueue,
      args: [input],
    });
    const seen: ReprocessingProgress[] = [];
    let result: unknown;
    const ended = handle.result().then((given: unknown) => (result = given));
    await until(async () => {
      const progress = await handle.query<ReprocessingProgress>('progress').catch(() => undefined);
      if (progress !== undefined) seen.push(progress);
      return result !== undefined;
    }, 60_000);
    await ended;
    const history = await handle.fetchHistory();
    // For test/workflows/replay.test.ts.
    if (process.env['RECORD_HISTORIES'] === '1' && fanOut !== undefined)
      await writeFile(
        new URL('./histories/reprocessing-parts.json', import.meta.url),
        `${historyToJson(history)}\n`,
      );
    const begun = (history.events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
    return { result, stored: await storedIn(database), begun, seen };
  } finally {
    await worker.stop();
    await test.drop();
  }
}

async function storedIn(database: Database): Promise<unknown> {
  return {
    outcomes: await database.query('select event_time, actual from outcomes order by event_time'),
    evaluations: await database.query(
      `select window_start, window_end, segment, revision, state, metrics from performance_evaluations
       order by window_start, window_end, segment, revision`,
    ),
  };
}

it('divides ten days among workers, and computes the same as without parts', async () => {
  const whole = await reprocessed();
  const parts = await reprocessed({ rows: 100, atOnce: 3 });
  expect(whole.result).toMatchObject({ hours: 240, changed: 96, summarized: 96 });
  expect(parts.result).toEqual(whole.result);
  expect(parts.stored).toEqual(whole.stored);

  const count = (begun: readonly string[], name: string): number =>
    begun.filter((one) => one === name).length;
  expect(count(parts.begun, 'attachPart')).toBe(10);
  expect(count(parts.begun, 'summarizePart')).toBe(10);
  expect(count(whole.begun, 'attachPart')).toBe(0);
  // The hours of all steps at once: not one each a step.
  expect(count(whole.begun, 'attachActuals')).toBe(1);
  expect(count(whole.begun, 'summarizeOutcomes')).toBe(1);
  // How many are done is seen while it runs, and none is under way at the end.
  expect(parts.seen.some(({ parts }) => parts?.total === 10)).toBe(true);
  expect(parts.seen.at(-1)).toMatchObject({ done: 10, total: 10, parts: null });
}, 180_000);
