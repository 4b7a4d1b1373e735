/**
 * How many alerts can be open at once?
 *
 *     npm run build && npx tsx bench/alerts/many-open.ts [--alerts 10000] [--models 100] [--json]
 *
 * Opens alerts through the store as the runs of many models do, wakes a life cycle for each, waits until every one is told of, then
 * resolves them all. Temporal's dev server, Postgres, this process and the worker (a process of its own, with its defaults) share
 * the machine. A message an alert: `groupWait` and `groupInterval` are 0 and every alert is a group of its own, which
 * is the most that alerts can cost. Afterwards everything is counted: life cycles, deliveries, and what a receiver on
 * loopback was told.
 */

import { cpus, loadavg } from 'node:os';

import Table from 'cli-table3';

import type { Monitor } from '../../core/monitor/schema.ts';
import { until } from '../../demo/stack/until.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import { machineSeconds, peakMegabytes } from '../process-usage.ts';
import type { AlertWorld } from './world.ts';
import { featureNames, observeDrift, watchModel, withAlertWorld } from './world.ts';

const { alerts, models, json } = readOptions({ alerts: 10_000, models: 100, json: false });
const patienceMs = 2 * 3_600_000;

interface Phase {
  readonly name: string;
  readonly alerts: number;
  /** Until the last is stored and its life cycle woken. */
  readonly storing: number;
  /** Until the last message has arrived and the life cycles stand as they should. */
  readonly seconds: number;
  readonly cpu: Readonly<Record<string, number>>;
  readonly machineBusy: number;
  readonly peakMegabytes: number;
}

async function phase(
  name: string,
  world: AlertWorld,
  store: () => Promise<void>,
  isDone: () => Promise<boolean>,
): Promise<Phase> {
  const cpuBefore = world.cpu();
  const machineBefore = machineSeconds();
  const started = performance.now();
  await store();
  const storing = (performance.now() - started) / 1_000;
  if (!(await until(async () => isDone(), patienceMs))) throw new Error(`${name}: not done in time`);
  const seconds = (performance.now() - started) / 1_000;
  const cpu = Object.fromEntries(
    Object.entries(world.cpu()).map(([process, after]) => [
      process,
      after - cpuBefore[process as keyof typeof cpuBefore],
    ]),
  );
  const machine = machineSeconds();
  const busy = machine.busy - machineBefore.busy;
  return {
    name,
    alerts,
    storing,
    seconds,
    cpu,
    machineBusy: busy / (busy + machine.idle - machineBefore.idle),
    peakMegabytes: peakMegabytes(world.workerPid),
  };
}

interface Count {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
}

async function counts({ database, receiver, running }: AlertWorld, isOver: boolean): Promise<Count[]> {
  const [stored] = await database.query<Record<'open' | 'resolved' | 'delivered' | 'other', number>>(
    `select (select count(*) from alerts where state = 'open') as open,
       (select count(*) from alerts where state = 'resolved') as resolved,
       (select count(*) from alert_deliveries where state = 'delivered') as delivered,
       (select count(*) from alert_deliveries where state <> 'delivered') as other`,
  );
  const events = receiver.arrivals.flatMap(({ events }) => events);
  const messages = isOver ? 2 * alerts : alerts;
  return [
    { what: 'life cycles that run', expected: isOver ? 0 : alerts, found: await running() },
    { what: 'alerts that are open', expected: isOver ? 0 : alerts, found: stored!.open },
    { what: 'alerts that are resolved', expected: isOver ? alerts : 0, found: stored!.resolved },
    { what: 'deliveries made', expected: messages, found: stored!.delivered },
    { what: 'deliveries in any other state', expected: 0, found: stored!.other },
    { what: 'requests that arrived', expected: messages, found: receiver.arrivals.length },
    { what: 'different events in them', expected: messages, found: new Set(events).size },
    { what: 'events told twice', expected: 0, found: events.length - new Set(events).size },
  ];
}

const load = loadavg()[0]!;
const { phases, checks } = await withAlertWorld(async (world) => {
  const { database, receiver, running } = world;
  const subjects = featureNames(alerts / models);
  const monitors: Monitor[] = [];
  for (let i = 0; i < models; i += 1) {
    const route = { groupBy: ['model', 'kind', 'subject'], groupWait: '0s', groupInterval: '0s' };
    monitors.push(await watchModel(database, `model-${i}`, route));
  }
  const observeAll = async (level: 'warning' | 'ok'): Promise<void> => {
    for (const monitor of monitors) await observeDrift(world, monitor, level, subjects);
  };
  // A worker that runs on does not stand alone: what is counted is settled, too.
  const isSettled = async (told: number, runs: number): Promise<boolean> =>
    receiver.told() >= told &&
    (await running()) === runs &&
    (await database.query(`select from alert_deliveries where state <> 'delivered' limit 1`)).length === 0;
  const opened = await phase(
    'opened',
    world,
    () => observeAll('warning'),
    () => isSettled(alerts, alerts),
  );
  const whenOpen = await counts(world, false);
  const resolved = await phase(
    'resolved',
    world,
    () => observeAll('ok'),
    () => isSettled(2 * alerts, 0),
  );
  return { phases: [opened, resolved], checks: [...whenOpen, ...(await counts(world, true))] };
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
const wrong = checks.filter(({ expected, found }) => expected !== found);
if (json) {
  console.log(JSON.stringify({ machine, load, phases, checks }, undefined, 2));
} else {
  const head = [
    `${alerts} alerts of ${models} models`,
    'stored, s',
    'told, s',
    'alerts/s',
    'worker peak, MB',
    'worker, CPU s',
    'Temporal, CPU s',
    'Postgres, CPU s',
    'benchmark, CPU s',
    'machine busy',
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { name, storing, seconds, cpu, machineBusy, peakMegabytes } of phases) {
    table.push([
      name,
      storing.toFixed(0),
      seconds.toFixed(0),
      (alerts / seconds).toFixed(1),
      peakMegabytes.toFixed(0),
      ...['worker', 'Temporal', 'Postgres', 'benchmark'].map((process) => cpu[process]!.toFixed(0)),
      `${(100 * machineBusy).toFixed(0)}%`,
    ]);
  }
  console.log(`${machine}; load before ${load.toFixed(2)}`);
  console.log(table.toString());
  for (const { what, expected, found } of wrong) console.log(`WRONG: ${what}: ${found}, not ${expected}`);
  if (wrong.length === 0)
    console.log(
      `Counted while open and after: ${checks.length} of ${checks.length} as promised; nothing lost or told twice.`,
    );
}
process.exitCode = wrong.length === 0 ? 0 : 1;
