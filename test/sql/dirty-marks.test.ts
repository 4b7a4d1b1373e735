import { pipeline } from 'node:stream/promises';

import { from as copyFrom } from 'pg-copy-streams';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

/** The marks as `stage start`, in order; each is one hour long. */
async function marks(): Promise<string[]> {
  const rows = await test.database.query<{ model: string; stage: string; start: number; length: number }>(`
    select model, stage, window_start as start, extract(epoch from window_end - window_start)::int as length
    from dirty_windows order by stage, window_start, generation`);
  for (const { model, length } of rows) expect([model, length]).toEqual(['m', 3600]);
  return rows.map(({ stage, start }) => `${stage} ${formatInstant(start)}`);
}

/** What predictions of these hours mark. */
const predictionMarks = (...hours: string[]): string[] =>
  ['outcomes', 'profiles', 'summaries'].flatMap((stage) => hours.map((hour) => `${stage} ${hour}`));

const clear = (): Promise<number> => test.database.execute('delete from dirty_windows');

const insertPredictions = (connection: Queryable, ...eventTimes: string[]): Promise<number> =>
  connection.execute(
    `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
     select 'm', '1', 'e' || ordinality, event_time, event_time, '{}', 1
     from unnest($1::timestamptz[]) with ordinality as given (event_time, ordinality)`,
    [eventTimes],
  );
const insertActuals = (connection: Queryable, ...eventTimes: string[]): Promise<number> =>
  connection.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at)
     select 'm', 'e' || ordinality, event_time, 1, event_time
     from unnest($1::timestamptz[]) with ordinality as given (event_time, ordinality)`,
    [eventTimes],
  );

describe('predictions', () => {
  it('mark their hour for all that is derived from them', async () => {
    await insertPredictions(test.database, '2011-03-01T08:59:59.999Z');
    expect(await marks()).toEqual(predictionMarks('2011-03-01T08:00:00Z'));
  });

  it('mark each hour once a statement, however many rows it has', async () => {
    await insertPredictions(
      test.database,
      '2011-03-01T08:00:00Z',
      '2011-03-01T08:30:00Z',
      '2011-03-01T09:00:00Z',
      '2011-04-01T09:00:00Z',
      '2011-03-01T08:45:00Z',
    );
    const hours = ['2011-03-01T08:00:00Z', '2011-03-01T09:00:00Z', '2011-04-01T09:00:00Z'];
    expect(await marks()).toEqual(predictionMarks(...hours));
  });

  it('mark UTC hours, also in a session whose time zone is half an hour off', async () => {
    await test.database.transaction(async (connection) => {
      await connection.execute(`set local timezone to 'Asia/Kolkata'`);
      await insertPredictions(connection, '2011-03-01T08:15:00Z', '2011-03-01T08:45:00Z');
    });
    expect(await marks()).toEqual(predictionMarks('2011-03-01T08:00:00Z'));
  });

  it('mark both of the hours that clocks show twice in autumn', async () => {
    await test.database.transaction(async (connection) => {
      await connection.execute(`set local timezone to 'America/New_York'`);
      await insertPredictions(connection, '2011-11-06T05:30:00Z', '2011-11-06T06:30:00Z');
    });
    expect((await marks()).filter((mark) => mark.startsWith('outcomes'))).toEqual([
      'outcomes 2011-11-06T05:00:00Z',
      'outcomes 2011-11-06T06:00:00Z',
    ]);
  });

  it('mark their hour when they are copied in, into a partition and into the default one', async () => {
    await test.database.query(`select ensure_partitions('2011-03-01', '2011-03-01')`);
    await clear();
    await test.database.withClient((client) =>
      pipeline(
        [
          'm\t1\te1\t2011-03-01T08:10:00Z\t2011-03-01T08:10:00Z\t{}\t1\n',
          'm\t1\te1\t2012-03-01T08:10:00Z\t2012-03-01T08:10:00Z\t{}\t1\n',
        ],
        client.query(
          copyFrom(
            'copy predictions (model, version, entity, event_time, issued_at, features, prediction) from stdin',
          ),
        ),
      ),
    );
    expect(await marks()).toEqual(predictionMarks('2011-03-01T08:00:00Z', '2012-03-01T08:00:00Z'));
  });

  it('mark their hour when they are updated and when they are deleted', async () => {
    await insertPredictions(test.database, '2011-03-01T08:00:00Z', '2011-03-01T09:00:00Z');
    await clear();
    await test.database.execute(`update predictions set prediction = 2 where entity = 'e1'`);
    expect(await marks()).toEqual(predictionMarks('2011-03-01T08:00:00Z'));
    await clear();
    await test.database.execute(`delete from predictions where entity = 'e2'`);
    expect(await marks()).toEqual(predictionMarks('2011-03-01T09:00:00Z'));
  });

  it('mark the hours of both the inserted and the updated rows of an upsert, and none of the others', async () => {
    await insertPredictions(test.database, '2011-03-01T08:00:00Z', '2011-03-01T09:00:00Z');
    await clear();
    const upsert = `
      insert into predictions (model, version, entity, event_time, issued_at, features, prediction) values
        ('m', '1', 'e1', '2011-03-01T08:00:00Z', '2011-03-01T08:00:00Z', '{}', 1),
        ('m', '1', 'e2', '2011-03-01T09:00:00Z', '2011-03-01T09:00:00Z', '{}', 2),
        ('m', '1', 'e3', '2011-03-01T10:00:00Z', '2011-03-01T10:00:00Z', '{}', 3)
      on conflict (model, event_time, entity, version, issued_at) do update set prediction = excluded.prediction
      where predictions.prediction <> excluded.prediction`;
    await test.database.execute(upsert);
    expect(await marks()).toEqual(predictionMarks('2011-03-01T09:00:00Z', '2011-03-01T10:00:00Z'));
    await clear();
    await test.database.execute(upsert);
    expect(await marks()).toEqual([]);
  });

  it('leave no mark when their transaction is rolled back', async () => {
    await expect(
      test.database.transaction(async (connection) => {
        await insertPredictions(connection, '2011-03-01T08:00:00Z');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await marks()).toEqual([]);
  });
});

it('gives each statement a mark of its own, so that one can be cleared while another is made', async () => {
  await insertActuals(test.database, '2011-03-01T08:00:00Z');
  const [first] = await test.database.query<{ generation: number }>('select generation from dirty_windows');
  await test.database.execute(`update actuals set value = 2`);
  await test.database.execute('delete from dirty_windows where generation = $1', [first?.generation]);
  expect(await marks()).toEqual(['outcomes 2011-03-01T08:00:00Z']);
});

it('marks the hours of actuals for the stage outcomes alone', async () => {
  await insertActuals(test.database, '2011-03-01T08:00:00Z', '2011-03-01T09:30:00Z');
  expect(await marks()).toEqual(['outcomes 2011-03-01T08:00:00Z', 'outcomes 2011-03-01T09:00:00Z']);
});

it('marks the hours of outcomes for the stages actual-profiles and summaries', async () => {
  await test.database.execute(`
    insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
    values ('m', '2011-03-01T08:30:00Z', 1, '1', 'serving', 1, 1, now())`);
  const expected = ['actual-profiles 2011-03-01T08:00:00Z', 'summaries 2011-03-01T08:00:00Z'];
  expect(await marks()).toEqual(expected);
  await clear();
  await test.database.execute('update outcomes set actual = 2');
  expect(await marks()).toEqual(expected);
});
