/**
 * What does it cost to attach actuals to predictions?
 *
 *     npx tsx bench/performance/attach.ts [--rows 1000000] [--repetitions 3] [--url postgres://...] [--json]
 *
 * Predictions with 8 jsonb features of 500 stations, an hour each, unique keys in place: the activity `attachActuals`, marks
 * of changed hours included, against `update ... from actuals` of a table that is the same but for a column `actual` (and has
 * no triggers), in turns in one database. Then the activity once more with nothing new, over the marked hours and, after a
 * vacuum, over the whole range.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import { createAttachActuals } from '../../activities/actuals/attach-actuals.ts';
import { openSources } from '../../activities/sources/sources.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import { costOf, idleContext, medianOf, withBenchDatabase } from './database.ts';

const model = 'attached';
const stations = 500;
const {
  rows,
  repetitions,
  url: server,
  json,
} = readOptions({ rows: 1_000_000, repetitions: 3, url: String, json: false });
const hours = Math.ceil(rows / stations);
const start = '2024-01-01T00:00:00Z';
const end = new Date(Date.parse(start) + hours * 3_600_000).toISOString();
const asOf = end;

async function load(database: Database): Promise<void> {
  const monitor = monitorSchema.parse({
    model,
    task: 'regression',
    features: Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`feature_${i}`, { kind: 'continuous' }]),
    ),
    reference: { kind: 'rolling' },
  });
  await upsertMonitor(database, monitor, configurationHash(monitor));
  await database.query('select ensure_partitions($1, $2)', [start, end]);
  await database.execute(
    `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
     select $1, '1', 'station-' || station, at, at,
       jsonb_build_object('feature_0', random(), 'feature_1', random(), 'feature_2', random(), 'feature_3', random(),
         'feature_4', random(), 'feature_5', random(), 'feature_6', random(), 'feature_7', random()),
       random() * 100
     from generate_series($2::timestamptz, $3::timestamptz - interval '1 hour', interval '1 hour') as at,
       generate_series(1, $4) as station`,
    [model, start, end, stations],
  );
  await database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at)
     select model, entity, event_time, random() * 100, event_time + interval '1 day' from predictions`,
  );
  await database.execute('vacuum analyze predictions');
  await database.execute('vacuum analyze actuals');
}

/** The table that is updated, as it was before. */
async function fillUpdated(database: Database): Promise<void> {
  await database.execute('drop table if exists updated');
  await database.execute(
    'create table updated (like predictions including defaults including constraints) partition by range (event_time)',
  );
  await database.execute(
    'alter table updated add column actual double precision, add column recorded_at timestamptz',
  );
  await database.execute('alter table updated add primary key (model, event_time, prediction_id)');
  await database.execute('alter table updated add unique (model, event_time, entity, version, issued_at)');
  await database.execute(
    `do $$ declare month timestamptz; begin
       for month in select generate_series(date_trunc('month', timestamptz '${start}'), '${end}', interval '1 month') loop
         execute format('create table %I partition of updated for values from (%L) to (%L)',
           'updated_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
       end loop;
     end $$`,
  );
  await database.execute('insert into updated select *, null, null from predictions');
  await database.execute('vacuum analyze updated');
}

/** No outcomes, and every hour marked. */
async function detachAll(database: Database): Promise<void> {
  await database.execute('truncate outcomes');
  await database.execute('delete from dirty_windows');
  await database.execute(
    `insert into dirty_windows (model, stage, window_start, window_end)
     select $1, 'outcomes', hour, hour + interval '1 hour'
     from generate_series($2::timestamptz, $3::timestamptz - interval '1 hour', interval '1 hour') as hour`,
    [model, start, end],
  );
  await database.execute('vacuum analyze dirty_windows');
}

const results = await withBenchDatabase(server, async (database) => {
  await load(database);
  const attach = createAttachActuals({
    database,
    sources: openSources({ ownDatabase: '', databases: new Map(), stores: new Map(), directory: undefined }),
    context: idleContext,
  });
  const costs = { attached: [], updated: [], again: [], window: [] } as Record<
    'attached' | 'updated' | 'again' | 'window',
    { seconds: number; wal: number }[]
  >;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    await fillUpdated(database);
    costs.updated.push(
      await costOf(database, () =>
        database.execute(
          `update updated set actual = actuals.value, recorded_at = actuals.recorded_at
           from actuals
           where updated.model = $1 and actuals.model = updated.model and actuals.event_time = updated.event_time
             and actuals.entity = updated.entity`,
          [model],
        ),
      ),
    );
    await database.execute('drop table updated');
    await detachAll(database);
    costs.attached.push(await costOf(database, () => attach({ model, asOf })));
    costs.again.push(await costOf(database, () => attach({ model, asOf })));
    // Whoever first reads a row that was written marks it as committed, and with checksums that is WAL: a page image each.
    await database.execute('vacuum outcomes');
    costs.window.push(await costOf(database, () => attach({ model, asOf, window: { start, end } })));
  }
  return {
    'update ... from actuals': medianOf(costs.updated),
    attachActuals: medianOf(costs.attached),
    'again, nothing new': medianOf(costs.again),
    'again, the whole range looked at': medianOf(costs.window),
  };
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
const updated = results['update ... from actuals'];
if (json) {
  console.log(JSON.stringify({ machine, rows, repetitions, results }, undefined, 2));
} else {
  const head = ['way', 'seconds', 'rows/s', 'WAL, MB', 'times the rows/s', 'share of the WAL'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const [way, { seconds, wal }] of Object.entries(results)) {
    const ratios = [(updated.seconds / seconds).toFixed(2), (wal / updated.wal).toFixed(3)];
    table.push([way, seconds.toFixed(2), Math.round(rows / seconds), wal.toFixed(1), ...ratios]);
  }
  console.log(`${machine}; ${rows} predictions, medians of ${repetitions} repetitions in turns`);
  console.log(table.toString());
}
