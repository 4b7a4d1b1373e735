/** A migration while others are at work: they go on, and so does it, or it says who is in its way. */

import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { openDatabase } from '../../sql/database.ts';
import { checkSchema, migrate } from '../../sql/migrator.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { migrateTo } from './migrate-to.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase('empty');
  await migrateTo(test.database, 9);
});
afterEach(() => test.drop());

const insert = `insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction)
  values ('m', '1', $1, '2024-01-01T00:10:00Z', '2024-01-01', 'serving', '{}', 1)`;
const count = async (): Promise<number> =>
  (await test.database.query<{ rows: number }>('select count(*) as rows from predictions'))[0]!.rows;

/** Works until it is told to stop, and says how many times it did. An error ends the test. */
function keepDoing(work: (n: number) => Promise<unknown>): { readonly stop: () => Promise<number> } {
  const stopped = new AbortController();
  const done = (async () => {
    let times = 0;
    while (!stopped.signal.aborted) {
      await work(times);
      times += 1;
      await pause(5);
    }
    return times;
  })();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

it('writers lose nothing, and readers see all of it, while it is under way', async () => {
  const writers = ['a', 'b', 'c'].map((writer) =>
    keepDoing((n) => test.database.execute(insert, [`${writer} ${n}`])),
  );
  const readers = [1, 2].map(() =>
    keepDoing(() =>
      // Now and then one has a lock for a while.
      test.database.snapshot(async (connection) => {
        await connection.query('select count(*) from predictions join actuals using (model)');
        await pause(100);
      }),
    ),
  );
  await pause(200);
  const before = await count();
  expect(await migrate(test.database, { lockTimeoutMs: 500, tries: 60, pauseMs: 100 })).not.toEqual([]);
  await pause(200);
  const written = (await Promise.all(writers.map(({ stop }) => stop()))).reduce((a, b) => a + b);
  for (const { stop } of readers) expect(await stop()).toBeGreaterThan(1);
  expect(written).toBeGreaterThan(before);
  expect(await count()).toBe(written);
  await checkSchema(test.database);
});

it('a lock that is not given back makes it give up, name the holder, and change nothing', async () => {
  const stranger = openDatabase({ url: test.url, poolSize: 1, applicationName: 'a forgotten psql' });
  try {
    await stranger.transaction(async (connection) => {
      await connection.query('lock table predictions, alerts in access share mode');
      const reading = keepDoing(() => test.database.query('select count(*) from predictions'));
      await expect(
        migrate(test.database, { lockTimeoutMs: 100, tries: 3, pauseMs: 50 }),
      ).rejects.toMatchObject({
        code: 'MIGRATION_LOCKED',
        message: expect.stringMatching(
          /on all 3 tries.*process \d+ \(a forgotten psql, user \w+, idle in transaction for \d+ s\)/,
        ),
      });
      // Readers stood behind it only while it waited.
      expect(await reading.stop()).toBeGreaterThan(2);
    });
    await expect(checkSchema(test.database)).rejects.toMatchObject({ code: 'SCHEMA_BEHIND' });
    expect(await migrate(test.database)).not.toEqual([]);
  } finally {
    await stranger.close();
  }
});

it('a lock that is given back in time only delays it', async () => {
  const stranger = openDatabase({ url: test.url, poolSize: 1 });
  let locked = (): void => undefined;
  const isLocked = new Promise<void>((resolve) => (locked = resolve));
  const holding = stranger.transaction(async (connection) => {
    await connection.query('lock table predictions, alerts in access share mode');
    locked();
    await pause(600);
  });
  await isLocked;
  expect(await migrate(test.database, { lockTimeoutMs: 100, tries: 100, pauseMs: 50 })).not.toEqual([]);
  await holding;
  await stranger.close();
});
