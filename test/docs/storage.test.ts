/** What docs/storage.md says of forgetting one entity, done as it stands there. */

import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { hourMs } from '../../core/window.ts';
import { activitiesOn } from '../setup/activities.ts';
import { at, day, load, watch } from '../setup/synthetic.ts';
import { useDatabase } from '../setup/world.ts';
import { fenced } from './fenced.ts';

const test = useDatabase('empty for each test');
const page = await readFile(new URL('../../docs/storage.md', import.meta.url), 'utf8');

/** The block after a mark. */
function statements(mark: string): string {
  const [, after] = page.split(`<!-- ${mark} -->`);
  const [block] = fenced(after ?? '', 'sql');
  if (block === undefined) throw new Error(`docs/storage.md has no SQL after ${mark}`);
  return block;
}

const model = 'bike-demand';
const entity = 'customer-42';
/** Of an entity whose name is nearly the same, and of another model. */
const others = [
  [model, 'customer-421'],
  ['other-model', entity],
] as const;
const eventTime = day(2) + 5 * hourMs;

async function prepare(): Promise<void> {
  const client = openClient({ database: test.database });
  for (const [of, name] of [[model, entity], ...others] as const) {
    await watch(test.database, { model: of });
    await client.logPredictions(of, [
      { version: '1', entity: name, eventTime, features: { x: 1, c: 'a', postcode: '1000' }, prediction: 12 },
      { version: '1', entity: name, eventTime: 'never', features: {}, prediction: 1 },
    ]);
    await client.recordActuals(of, [{ entity: name, eventTime, value: 14, recordedAt: eventTime + hourMs }]);
  }
  await load(test.database, model, { from: 2, to: 3 });
  await runs();
}

async function runs(): Promise<void> {
  for (const of of [model, 'other-model']) {
    const request = { model: of, asOf: at(3, 3) };
    const activities = activitiesOn(test.database);
    await activities.attachActuals(request);
    await activities.summarizeOutcomes(request);
    await activities.evaluatePerformance(request);
  }
}

const marks = (): Promise<unknown> =>
  test.database.query('select distinct model, window_start as hour from dirty_windows');

/** Of each table, the rows that have the name of an entity. */
async function rowsOf(of: string, name: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await test.database.query(
    `select (select count(*) from predictions where model = $1 and entity = $2) as predictions,
       (select count(*) from actuals where model = $1 and entity = $2) as actuals,
       (select count(*) from outcomes join predictions using (model, event_time, prediction_id) where model = $1 and entity = $2) as outcomes,
       (select count(*) from rejected_rows where model = $1 and content ->> 'entity' = $2) as rejected`,
    [of, name],
  );
  return row;
}

/** Of the day, the newest. */
async function evaluated(): Promise<unknown> {
  const [row] = await test.database.query(
    `select sample_size as outcomes, round((metrics ->> 'rmse')::numeric, 6) as rmse from latest_performance_evaluations
     where model = $1 and segment = '' and window_end - window_start = interval '1 day' order by window_end desc limit 1`,
    [model],
  );
  return row;
}

const all = { predictions: 1, actuals: 1, outcomes: 1, rejected: 1 };
const none = { predictions: 0, actuals: 0, outcomes: 0, rejected: 0 };
const hour = [{ model, hour: eventTime }];

it('deletes the rows of an entity, and nothing else; the numbers follow', async () => {
  await prepare();
  await test.database.execute('delete from dirty_windows');
  expect(await rowsOf(model, entity)).toEqual(all);
  expect(await evaluated()).toEqual({ outcomes: 26, rmse: 1.1094 });
  await test.database.execute(statements('delete-entity'));
  expect(await rowsOf(model, entity)).toEqual(none);
  for (const [of, name] of others) expect(await rowsOf(of, name)).toEqual(all);
  expect(await marks()).toEqual(hour);
  await runs();
  expect(await evaluated()).toEqual({ outcomes: 25, rmse: 1.058301 });
});

it('blanks the name of an entity; the numbers stay', async () => {
  await prepare();
  await test.database.execute('delete from dirty_windows');
  const before = await evaluated();
  await test.database.execute(statements('blank-entity'));
  expect(await rowsOf(model, entity)).toEqual(none);
  expect(await rowsOf(model, 'blank-1')).toEqual({ ...all, rejected: 0 });
  expect(await test.database.query(`select features from predictions where entity = 'blank-1'`)).toEqual([
    { features: { x: 1, c: 'a' } },
  ]);
  for (const [of, name] of others) expect(await rowsOf(of, name)).toEqual(all);
  expect(await marks()).toEqual(hour);
  await runs();
  expect(await evaluated()).toEqual(before);
});
