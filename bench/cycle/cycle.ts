/**
 * What does an hour of a large model cost: attach, profile, drift, evaluate, push?
 *
 *     npx tsx bench/cycle/cycle.ts [--rows 1000000] [--features 50] [--repetitions 3] [--ways typed,jsonb] [--overlap 1h] [--history 730] [--url postgres://...] [--json]
 *
 * One process does what one worker does in an hour, activity by activity, on a Postgres on the same machine. `typed`: predictions and
 * actuals are in a table of the user's with a column a feature, an index on the event time and one on the time of change; attaching
 * includes reading what is new there, and again what has changed within the overlap. `jsonb`: both were logged before; attaching joins
 * them. The two take turns, an hour each time.
 *
 * Then results of a week are stored before the hours of `typed`, and after as many hours results of `--history` days: of every table that
 * grows with each hour or day. 0 leaves it out.
 *
 * Peak memory is the largest resident size of this process during a cycle, 20 samples a second. The processor time of Postgres is that of
 * all its processes.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';

import Table from 'cli-table3';

import { createAttachActuals } from '../../activities/actuals/attach-actuals.ts';
import { createCheckDegradation } from '../../activities/degradation/check-degradation.ts';
import { createCalibrateDrift } from '../../activities/drift/calibrate-drift.ts';
import { createDetectDrift } from '../../activities/drift/detect-drift.ts';
import { withSources } from '../../activities/feature-rows/row-connection.ts';
import { createPushMetrics } from '../../activities/metrics/push-metrics.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { createEvaluatePerformance } from '../../activities/performance/evaluate-performance.ts';
import { createSummarizeOutcomes } from '../../activities/performance/summarize-outcomes.ts';
import { createProfileHours } from '../../activities/profiles/profile-hours.ts';
import { openSources, type Sources } from '../../activities/sources/sources.ts';
import { formatInstant, hourMs } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { cpuSeconds, parentOf } from '../process-usage.ts';
import { idleContext, withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';
import { storeHistory } from './history.ts';
import { firstHour, makeTables, score, scoreReference, watch, type Scores, type Way } from './scores.ts';

const {
  rows,
  features,
  repetitions,
  history,
  overlap,
  url: server,
  json,
  ...given
} = readOptions({
  rows: 1_000_000,
  features: 50,
  repetitions: 3,
  ways: 'typed,jsonb',
  overlap: '1h',
  history: 730,
  url: String,
  json: false,
});
const ways = given.ways.split(',') as Way[];

/** So many rows has an hour of the day that is the reference. */
const referenceRows = Math.max(500, Math.round(Math.min(rows, 120_000) / 24));

interface Stage {
  readonly seconds: number;
  readonly workerSeconds: number;
  readonly postgresSeconds: number;
}

interface Cycle extends Stage {
  readonly way: string;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly peakMegabytes: number;
}

const none: Stage = { seconds: 0, workerSeconds: 0, postgresSeconds: 0 };
const sumOf = (a: Stage, b: Stage): Stage => ({
  seconds: a.seconds + b.seconds,
  workerSeconds: a.workerSeconds + b.workerSeconds,
  postgresSeconds: a.postgresSeconds + b.postgresSeconds,
});

// oxlint-disable-next-line typescript/explicit-function-return-type -- what several activities depend on
const toldOf = ({ database, sources, pushgateway }: World) => ({
  database: withSources(database, sources),
  sources,
  pushgateway,
  context: idleContext,
  codeVersion: 'bench',
  temporalUi: 'http://127.0.0.1',
  pagesUrl: 'http://127.0.0.1',
  runbooksUrl: 'http://127.0.0.1',
});

async function cycle(world: World, way: Way, hour: number): Promise<Cycle> {
  const told = toldOf(world);
  const { postmaster } = world;
  const request = { model: way, asOf: formatInstant(hour + hourMs) };
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const stages: Record<string, Stage> = {};
  const timed = async (stage: string, work: () => Promise<unknown>): Promise<void> => {
    const [started, cpu, ofPostgres] = [performance.now(), process.cpuUsage(), cpuSeconds(postmaster)];
    await work();
    const { user, system } = process.cpuUsage(cpu);
    stages[stage] = sumOf(stages[stage] ?? none, {
      seconds: (performance.now() - started) / 1_000,
      workerSeconds: (user + system) / 1e6,
      postgresSeconds: cpuSeconds(postmaster) - ofPostgres,
    });
  };
  await timed('attach', () => createAttachActuals(told)(request));
  await timed('profile', () => createProfileHours(told)(request));
  await timed('drift', () => createCalibrateDrift(told)(request));
  await timed('drift', () => createDetectDrift(told)({ ...request, act: false }));
  await timed('evaluate', () => createSummarizeOutcomes(told)(request));
  await timed('evaluate', () => createEvaluatePerformance(told)(request));
  await timed('push', () => createPushMetrics(told)({ model: way, process: 'drift-detection' }));
  await timed('push', () => createPushMetrics(told)({ model: way, process: 'performance-evaluation' }));
  clearInterval(sampling);
  return { way, stages, ...Object.values(stages).reduce(sumOf, none), peakMegabytes: peak / 1e6 };
}

interface World {
  readonly database: Database;
  readonly sources: Sources;
  readonly pushgateway: ReturnType<typeof openPushgateway>;
  readonly postmaster: number;
}

const seconds = (value: number): string => value.toFixed(1);
const medianOf = (cycles: readonly Cycle[]): Cycle =>
  cycles.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(cycles.length / 2)]!;
const stageText = ({ seconds: wall, workerSeconds, postgresSeconds }: Stage): string =>
  `${seconds(wall)} (${seconds(workerSeconds)} + ${seconds(postgresSeconds)})`;

await withBenchDatabase(server, async (database, url) => {
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
  const [backend] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const world = {
    database,
    sources,
    pushgateway: openPushgateway(`http://127.0.0.1:${port}`),
    postmaster: parentOf(backend!.pid),
  };
  const scores: Scores = { database, features, overlap };
  const cycles: [string, Cycle][] = [];
  const took = async (label: string, way: Way, hour: number): Promise<void> => {
    const one = await cycle(world, way, hour);
    cycles.push([label, one]);
    if (json) return;
    console.error(
      `${formatInstant(hour)} ${label}: ${stageText(one)}, ${Math.round(one.peakMegabytes)} MB, load ${loadavg()[0]!.toFixed(1)}`,
      Object.fromEntries(Object.entries(one.stages).map(([name, stage]) => [name, stageText(stage)])),
    );
  };
  try {
    await makeTables(scores);
    for (const way of ways) await watch(scores, way, way);
    await scoreReference(scores, referenceRows, ways);
    let hour = firstHour;
    // The reference, and what is compiled and cached once.
    await score(scores, hour, Math.min(rows, 20_000), ways);
    for (const way of ways) await cycle(world, way, hour);
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      hour += hourMs;
      await score(scores, hour, rows, ways);
      for (const way of repetition % 2 === 0 ? ways : ways.toReversed()) await took(way, way, hour);
    }
    if (history > 0) {
      await createCheckDegradation(toldOf(world))({
        model: 'typed',
        asOf: formatInstant(firstHour),
        act: false,
      });
      for (const days of [7, history]) {
        const stored = await storeHistory(database, { model: 'typed', days, like: firstHour });
        if (!json) console.error(`${days} days stored`, stored);
        for (let repetition = 0; repetition < repetitions; repetition += 1) {
          hour += hourMs;
          await score(scores, hour, rows, ['typed']);
          await took(`typed, ${days} days stored`, 'typed', hour);
        }
      }
    }
    const labels = [...new Set(cycles.map(([label]) => label))];
    const of = (label: string): Cycle[] => cycles.flatMap(([given, one]) => (given === label ? [one] : []));
    if (json) {
      console.log(
        JSON.stringify({
          rows,
          features,
          overlap,
          cycles: Object.fromEntries(labels.map((label) => [label, of(label)])),
        }),
      );
    } else {
      const stages = ['attach', 'profile', 'drift', 'evaluate', 'push'];
      const table = new Table({ head: ['way', ...stages, 'all', 'peak, MB'] });
      for (const label of labels) {
        const one = medianOf(of(label));
        table.push([
          label,
          ...stages.map((stage) => stageText(one.stages[stage] ?? none)),
          stageText(one),
          Math.round(Math.max(...of(label).map(({ peakMegabytes }) => peakMegabytes))),
        ]);
      }
      console.log(machineText(cpus()[0]?.model ?? 'unknown', cpus().length));
      console.log(
        `${rows.toLocaleString('en-US')} predictions an hour, ${features} features, overlap ${overlap}, median of ${repetitions}: seconds (processor seconds of the worker + of Postgres)`,
      );
      console.log(table.toString());
    }
  } finally {
    gateway.close();
    await sources.close();
  }
});
