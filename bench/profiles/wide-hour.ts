/**
 * An hour of a model with very many features: what does it cost as a whole, and what in groups of columns by several workers?
 *
 *     npx tsx bench/profiles/wide-hour.ts [--rows 200000] [--features 400] [--columns 200] [--repetitions 3] [--ways table,parquet] [--url postgres://...] [--json]
 *
 * `table`: the rows are in a table of the user's with a column a feature; `parquet`: in a Parquet file; `logged`: as jsonb, which Tidewatch
 * does not divide, and here is why. The whole and the groups take turns. This process does what one worker does, a part after the
 * other: with as many workers as groups, the hour takes as long as the slowest group and the last step, which puts them together.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import Table from 'cli-table3';

import { createAttachActuals } from '../../activities/actuals/attach-actuals.ts';
import { withSources } from '../../activities/feature-rows/row-connection.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { createProfileHours, createProfilePart } from '../../activities/profiles/profile-hours.ts';
import { openSources } from '../../activities/sources/sources.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { formatInstant, formatWindow, hourMs } from '../../core/window.ts';
import { firstHour, makeTables, score, scoreReference, watch, type Scores } from '../cycle/scores.ts';
import { readOptions } from '../options.ts';
import { idleContext, withBenchDatabase } from '../performance/database.ts';
import { cpuSeconds, parentOf } from '../process-usage.ts';
import { machineText } from './timing.ts';

const {
  rows,
  features,
  columns,
  repetitions,
  ways: given,
  url: server,
  json,
} = readOptions({
  rows: 200_000,
  features: 400,
  columns: 200,
  repetitions: 3,
  ways: 'table,parquet',
  url: String,
  json: false,
});
const ways = given.split(',');

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}
const sum = (costs: readonly Cost[], of: keyof Cost): number =>
  costs.reduce((total, cost) => total + cost[of], 0);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Of rows that Tidewatch does not divide. */
const groups = Math.floor(features / columns);
const groupsOfHour = Array.from({ length: groups }, (_, i) => ({
  ...formatWindow({ start: firstHour, end: firstHour + hourMs }),
  columns: { group: i + 1, groups },
}));

const directory = await mkdtemp(join(tmpdir(), 'tidewatch-wide-'));
const measured: { way: string; whole: Cost; parts: readonly Cost[]; last: Cost }[] = [];
await withBenchDatabase(server, async (database, url) => {
  const sources = openSources({ ownDatabase: url, databases: new Map(), stores: new Map(), directory });
  const told = {
    database: withSources(database, sources),
    sources,
    context: idleContext,
    fanOut: { rows: 1, columns, atOnce: 8 },
  };
  const [backend] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(backend!.pid);
  const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
    const [started, before, ofPostgres] = [performance.now(), process.cpuUsage(), cpuSeconds(postmaster)];
    await work();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - started) / 1_000;
    return { seconds, cpuSeconds: (user + system) / 1e6 + cpuSeconds(postmaster) - ofPostgres };
  };
  const scores: Scores = { database, features, overlap: '5m' };
  const request = (model: string): { model: string; asOf: string } => ({
    model,
    asOf: formatInstant(firstHour + hourMs),
  });
  const arrange = async (model: string): Promise<void> => {
    if (model === 'parquet') await watchParquet();
    else await watch(scores, model, model === 'jsonb' ? 'jsonb' : 'typed');
    await createAttachActuals(told)(request(model));
    await database.execute('vacuum analyze predictions');
    await createProfileHours(told)({ model, asOf: formatInstant(firstHour) });
  };
  const watchParquet = async (): Promise<void> => {
    const monitor = monitorSchema.parse({
      model: 'parquet',
      task: 'regression',
      features: Object.fromEntries(
        Array.from({ length: features }, (_, i) => [`f${i}`, { kind: 'continuous' }]),
      ),
      reference: { kind: 'fixed', start: '2026-03-01', end: '2026-03-02' },
      current: '1h',
      source: {
        predictions: {
          parquet: 'scores',
          columns: {
            entity: 'entity',
            event_time: 'scored_at',
            version: { value: '1' },
            prediction: 'guess',
          },
        },
      },
    });
    await upsertMonitor(database, monitor, configurationHash(monitor));
  };
  const forget = (model: string): Promise<unknown> =>
    database.execute('delete from profiled_hours where model = $1 and hour >= $2', [
      model,
      formatInstant(firstHour),
    ]);

  await makeTables(scores);
  const logged = ways.includes('logged') ? (['jsonb'] as const) : [];
  await scoreReference(scores, 100, ['typed', ...logged]);
  await score(scores, firstHour, rows, ['typed', ...logged]);
  if (ways.includes('parquet')) await writeParquet();
  try {
    for (const way of ways) {
      const model = way === 'logged' ? 'jsonb' : way;
      await arrange(model);
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        const whole = await costOf(() => createProfileHours(told)(request(model)));
        await forget(model);
        const { parts } = await createProfileHours(told)({ ...request(model), parts: 'wanted' });
        if ((parts === undefined) !== (way === 'logged'))
          throw new Error(`${way} must be divided unless it is logged`);
        if (parts === undefined) await forget(model);
        const costs: Cost[] = [];
        for (const part of parts ?? groupsOfHour)
          costs.push(await costOf(() => createProfilePart(told)({ ...request(model), part })));
        const last = await costOf(() => createProfileHours(told)(request(model)));
        await forget(model);
        measured.push({ way, whole, parts: costs, last });
        if (!json)
          console.error(
            way,
            `whole ${whole.seconds.toFixed(1)} s (cpu ${whole.cpuSeconds.toFixed(1)});`,
            ...costs.map((cost) => `${cost.seconds.toFixed(1)} (${cost.cpuSeconds.toFixed(1)})`),
            `last ${last.seconds.toFixed(2)} (${last.cpuSeconds.toFixed(2)}), load ${loadavg()[0]!.toFixed(1)}`,
          );
      }
    }
  } finally {
    await sources.close();
    await rm(directory, { recursive: true });
  }
});

/** By a connection of its own, which is gone before anything is measured. */
async function writeParquet(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`
    copy (
      select 'entity-' || i as entity,
        timestamptz '${formatInstant(firstHour)}' + interval (
          case when i < 0 then i * 36000 else i * 3540000 // ${rows} end) millisecond as scored_at,
        random() * 100 as guess, ${Array.from({ length: features }, (_, i) => `random() * ${i + 1} as f${i}`).join(', ')}
      from range(-2400, ${rows}) as made (i)
    ) to '${join(directory, 'scores')}' (format parquet, per_thread_output true)`);
  connection.closeSync();
  instance.closeSync();
}

const results = [...new Set(measured.map(({ way }) => way))].map((way) => {
  const ofWay = measured.filter((one) => one.way === way);
  const of = (value: (one: (typeof ofWay)[number]) => number): number => median(ofWay.map(value));
  return {
    way,
    wholeSeconds: of(({ whole }) => whole.seconds),
    groups: ofWay[0]!.parts.length,
    dividedSeconds: of(
      ({ parts, last }) => Math.max(0, ...parts.map(({ seconds }) => seconds)) + last.seconds,
    ),
    wholeCpuSeconds: of(({ whole }) => whole.cpuSeconds),
    dividedCpuSeconds: of(({ parts, last }) => sum([...parts, last], 'cpuSeconds')),
  };
});
const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, rows, features, columns, measured, results }, undefined, 2));
} else {
  const table = new Table({
    head: [
      'rows are',
      'whole, s',
      'groups',
      'slowest group and last step, s',
      'processor seconds, whole',
      'all groups',
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const one of results)
    table.push([
      one.way,
      one.wholeSeconds.toFixed(1),
      one.groups,
      one.dividedSeconds.toFixed(1),
      one.wholeCpuSeconds.toFixed(1),
      `${one.dividedCpuSeconds.toFixed(1)} (${(one.dividedCpuSeconds / one.wholeCpuSeconds).toFixed(2)})`,
    ]);
  console.log(`${machine}; one hour of ${rows} rows with ${features} features, medians of ${repetitions}`);
  console.log(table.toString());
}
