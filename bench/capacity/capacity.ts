/**
 * Do the rates of the capacity model hold? Measures three sizes, and says how far the model is off.
 *
 *     npx tsx bench/capacity/capacity.ts [--url postgres://...] [--json]
 *
 * One process does what workers do in an hour of a model, activity by activity, on a Postgres of its own: attach, summarise, profile. Rows are
 * logged with jsonb features before. Processor seconds of this process and of Postgres, and bytes of the tables. What is around activities
 * (Temporal, workflows) is measured by bench/round. Ends with 1 where a rate is off by more than threefold.
 */

import { readFile } from 'node:fs/promises';

import Table from 'cli-table3';

import { createAttachActuals } from '../../activities/actuals/attach-actuals.ts';
import { createSummarizeOutcomes } from '../../activities/performance/summarize-outcomes.ts';
import { createProfileHours } from '../../activities/profiles/profile-hours.ts';
import { withSources } from '../../activities/feature-rows/row-connection.ts';
import { openSources } from '../../activities/sources/sources.ts';
import { formatInstant, hourMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { cpuSeconds } from '../process-usage.ts';
import { idleContext, withBenchDatabase } from '../performance/database.ts';
import { historyEnd, historyStart, monitorsOf, score, watch, type Shape } from '../round/models.ts';
import { firstLimit, needOf, rates } from './model.ts';

const { url: server, json } = readOptions({ url: String, json: false });

/**
 * Rows of the hour that is measured, the last of a day; the hours before have a hundredth of that. The models look at whole days, whose hours are
 * profiled when the day is over: of several such hours in a row, the last would be profiled together with all others.
 */
const sizes: readonly Shape[] = [
  { models: 1, rows: 2_000, features: 5 },
  { models: 1, rows: 10_000, features: 10 },
  { models: 1, rows: 40_000, features: 20 },
];

interface Measured {
  readonly shape: Shape;
  readonly worker: number;
  readonly postgres: number;
  readonly bytes: number;
  readonly profileBytes: number;
}

async function sizeOf(database: Database, tables: readonly string[]): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(tree.relid))::int8 as bytes
     from unnest($1::text[]) as name, pg_partition_tree(name::regclass) as tree`,
    [tables],
  );
  return row!.bytes;
}

async function measure(shape: Shape): Promise<Measured> {
  return withBenchDatabase(server, async (database, url) => {
    const [row] = await database.query<{ directory: string }>(
      `select current_setting('data_directory') as directory`,
    );
    const postmaster = Number((await readFile(`${row!.directory}/postmaster.pid`, 'utf8')).split('\n')[0]);
    const sources = openSources({
      ownDatabase: url,
      databases: new Map(),
      stores: new Map(),
      directory: undefined,
    });
    try {
      const now = Date.now();
      const monitors = monitorsOf(shape, now);
      const { model } = monitors[0]!;
      const hour = historyEnd(now) - hourMs;
      const history = { ...shape, rows: Math.max(5, Math.round(shape.rows / 100)) };
      await watch(database, monitors);
      await score(database, monitors, history, { start: historyStart(now), end: hour }, 'logged');
      const deps = { database: withSources(database, sources), sources, context: idleContext };
      const request = { model, asOf: formatInstant(hour + hourMs) };
      const run = async (): Promise<void> => {
        await createAttachActuals(deps)(request);
        await createSummarizeOutcomes(deps)(request);
        await createProfileHours(deps)(request);
      };
      await run();
      const rowTables = ['predictions', 'actuals', 'outcomes'];
      const before = await sizeOf(database, rowTables);
      await score(database, monitors, shape, { start: hour, end: hour + hourMs }, 'measured');
      await database.execute('vacuum analyze');
      const used = process.cpuUsage();
      const postgres = cpuSeconds(postmaster);
      await run();
      const { user, system } = process.cpuUsage(used);
      const [profiles] = await database.query<{ bytes: number }>(
        `select coalesce(sum(pg_column_size(content)), 0)::int8 as bytes from profiles where model = $1 and hour = $2`,
        [model, formatInstant(hour)],
      );
      return {
        shape,
        worker: (user + system) / 1e6,
        postgres: cpuSeconds(postmaster) - postgres,
        bytes: (await sizeOf(database, rowTables)) - before,
        profileBytes: profiles!.bytes,
      };
    } finally {
      await sources.close();
    }
  });
}

const found: Measured[] = [];
for (const shape of sizes) {
  found.push(await measure(shape));
  if (!json) console.error(JSON.stringify(found.at(-1)));
}

/** Attach, summarise, profile. */
const activities = 3;

const expected = ({ rows, features }: Shape) => ({
  worker:
    rows * rates.workerSecondsOfRow +
    rows * features * rates.workerSecondsOfValue +
    activities * rates.workerSecondsOfActivity,
  postgres:
    rows * rates.postgresSecondsOfRow +
    rows * features * rates.postgresSecondsOfValue +
    activities * rates.postgresSecondsOfActivity,
  bytes: rows * rates.bytesOfRow + rows * features * rates.bytesOfValue,
});

if (json) {
  console.log(JSON.stringify(found));
} else {
  const table = new Table({
    head: [
      'rows',
      'features',
      'worker, CPU s',
      'model',
      'Postgres, CPU s',
      'model',
      'MB',
      'model',
      'bytes a profile',
    ],
  });
  for (const { shape, worker, postgres, bytes, profileBytes } of found) {
    const by = expected(shape);
    table.push([
      shape.rows,
      shape.features,
      worker.toFixed(2),
      by.worker.toFixed(2),
      postgres.toFixed(2),
      by.postgres.toFixed(2),
      (bytes / 1e6).toFixed(1),
      (by.bytes / 1e6).toFixed(1),
      Math.round(profileBytes / (shape.features + 2)),
    ]);
  }
  console.log(table.toString());
  for (const load of [
    { models: 10, predictionsPerDay: 1e6, features: 20 },
    { models: 1_000, predictionsPerDay: 1e8, features: 20 },
    { models: 10_000, predictionsPerDay: 1e10, features: 20 },
  ])
    console.log(JSON.stringify({ ...load, ...needOf(load), first: firstLimit(needOf(load)) }));
}
const isOff = found.some(({ shape, ...measured }) => {
  const by = expected(shape);
  return (['worker', 'postgres', 'bytes'] as const).some(
    (what) => measured[what] > 3 * by[what] || measured[what] < by[what] / 3,
  );
});
if (isOff) process.exitCode = 1;
