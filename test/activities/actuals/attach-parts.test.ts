/** Actuals of many hours are attached, and hours summarised, in parts by several workers: the same rows and counts as by one activity. */

import { writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noCounts } from '../../../activities/actuals/attach-hours.ts';
import type { Activities } from '../../../activities/index.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { Database } from '../../../sql/database.ts';
import { lockUntilCommit, openDatabase } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { sortedRows } from '../../setup/checksums.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { startTestWorker } from '../../setup/worker.ts';
import { historyToJson } from '../../workflows/history-json.ts';

const model = 'attached-in-parts';
const asOf = at(19, 3);
const request = { model, asOf };
const window = { start: at(2, 5), end: at(17, 7) };
const fanOut = { rows: 100, atOnce: 3 };

const databases: TestDatabase[] = [];
/** Outcomes are there up to day 12 and then change: late, corrected and superfluous actuals, a late and a deleted prediction. */
async function loaded(): Promise<TestDatabase> {
  const test = await createTestDatabase();
  databases.push(test);
  await watch(test.database, { model, segments: ['c'] });
  await load(test.database, model, { from: 1, to: 12 });
  await activitiesOn(test.database).attachActuals({ model, asOf: at(12, 3) });
  await activitiesOn(test.database).summarizeOutcomes({ model, asOf: at(12, 3) });
  await load(test.database, model, { from: 12, to: 19 });
  const client = openClient({ database: test.database });
  const [first, second] = actualsOf({ from: 4, to: 5 });
  await client.recordActuals(model, [
    { ...first!, value: 99, recordedAt: at(13, 1) },
    { ...second!, entity: 'elsewhere', recordedAt: at(13, 1) },
  ]);
  await client.logPredictions(model, [
    { ...predictionsOf({ from: 9, to: 10 })[1]!, entity: 'elsewhere', issuedAt: at(9, 0) },
  ]);
  await test.database.execute(`delete from predictions where event_time = $1`, [
    new Date(day(6)).toISOString(),
  ]);
  return test;
}
afterAll(async () => {
  for (const test of databases) await test.drop();
});

const dividing = (database: Database): Activities => activitiesOn(database, { fanOut });

/** What the steps store, in full, and what they leave to do. */
async function stored(database: Database): Promise<unknown> {
  const rows = sortedRows.bind(undefined, database);
  return {
    outcomes: await rows(
      'outcomes',
      'event_time, prediction_id, version, role, prediction, actual, recorded_at',
    ),
    summaries: await rows(
      'outcome_summaries',
      'hour, segment, version, prediction_count, outcome_count, content, settings_hash',
    ),
    marks: await database.query(
      `select distinct stage, window_start from dirty_windows order by stage, window_start`,
    ),
    watermarks: await rows('process_watermarks', 'process, as_of, window_end'),
  };
}

describe.each([
  { hours: 'marked hours', range: {} },
  { hours: 'a window', range: { window } },
])('$hours, where they are many', ({ range }) => {
  let expected: unknown;
  let attached: object;
  let summarized: object;
  beforeAll(async () => {
    const { database } = await loaded();
    attached = await dividing(database).attachActuals({ ...request, ...range });
    summarized = await dividing(database).summarizeOutcomes({ ...request, ...range });
    expected = await stored(database);
    expect(attached).toMatchObject({ attached: expect.any(Number), changed: expect.any(Number) });
  });

  it('are looked at by several workers at once as by one', async () => {
    const { database, url } = await loaded();
    const workers = [1, 2].map(() => openDatabase({ url, poolSize: 6 }));
    // The last first, six at once, and each twice: a worker that was lost may still be at it.
    const counts = new Map<string, Record<string, number>>();
    const carryOut = async (
      name: 'attachPart' | 'summarizePart',
      parts: readonly { readonly start: string; readonly end: string }[],
    ): Promise<Record<string, number>[]> => {
      counts.clear();
      const all = [...parts.toReversed(), ...parts];
      while (all.length > 0)
        await Promise.all(
          all.splice(0, 6).map(async (part, i) => {
            const done = await dividing(workers[i % 2]!)[name]({ ...request, ...range, part });
            if (!counts.has(part.start)) counts.set(part.start, done);
          }),
        );
      return [...counts.values()];
    };
    try {
      const first = await dividing(database).attachActuals({ ...request, ...range, parts: 'wanted' });
      expect(first).toMatchObject({ atOnce: 3, hours: 0, attached: 0 });
      expect(first.parts!.length).toBeGreaterThan(9);
      await carryOut('attachPart', first.parts!);
      const counted = noCounts;
      expect(await dividing(database).attachActuals({ ...request, ...range, counted })).toMatchObject({
        hours: 0,
      });
      const { parts, ...rest } = await dividing(database).summarizeOutcomes({
        ...request,
        ...range,
        parts: 'wanted',
      });
      expect(rest).toEqual({ atOnce: 3, hours: 0, changed: 0 });
      await carryOut('summarizePart', parts!);
    } finally {
      for (const worker of workers) await worker.close();
    }
    expect(await stored(database)).toEqual(expected);
  });

  it('are divided by the workflow, whose result is that of one activity', async () => {
    const { database } = await loaded();
    const worker = await startTestWorker(database, { fanOut });
    const other = await startTestWorker(database, { fanOut }, worker.taskQueue);
    const workflowId = `${model}-${'window' in range ? 'window' : 'marked'}`;
    try {
      const result = await worker.run<object>('actualsBackfill', { ...request, ...range }, workflowId);
      expect(result).toMatchObject(attached);
      expect(result).not.toHaveProperty('parts');
      const handle = worker.client.workflow.getHandle(workflowId);
      const history = await handle.fetchHistory();
      const begun = (history.events ?? []).flatMap(
        ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
      );
      const parts = begun.filter((name) => name === 'attachPart').length;
      expect(parts).toBeGreaterThan(9);
      expect(begun.filter((name) => name === 'attachActuals')).toHaveLength(2);
      expect(history.events!.length).toBeLessThan(parts * 6 + 60);
      // For test/workflows/replay.test.ts.
      if (process.env['RECORD_HISTORIES'] === '1' && 'window' in range)
        await writeFile(
          new URL('../../workflows/histories/actualsBackfill-parts.json', import.meta.url),
          `${historyToJson(history)}\n`,
        );
    } finally {
      await other.stop();
      await worker.stop();
    }
    expect(await activitiesOn(database).summarizeOutcomes({ ...request, ...range })).toEqual(summarized);
    expect(await stored(database)).toEqual(expected);
  }, 120_000);
});

it('parts of different days do not wait for each other, those of one day do, and whoever locks the model keeps all away', async () => {
  const { database, url } = await loaded();
  const other = openDatabase({ url, poolSize: 6 });
  const part = (n: number) => ({ ...request, part: { start: at(n), end: at(n + 1) } });
  try {
    for (const [name, waits] of [
      [`outcomes:${model}:2024-01-14`, [15, 14]],
      [`outcomes:${model}`, [16, 16]],
    ] as const) {
      const [free, held] = waits;
      let ended = false;
      let waiting: Promise<unknown> | undefined;
      await database.transaction(async (connection) => {
        await lockUntilCommit(connection, name);
        if (free !== held) await activitiesOn(other).attachPart(part(free));
        waiting = activitiesOn(other)
          .attachPart(part(held))
          .then(() => (ended = true));
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(ended).toBe(false);
      });
      await waiting;
      expect(ended).toBe(true);
    }
  } finally {
    await other.close();
  }
});

it('a part goes on where a lost attempt was, and is left whole where there are few rows', async () => {
  const { database } = await loaded();
  const few = activitiesOn(database, { fanOut: { rows: 1_000_000, atOnce: 3 } });
  const whole = await few.attachActuals({ ...request, window, parts: 'wanted' });
  expect(whole).not.toHaveProperty('parts');
  const counts = {
    hours: 5,
    attached: 3,
    changed: 2,
    unmatchedActuals: 1,
    otherKind: 0,
    predictions: 5,
    outcomes: 5,
    setAside: 0,
  };
  const resumed = activitiesOn(database, {
    fanOut,
    context: () => ({
      workflowId: 'workflow',
      runId: 'run',
      heartbeat: () => undefined,
      resumePoint: { next: at(3, 20), counts },
      cancelled: new AbortController().signal,
    }),
  });
  // Four hours of the day were left.
  expect(await resumed.attachPart({ ...request, window, part: { start: at(3), end: at(4) } })).toMatchObject({
    hours: 9,
    attached: 3,
    predictions: 9,
  });
  // A lost attempt that had begun to do it all goes on so.
  expect(await resumed.attachActuals({ ...request, window, parts: 'wanted' })).not.toHaveProperty('parts');
});
