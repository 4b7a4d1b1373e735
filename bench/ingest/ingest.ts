/**
 * How fast does `tidewatch ingest` load a CSV file, beside COPY alone?
 *
 *     npx tsx bench/ingest/ingest.ts [--rows 300000] [--repetitions 3] [--url postgres://...] [--json]
 *
 * Predictions with 8 features of 500 stations. COPY gets the same rows written as the table `predictions` has them, in the text
 * format that it reads fastest, features as finished JSON: no CSV to parse, no value to check, no key to look for. Both write
 * into that table, keys and triggers in place, emptied before each; in turns, so that each pair shares what the machine does.
 * `again` loads the same file a second time. CPU seconds, of Linux and a server on this machine, do not depend on what else it does.
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import Table from 'cli-table3';
import { from as copyFrom } from 'pg-copy-streams';
import { Client } from 'pg';

import { requestOf } from '../../cli/ingest/request.ts';
import { runIngest } from '../../cli/ingest/run-ingest.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';

const model = 'ingested';
const stations = 500;
const {
  rows,
  repetitions,
  url: server,
  json,
} = readOptions({ rows: 300_000, repetitions: 3, url: String, json: false });
const names = Array.from({ length: 8 }, (_, i) => `feature_${i}`);

interface Row {
  readonly station: string;
  readonly at: string;
  readonly features: readonly number[];
  readonly prediction: number;
}

function* madeRows(): Generator<Row> {
  for (let index = 0; index < rows; index += 1) {
    const hour = Math.floor(index / stations);
    yield {
      station: `station-${index % stations}`,
      at: new Date(Date.UTC(2024, 0, 1) + hour * 3_600_000).toISOString(),
      // Six digits, as measurements have.
      features: names.map((_, i) => Number(Math.abs(Math.sin(index * 8 + i)).toFixed(6))),
      prediction: Number((Math.abs(Math.sin(index)) * 100).toFixed(4)),
    };
  }
}

function* csvLines(): Generator<string> {
  yield `version,entity,event_time,${names.join(',')},prediction\n`;
  for (const { station, at, features, prediction } of madeRows())
    yield `1,${station},${at},${features.join(',')},${prediction}\n`;
}

function* copyLines(): Generator<string> {
  for (const { station, at, features, prediction } of madeRows()) {
    const json = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, features[i]])));
    yield `${model}\t1\t${station}\t${at}\t${at}\tserving\t${json}\t${prediction}\n`;
  }
}

interface Cost {
  readonly seconds: number;
  /** CPU seconds of this process: what feeds Postgres. */
  readonly node: number;
  /** CPU seconds of Postgres. */
  readonly postgres: number;
}

async function costOf(server: number, work: () => Promise<unknown>): Promise<Cost> {
  const [started, node, postgres] = [performance.now(), process.cpuUsage(), cpuSeconds(server)];
  await work();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(node);
  // What a connection has used counts once its process has ended.
  await sleep(1_000);
  return { seconds, node: (user + system) / 1e6, postgres: cpuSeconds(server) - postgres };
}

async function copyFile(url: string, path: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: 2 ** 20 }),
      client.query(
        copyFrom(
          'copy predictions (model, version, entity, event_time, issued_at, role, features, prediction) from stdin',
        ),
      ),
    );
  } finally {
    await client.end();
  }
}

async function empty(database: Database): Promise<void> {
  await database.execute('truncate predictions, dirty_windows');
  await database.execute('checkpoint');
}

interface Pair {
  readonly copy: Cost;
  readonly ingest: Cost;
  readonly again: Cost;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const medianCost = (costs: readonly Cost[]): Record<keyof Cost, number> & { rowsPerSecond: number } => {
  const of = (key: keyof Cost): number => Number(median(costs.map((cost) => cost[key])).toFixed(2));
  const seconds = median(costs.map((cost) => cost.seconds));
  return {
    rowsPerSecond: Math.round(rows / seconds),
    seconds: of('seconds'),
    node: of('node'),
    postgres: of('postgres'),
  };
};

await withBenchDatabase(server, async (database, url) => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-ingest-'));
  try {
    const [csv, text] = [join(directory, 'rows.csv'), join(directory, 'rows.copy')];
    await pipeline(csvLines(), createWriteStream(csv));
    await pipeline(copyLines(), createWriteStream(text));
    const features = Object.fromEntries(names.map((name) => [name, { kind: 'continuous' as const }]));
    const monitor = monitorSchema.parse({
      model,
      task: 'regression',
      features,
      reference: { kind: 'rolling' },
    });
    await upsertMonitor(database, monitor, configurationHash(monitor));
    await database.query('select ensure_partitions($1, $2)', [
      '2024-01-01T00:00:00Z',
      new Date(Date.UTC(2024, 0, 1) + Math.ceil(rows / stations) * 3_600_000).toISOString(),
    ]);
    process.env['DATABASE_URL'] = url;
    const ingest = async (): Promise<void> => {
      const log = console.log;
      console.log = () => {};
      try {
        await runIngest([csv], requestOf([csv], { model }));
      } finally {
        console.log = log;
      }
    };
    const [{ pid } = { pid: 0 }] = await database.query<{ pid: number }>(
      `select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid`,
    );
    const pairs: Pair[] = [];
    for (let repetition = 0; repetition <= repetitions; repetition += 1) {
      await empty(database);
      const copy = await costOf(pid, () => copyFile(url, text));
      await empty(database);
      const pair = { copy, ingest: await costOf(pid, ingest), again: await costOf(pid, ingest) };
      // The first pair only warms up.
      if (repetition > 0) pairs.push(pair);
    }
    const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
      'select count(*) from predictions',
    );
    if (count !== rows) throw new Error(`${count} of ${rows} rows are stored`);
    const ratios = pairs.map(({ copy, ingest }) => copy.seconds / ingest.seconds);
    const result = {
      rows,
      csvMegabytes: (await stat(csv)).size / 1e6,
      cores: cpus().length,
      copy: medianCost(pairs.map(({ copy }) => copy)),
      ingest: medianCost(pairs.map(({ ingest }) => ingest)),
      again: medianCost(pairs.map(({ again }) => again)),
      ratios: ratios.map((ratio) => Number(ratio.toFixed(3))),
      medianRatio: Number(median(ratios).toFixed(3)),
    };
    if (json) console.log(JSON.stringify(result, undefined, 2));
    else {
      const table = new Table({ head: ['', 'rows/s', 'of COPY', 'CPU seconds of node', 'of Postgres'] });
      const line = (name: string, ratio: number | string, cost: ReturnType<typeof medianCost>): void => {
        table.push([name, cost.rowsPerSecond, ratio, cost.node, cost.postgres]);
      };
      line('COPY, rows as the table has them', 1, result.copy);
      line('tidewatch ingest, CSV', result.medianRatio, result.ingest);
      line('the same file again', '', result.again);
      console.log(
        `${machineText(cpus()[0]?.model ?? '', cpus().length)}; ${rows} rows, ${result.csvMegabytes.toFixed(0)} MB of CSV; medians of ${repetitions}`,
      );
      console.log(table.toString());
      console.log(`ratios of the pairs: ${result.ratios.join(', ')}`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
