/** A big window is profiled in parts by several workers: the same rows, bit for bit, as by one activity. */

import { writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { Database } from '../../../sql/database.ts';
import { openDatabase } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { sortedRows } from '../../setup/checksums.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { startTestWorker } from '../../setup/worker.ts';
import { historyToJson } from '../../workflows/history-json.ts';

const model = 'in-parts';
const asOf = at(19, 3);
const request = { model, asOf };
const fanOut = { rows: 100, atOnce: 3 };

const databases: TestDatabase[] = [];
async function loaded(): Promise<TestDatabase> {
  const test = await createTestDatabase();
  databases.push(test);
  await watch(test.database, { model, segments: ['c'] });
  await load(test.database, model, { from: 1, to: 19 });
  // Sums whose rounding depends on the order in which they are added up.
  await test.database.execute(
    `update predictions set features = features || jsonb_build_object('x', sqrt(extract(epoch from event_time)) / 7e3)`,
  );
  return test;
}
afterAll(async () => {
  for (const test of databases) await test.drop();
});

const dividing = (database: Database): Activities => activitiesOn(database, { fanOut });

/** What profiling stores, in full. */
async function stored(database: Database): Promise<unknown> {
  const rows = sortedRows.bind(undefined, database);
  return {
    profiles: await rows('profiles', 'reference_id, segment, hour, column_name, content'),
    hours: await rows(
      'profiled_hours',
      'reference_id, segment, hour, row_count, out_of_distribution_count, repeat_count',
    ),
    days: await rows('profile_days', 'reference_id, segment, day, column_name, content'),
  };
}

let expected: unknown;
beforeAll(async () => {
  const { database } = await loaded();
  const activities = dividing(database);
  await activities.attachActuals(request);
  expect(await activities.profileHours(request)).toEqual({ hoursProfiled: 18 * 24 });
  expected = await stored(database);
});

describe('a window that is worth it', () => {
  it('is profiled by several workers at once as by one', async () => {
    const { database, url } = await loaded();
    await dividing(database).attachActuals(request);
    const { parts = [], ...rest } = await dividing(database).profileHours({
      ...request,
      parts: 'wanted',
    });
    expect(rest).toEqual({ hoursProfiled: 0, atOnce: 3 });
    expect(parts).toHaveLength(18);
    expect(parts[0]).toEqual({ start: at(1), end: at(2) });
    expect(await database.query('select from profiles')).toEqual([]);

    const workers = [1, 2].map(() => openDatabase({ url, poolSize: 6 }));
    try {
      // The last first, six at once, and each twice: a worker that was lost may still be at it.
      const all = [...parts.toReversed(), ...parts];
      while (all.length > 0)
        await Promise.all(
          all.splice(0, 6).map((part, i) => dividing(workers[i % 2]!).profilePart({ ...request, part })),
        );
    } finally {
      for (const worker of workers) await worker.close();
    }
    expect(await dividing(database).profileHours({ ...request, parts: 'wanted' })).toEqual({
      hoursProfiled: 0,
    });
    expect(await stored(database)).toEqual(expected);
  });

  it('is divided by the workflow, whose history stays short, and whoever is not asked for parts gives none', async () => {
    const { database } = await loaded();
    const worker = await startTestWorker(database, { fanOut });
    const other = await startTestWorker(database, { fanOut }, worker.taskQueue);
    try {
      const result = await worker.run<{ hoursProfiled: number }>('driftDetection', request, 'in-parts-drift');
      expect(result.hoursProfiled).toBe(18 * 24);
      const history = await worker.client.workflow.getHandle('in-parts-drift').fetchHistory();
      // For test/workflows/replay.test.ts.
      if (process.env['RECORD_HISTORIES'] === '1')
        await writeFile(
          new URL('../../workflows/histories/driftDetection-parts.json', import.meta.url),
          `${historyToJson(history)}\n`,
        );
      const { events } = history;
      const begun = (events ?? []).flatMap(
        ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
      );
      expect(begun.filter((name) => name === 'profilePart')).toHaveLength(18);
      expect(begun.filter((name) => name === 'profileHours')).toHaveLength(2);
      // Actuals are attached in as many parts.
      expect(events!.length).toBeLessThan(2 * 18 * 6 + 60);
    } finally {
      await other.stop();
      await worker.stop();
    }
    expect(await stored(database)).toEqual(expected);
  }, 300_000);
});

it('is left whole where it has few rows, or all of one day', async () => {
  const { database } = await loaded();
  const few = activitiesOn(database, { fanOut: { rows: 1_000, atOnce: 3 } });
  expect(await few.profileHours({ ...request, asOf: at(16, 3), parts: 'wanted' })).toEqual({
    hoursProfiled: 15 * 24,
  });
  expect(await dividing(database).profileHours({ ...request, asOf: at(17, 3), parts: 'wanted' })).toEqual({
    hoursProfiled: 24,
  });
});
