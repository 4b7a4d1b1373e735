/**
 * What does a logged prediction cost the request that makes it?
 *
 *     npx tsx bench/client/logging.ts [--requests 2000] [--rate 100] [--url postgres://...] [--json]
 *
 * Requests come at a steady rate, each logs one prediction with 8 features. `batched`: by `openBatchedClient`, while it sends to
 * Postgres; `away`: the same, with a spool, while Postgres is away; `awaited`: by `openClient`; `insert`: by one INSERT through a
 * pool, as one would write it. A rate that the last two cannot keep up with measures their queue. `call` is the time until the request may go on; `processor` all time of this process for a row, the
 * sending included; `delay` how late its event loop was: what other requests feel of it.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import Table from 'cli-table3';

import type { PredictionRow } from '../../client/tidewatch-client.ts';
import { openBatchedClient, openClient } from '../../client/tidewatch-client.ts';
import { openDatabase } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';

const {
  requests,
  rate,
  url: server,
  json,
} = readOptions({ requests: 2_000, rate: 100, url: String, json: false });

const rowOf = (index: number): PredictionRow => ({
  version: '1',
  entity: `station-${index}`,
  eventTime: Date.UTC(2024, 0, 1) + index * 1_000,
  features: Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [
      `feature_${i}`,
      Number(Math.abs(Math.sin(index * 8 + i)).toFixed(6)),
    ]),
  ),
  prediction: Number((Math.abs(Math.sin(index)) * 100).toFixed(4)),
});

interface Cost {
  readonly way: string;
  /** Microseconds. */
  readonly call: { readonly median: number; readonly p99: number };
  /** Microseconds a row. */
  readonly processor: number;
  /** Milliseconds. */
  readonly delay: { readonly p99: number; readonly max: number };
}

/** Requests do not wait for each other, as in a server. */
async function measure(
  way: string,
  log: (row: PredictionRow) => unknown,
  end: () => Promise<unknown>,
): Promise<Cost> {
  const rows = Array.from({ length: requests }, (_, index) => rowOf(index));
  // The first calls compile the code and open connections.
  for (const row of rows.slice(0, 500)) await log(row);
  await sleep(500);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const calls: number[] = [];
  const pending: Promise<void>[] = [];
  const before = process.cpuUsage();
  const started = performance.now();
  delay.enable();
  for (let next = 0; next < requests;) {
    const due = Math.min(Math.ceil(((performance.now() - started) / 1_000) * rate), requests);
    for (; next < due; next += 1) {
      const begun = performance.now();
      const logged = log(rows[next]!);
      if (logged instanceof Promise)
        pending.push(logged.then(() => void calls.push(performance.now() - begun)));
      else calls.push(performance.now() - begun);
    }
    await sleep(1);
  }
  await Promise.all(pending);
  delay.disable();
  await end();
  const { user, system } = process.cpuUsage(before);
  calls.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    Number((calls[Math.floor(share * (calls.length - 1))]! * 1_000).toFixed(1));
  return {
    way,
    call: { median: quantile(0.5), p99: quantile(0.99) },
    processor: Number(((user + system) / requests).toFixed(1)),
    // The timer's own millisecond is in it.
    delay: { p99: delay.percentile(99) / 1e6 - 1, max: delay.max / 1e6 - 1 },
  };
}

/** Microseconds of processor time of a call, where many follow each other: what the work itself is, without cold caches. */
function burst(): number {
  const count = 20_000;
  const client = openBatchedClient({
    databaseUrl: 'postgres://tidewatch@127.0.0.1:1/tidewatch',
    queueRows: count * 2 + 1,
    batchRows: count * 2 + 1,
    batchAfter: 3_600_000,
    onProblem: () => {},
  });
  const rows = Array.from({ length: count }, (_, index) => [rowOf(index)]);
  for (const row of rows) client.logPredictions('logged', row);
  const before = process.cpuUsage();
  for (const row of rows) client.logPredictions('logged', row);
  const { user, system } = process.cpuUsage(before);
  void client.close(1);
  return Number(((user + system) / count).toFixed(1));
}

await withBenchDatabase(server, async (database, url) => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-logging-'));
  const stored = async (): Promise<number> => {
    const [row] = await database.query<{ rows: number }>('select count(*) as rows from predictions');
    await database.execute('truncate predictions, dirty_windows');
    return row!.rows;
  };
  try {
    const inBurst = burst();
    const costs: Cost[] = [];
    // A loop that does nothing but wait: what the machine itself does to the numbers.
    costs.push(
      await measure(
        'nothing',
        () => undefined,
        async () => {},
      ),
    );

    const batched = openBatchedClient({ databaseUrl: url });
    const log = (row: PredictionRow): void => batched.logPredictions('logged', [row]);
    costs.push(await measure('batched', log, () => batched.flush(60_000)));
    await batched.close();
    if ((await stored()) !== requests) throw new Error('batched: not all rows are stored');

    const away = openBatchedClient({
      databaseUrl: 'postgres://tidewatch@127.0.0.1:1/tidewatch',
      spool: { directory },
      onProblem: () => {},
    });
    const logAway = (row: PredictionRow): void => away.logPredictions('logged', [row]);
    costs.push(await measure('batched, Postgres away', logAway, () => away.flush(60_000)));
    await away.close();
    if (away.counts().lost > 0) throw new Error('away: rows are lost');

    const awaited = openClient({ databaseUrl: url });
    costs.push(
      await measure(
        'awaited',
        (row) => awaited.logPredictions('logged', [row]),
        async () => {},
      ),
    );
    await awaited.close();
    if ((await stored()) !== requests) throw new Error('awaited: not all rows are stored');

    const pool = openDatabase({ url, poolSize: 4 });
    const insert = (row: PredictionRow): Promise<unknown> =>
      pool.execute(
        `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
         values ($1, $2, $3, $4, $4, $5, $6)
         on conflict (model, event_time, entity, version, issued_at) do nothing`,
        [
          'logged',
          row.version,
          row.entity,
          new Date(row.eventTime).toISOString(),
          JSON.stringify(row.features),
          row.prediction,
        ],
      );
    costs.push(await measure('insert', insert, async () => {}));
    await pool.close();

    if (json) console.log(JSON.stringify({ requests, rate, burst: inBurst, costs }, undefined, 2));
    else {
      const table = new Table({
        head: ['', 'call, median µs', 'p99 µs', 'processor, µs a row', 'delay p99, ms', 'max, ms'],
      });
      for (const { way, call, processor, delay } of costs)
        table.push([way, call.median, call.p99, processor, delay.p99.toFixed(1), delay.max.toFixed(1)]);
      console.log(
        `${machineText(cpus()[0]?.model ?? '', cpus().length)}; ${requests} requests, ${rate} a second, one prediction of 8 features each`,
      );
      console.log(table.toString());
      console.log(`one call after the other: ${inBurst} µs of processor time a row`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
