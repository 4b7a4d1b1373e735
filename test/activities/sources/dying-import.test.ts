/** A run that dies at any statement, and is made again, leaves what one leaves that has not. */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import type { Client, Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { Died } from '../../setup/fate.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { watch } from '../../setup/synthetic.ts';

let test: TestDatabase;
let sources: Sources;
beforeAll(async () => {
  test = await createTestDatabase();
  sources = openSources({
    ownDatabase: test.url,
    databases: new Map(),
    stores: new Map(),
    directory: undefined,
  });
  await test.database.execute(`
    create table scores (house int, scored timestamptz, guess float8, rooms int, price float8, updated timestamptz)`);
});
afterAll(async () => {
  await sources.close();
  await test.drop();
});

const model = 'houses';
const asOf = '2026-03-02T00:05:00Z';

/** Three hours of rows; some of the prices come later. */
async function arranged(changed: string | undefined): Promise<void> {
  await emptyTables(test.database);
  const common = { table: 'scores', changed } as const;
  await watch(test.database, {
    model,
    features: { rooms: { kind: 'continuous' } },
    source: {
      predictions: {
        ...common,
        columns: { entity: 'house', event_time: 'scored', version: { value: '1' }, prediction: 'guess' },
      },
      actuals: { ...common, columns: { entity: 'house', event_time: 'scored', actual: 'price' } },
    },
  });
  await test.database.execute(`
    insert into scores
    select i, timestamptz '2026-03-01' + i * interval '10 minutes', i, i % 4, case when i % 3 = 0 then i end, timestamptz '2026-03-01T12:00:00Z'
    from generate_series(1, 17) i`);
}

/** A price is known, a row is corrected, one is new and one is wrong. */
const movedOn = (): Promise<number> =>
  test.database.execute(`
    update scores set price = 7, rooms = 9, updated = '2026-03-01T13:00:00Z' where house = 4;
    insert into scores values (99, '2026-03-01T01:00:00Z', 5, 2, 6, '2026-03-01T13:00:00Z'),
      (100, '2026-03-01T01:00:00Z', 'NaN', 2, null, '2026-03-01T13:00:00Z')`);

/** Dies at the n-th statement: before it, and where it is a commit after it as well. */
function dyingAt(dieAt: number): { readonly database: Database; readonly points: () => number } {
  let points = 0;
  const point = (): void => {
    points += 1;
    if (points >= dieAt) throw new Died(`died at point ${points}`);
  };
  const watched = (client: Client): Client =>
    new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return (...given: unknown[]) => {
          point();
          const answer = Reflect.apply(target.query, target, given) as unknown;
          if (given[0] !== 'commit') return answer;
          return (answer as Promise<unknown>).then((result) => {
            point();
            return result;
          });
        };
      },
    });
  const database: Database = {
    ...test.database,
    withClient: (work) =>
      test.database.withClient(async (client) => {
        try {
          return await work(watched(client));
        } finally {
          // What the server does when the connection of a process ends.
          await client.query('rollback');
          await client.query('select pg_advisory_unlock_all()');
        }
      }),
  };
  return { database, points: () => points };
}

const attach = (database = test.database) =>
  activitiesOn(database, { sources }).attachActuals({ model, asOf });

const left = async (): Promise<unknown> => ({
  predictions: await test.database.query(
    'select entity, event_time, version, prediction, features from predictions order by event_time, entity',
  ),
  actuals: await test.database.query(
    'select entity, event_time, value, recorded_at from actuals order by event_time, entity',
  ),
  outcomes: await test.database.query('select event_time, prediction, actual from outcomes order by 1, 2'),
  rejected: await test.database.query('select stream, reason from rejected_rows order by 1, 2'),
  parts: await test.database.query('select stream, part, fingerprint from source_parts order by 1, 2'),
});

beforeEach(() => test.database.execute('truncate scores'));

it.each([undefined, 'updated'])('wherever it dies (changed: %s)', async (changed) => {
  const bothRuns = async (dieAt: number): Promise<{ left: unknown; points: number }> => {
    await test.database.execute('truncate scores');
    await arranged(changed);
    const dying = dyingAt(dieAt);
    const run = async (): Promise<void> => {
      const database = dying.points() < dieAt ? dying.database : test.database;
      await attach(database).catch(async (error: unknown) => {
        if (!(error instanceof Died)) throw error;
        await attach();
      });
    };
    await run();
    await movedOn();
    await run();
    return { left: await left(), points: dying.points() };
  };
  const undisturbed = await bothRuns(Infinity);
  expect(undisturbed.points).toBeGreaterThan(20);
  expect((undisturbed.left as { predictions: unknown[] }).predictions).toHaveLength(18);
  for (let dieAt = 1; dieAt <= undisturbed.points; dieAt += 1) {
    const disturbed = await bothRuns(dieAt);
    expect(disturbed.left, `died at point ${dieAt}`).toEqual(undisturbed.left);
  }
});
