/**
 * What does an hour of a large model cost: attach, profile, drift, evaluate, push?
 *
 *     npx tsx bench/cycle/cycle.ts [--rows 1000000] [--features 50] [--repetitions 3] [--ways typed,jsonb] [--history 730] [--url postgres://...] [--json]
 *
 * One process does what one worker does in an hour, activity by activity, on a Postgres on the same machine. `typed`: predictions and
 * actuals are in a table of the user's with a column a feature, an index on the event time and one on the time of change; attaching
 * includes reading what is new there. `jsonb`: both were logged before; attaching joins them. The two take turns, an hour each time.
 * Then results of a week, and of `--history` days, are stored before the hours of `typed`: an hour with either. Peak memory is the largest resident size of this
 * process during a cycle, 20 samples a second.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';

import Table from 'cli-table3';

import { createAttachActuals } from '../../activities/actuals/attach-actuals.ts';
import { createCalibrateDrift } from '../../activities/drift/calibrate-drift.ts';
import { createDetectDrift } from '../../activities/drift/detect-drift.ts';
import { withSources } from '../../activities/feature-rows/row-connection.ts';
import { createPushMetrics } from '../../activities/metrics/push-metrics.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { createEvaluatePerformance } from '../../activities/performance/evaluate-performance.ts';
import { createSummarizeOutcomes } from '../../activities/performance/summarize-outcomes.ts';
import { createProfileHours } from '../../activities/profiles/profile-hours.ts';
import { openSources, type Sources } from '../../activities/sources/sources.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { formatInstant, hourMs, parseInstant } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { idleContext, numberOption, withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';

const rows = numberOption('rows', 1_000_000);
const features = numberOption('features', 50);
const repetitions = numberOption('repetitions', 3);
const history = numberOption('history', 730);
const ways = (process.argv.find((_, i, all) => all[i - 1] === '--ways') ?? 'typed,jsonb').split(',');

const names = Array.from({ length: features }, (_, i) => `f${i}`);
const referenceStart = parseInstant('2026-03-01T00:00:00Z');
const firstHour = parseInstant('2026-03-02T00:00:00Z');
/** So many rows has an hour of the day that is the reference. */
const referenceRows = Math.max(500, Math.round(Math.min(rows, 120_000) / 24));

async function makeTables(database: Database): Promise<void> {
  await database.execute(`
    create schema scoring;
    create table scoring.scores (
      entity text not null, scored_at timestamptz not null, guess float8 not null, actual float8,
      ${names.map((name) => `${name} float8`).join(', ')}, updated_at timestamptz not null)`);
  await database.execute('create index on scoring.scores (scored_at)');
  await database.execute('create index on scoring.scores (updated_at)');
  await database.query(`select ensure_partitions('2026-03-01', '2026-04-01')`);
}

async function watch(database: Database, way: string): Promise<void> {
  const columns = { entity: 'entity', event_time: 'scored_at' } as const;
  const table = { table: 'scoring.scores', changed: 'updated_at' } as const;
  const monitor = monitorSchema.parse({
    model: way,
    task: 'regression',
    features: Object.fromEntries(names.map((name) => [name, { kind: 'continuous' }])),
    reference: { kind: 'fixed', start: '2026-03-01', end: '2026-03-02' },
    current: '1h',
    ...(way === 'typed' && {
      source: {
        predictions: { ...table, columns: { ...columns, version: { value: '1' }, prediction: 'guess' } },
        actuals: { ...table, columns: { ...columns, actual: 'actual', recorded_at: 'updated_at' } },
      },
    }),
  });
  await upsertMonitor(database, monitor, configurationHash(monitor));
}

/** The rows of an hour, spread over it, in the table and as logged rows. */
async function score(database: Database, hour: number, count: number): Promise<void> {
  await database.execute(
    `insert into scoring.scores
     select 'entity-' || i, at, guess, guess + random() - 0.5, ${names.map((_, i) => `random() * ${i + 1}`).join(', ')}, at + interval '5 minutes'
     from generate_series(1, $2::int) as i,
       lateral (select $1::timestamptz + (i::float8 / $2::float8) * interval '59 minutes 59 seconds' as at, random() * 100 as guess) as made`,
    [formatInstant(hour), count],
  );
  if (!ways.includes('jsonb')) return;
  const object = (from: readonly string[]): string =>
    `jsonb_build_object(${from.map((name) => `'${name}', ${name}`).join(', ')})`;
  await database.execute(
    `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
     select 'jsonb', '1', entity, date_trunc('milliseconds', scored_at), date_trunc('milliseconds', scored_at),
       ${object(names.slice(0, 50))} ${names.length > 50 ? `|| ${object(names.slice(50))}` : ''}, guess
     from scoring.scores where scored_at >= $1::timestamptz and scored_at < $1::timestamptz + interval '1 hour'`,
    [formatInstant(hour)],
  );
  await database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at)
     select 'jsonb', entity, date_trunc('milliseconds', scored_at), actual, updated_at
     from scoring.scores where scored_at >= $1::timestamptz and scored_at < $1::timestamptz + interval '1 hour'`,
    [formatInstant(hour)],
  );
}

interface Cycle {
  readonly way: string;
  readonly stages: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly cpuSeconds: number;
}

async function cycle({ database, sources, pushgateway }: World, way: string, hour: number): Promise<Cycle> {
  const deps = { database: withSources(database, sources), sources, pushgateway, context: idleContext };
  const told = {
    ...deps,
    codeVersion: 'bench',
    temporalUi: 'http://127.0.0.1',
    pagesUrl: 'http://127.0.0.1',
    runbooksUrl: 'http://127.0.0.1',
  };
  const request = { model: way, asOf: formatInstant(hour + hourMs) };
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const stages: Record<string, number> = {};
  const timed = async (stage: string, work: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await work();
    stages[stage] = (stages[stage] ?? 0) + (performance.now() - started) / 1_000;
  };
  const cpu = process.cpuUsage();
  await timed('attach', () => createAttachActuals(deps)(request));
  await timed('profile', () => createProfileHours(deps)(request));
  await timed('drift', () => createCalibrateDrift(deps)(request));
  await timed('drift', () => createDetectDrift(told)({ ...request, act: false }));
  await timed('evaluate', () => createSummarizeOutcomes(deps)(request));
  await timed('evaluate', () => createEvaluatePerformance(told)(request));
  await timed('push', () => createPushMetrics(told)({ model: way, process: 'drift-detection' }));
  await timed('push', () => createPushMetrics(told)({ model: way, process: 'performance-evaluation' }));
  clearInterval(sampling);
  const { user, system } = process.cpuUsage(cpu);
  return {
    way,
    stages,
    seconds: Object.values(stages).reduce((sum, seconds) => sum + seconds, 0),
    peakMegabytes: peak / 1e6,
    cpuSeconds: (user + system) / 1e6,
  };
}

/** Stored results of `days` days before the reference, as those of the first hour. */
async function storeHistory(database: Database, model: string, days: number): Promise<void> {
  const earlier = `generate_series(25, $2::int * 24 + 24) as ago`;
  const given = [model, days];
  for (const [table, time, columns] of [
    ['profiled_hours', 'hour', 'reference_id, segment, row_count, out_of_distribution_count, repeat_count'],
    ['profiles', 'hour', 'reference_id, segment, column_name, content'],
    [
      'outcome_summaries',
      'hour',
      'segment, version, prediction_count, outcome_count, content, settings_hash',
    ],
  ] as const)
    await database.execute(
      `insert into ${table} (model, ${time}, ${columns})
       select model, ${time} - ago * interval '1 hour', ${columns} from ${table}, ${earlier}
       where model = $1 and ${time} = '${formatInstant(firstHour)}'
       on conflict do nothing`,
      given,
    );
  await database.execute('analyze');
}

interface World {
  readonly database: Database;
  readonly sources: Sources;
  readonly pushgateway: ReturnType<typeof openPushgateway>;
}

const seconds = (value: number): string => value.toFixed(1);
const medianOf = (cycles: readonly Cycle[]): Cycle =>
  cycles.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(cycles.length / 2)]!;

await withBenchDatabase(async (database, url) => {
  const gateway = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
  const { port } = gateway.address() as AddressInfo;
  const sources = openSources({
    ownDatabase: url,
    databases: new Map(),
    stores: new Map(),
    directory: undefined,
  });
  const world = { database, sources, pushgateway: openPushgateway(`http://127.0.0.1:${port}`) };
  const cycles: Cycle[] = [];
  const told = (label: string, one: Cycle): void => {
    if (process.argv.includes('--json')) return;
    console.error(
      `${label} ${one.way}: ${seconds(one.seconds)} s, ${Math.round(one.peakMegabytes)} MB`,
      one.stages,
    );
  };
  try {
    await makeTables(database);
    for (const way of ways) await watch(database, way);
    for (let hour = referenceStart; hour < firstHour; hour += hourMs)
      await score(database, hour, referenceRows);
    await database.execute('vacuum analyze');
    let hour = firstHour;
    // The reference, and what is compiled and cached once.
    await score(database, hour, Math.min(rows, 20_000));
    for (const way of ways) await cycle(world, way, hour);
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      hour += hourMs;
      await score(database, hour, rows);
      await database.execute('vacuum analyze scoring.scores');
      for (const way of repetition % 2 === 0 ? ways : ways.toReversed()) {
        const one = await cycle(world, way, hour);
        told(formatInstant(hour), one);
        cycles.push(one);
      }
    }
    const flat: Record<string, Cycle[]> = {};
    for (const days of [7, history]) {
      await storeHistory(database, 'typed', days);
      const found: Cycle[] = [];
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        hour += hourMs;
        await score(database, hour, rows);
        await database.execute('vacuum analyze scoring.scores');
        found.push(await cycle(world, 'typed', hour));
        told(`after ${days} days`, found.at(-1)!);
      }
      flat[`typed, ${days} days stored`] = found;
    }
    const shown = [
      ...ways.map((way): [string, Cycle[]] => [way, cycles.filter((one) => one.way === way)]),
      ...Object.entries(flat),
    ];
    if (process.argv.includes('--json')) {
      console.log(JSON.stringify({ rows, features, cycles: Object.fromEntries(shown) }));
    } else {
      const stages = ['attach', 'profile', 'drift', 'evaluate', 'push'];
      const table = new Table({ head: ['way', ...stages, 'all, s', 'CPU of the worker, s', 'peak, MB'] });
      for (const [name, found] of shown) {
        const one = medianOf(found);
        table.push([
          name,
          ...stages.map((stage) => seconds(one.stages[stage] ?? 0)),
          seconds(one.seconds),
          seconds(one.cpuSeconds),
          Math.round(Math.max(...found.map(({ peakMegabytes }) => peakMegabytes))),
        ]);
      }
      console.log(machineText(cpus()[0]?.model ?? 'unknown', cpus().length));
      console.log(
        `${rows.toLocaleString('en-US')} predictions an hour, ${features} features, median of ${repetitions}`,
      );
      console.log(table.toString());
    }
  } finally {
    gateway.close();
    await sources.close();
  }
});
