/**
 * How long does a round of many models with small windows take, and what is the limit?
 *
 *     npm run build && npx tsx bench/round/round.ts [--models 1000] [--rows 20] [--features 5] [--workers 1] [--repetitions 2] [--nights 1] [--empty] [--json]
 *
 * Real servers and built workers on this machine: a Temporal dev server with its histories in memory, Postgres, a Pushgateway. Rounds go
 * through schedules as `tidewatch apply` makes them, which are all triggered at once; only the first night is started directly, since it
 * speaks for the day before. `hour`: `actualsBackfill` of every model after an hour of new rows. `night`: `driftDetection`,
 * `performanceEvaluation` and `degradationCheck` of every model, all at once. `--empty`: the hours alone, without rows of the days before.
 */

import { cpus, loadavg } from 'node:os';

import Table from 'cli-table3';

import { until } from '../../demo/stack/until.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { dayMs, floorToHour, formatInstant, hourMs } from '../../core/window.ts';
import { schedulesOf, type ScheduleDefinition } from '../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import { readOptions } from '../options.ts';
import { machineSeconds } from '../process-usage.ts';
import { machineText } from '../profiles/timing.ts';
import { historyDays, historyEnd, historyStart, monitorsOf, score, watch } from './models.ts';
import { taskQueue, withWorld, type Part, type World } from '../world.ts';

const {
  workers,
  repetitions,
  nights: givenNights,
  empty,
  json,
  ...shape
} = readOptions({
  models: 1_000,
  rows: 20,
  features: 5,
  workers: 1,
  repetitions: 2,
  nights: 1,
  empty: false,
  json: false,
});
/** Without rows of the days before: for hours alone. */
const nights = empty ? 0 : givenNights;
const nightly = ['driftDetection', 'performanceEvaluation', 'degradationCheck'] as const;

interface Round {
  readonly name: string;
  readonly runs: number;
  readonly seconds: number;
  /** What the rounds' histories hold, of all runs together. */
  readonly activities: number;
  readonly events: number;
  readonly failed: number;
  readonly cpu: Readonly<Record<Part, number>>;
  /** Of the machine: what others took meanwhile, and what nobody took, as shares of its processors. */
  readonly others: number;
  readonly idle: number;
  readonly transactions: number;
}

/** Sixteen at once, as `tidewatch apply` asks the server. */
async function each<T>(items: readonly T[], call: (item: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < items.length; first += 16)
    await Promise.all(items.slice(first, first + 16).map(call));
}

async function countTransactions({ database }: World): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'select xact_commit as count from pg_stat_database where datname = current_database()',
  );
  return row!.count;
}

async function measured(
  world: World,
  name: string,
  runs: number,
  types: readonly string[],
  start: () => Promise<void>,
): Promise<Round> {
  const startedAt = new Date();
  const cpu = world.cpu();
  const machine = machineSeconds();
  const transactions = await countTransactions(world);
  const begun = performance.now();
  const among = `StartTime >= '${startedAt.toISOString()}' and WorkflowType in (${types.map((type) => `'${type}'`).join(', ')})`;
  const starting = start();
  const isOver = await until(async () => {
    const { count } = await world.client.workflow.count(`${among} and ExecutionStatus != 'Running'`);
    return count >= runs;
  }, 3_600_000);
  await starting;
  const seconds = (performance.now() - begun) / 1_000;
  if (!isOver) throw new Error(`${name}: not over after an hour`);
  const after = world.cpu();
  const machineAfter = machineSeconds();
  const of = (part: Part): number => after[part] - cpu[part];
  const used = {
    workers: of('workers'),
    Temporal: of('Temporal'),
    Postgres: of('Postgres'),
    Pushgateway: of('Pushgateway'),
    benchmark: of('benchmark'),
  };
  const cores = cpus().length;
  const ours = Object.values(used).reduce((sum, value) => sum + value, 0);
  const transactionsAfter = await countTransactions(world);
  const found = await historiesOf(world, among, types);
  return {
    name,
    runs,
    seconds,
    ...found,
    cpu: used,
    others: Math.max(0, (machineAfter.busy - machine.busy - ours) / (cores * seconds)),
    idle: (machineAfter.idle - machine.idle) / (cores * seconds),
    transactions: transactionsAfter - transactions,
  };
}

/** Activities of one run of each type, times its runs; events of all. */
async function historiesOf(
  { client }: World,
  among: string,
  types: readonly string[],
): Promise<Pick<Round, 'activities' | 'events' | 'failed'>> {
  let events = 0;
  let failed = 0;
  const counts = new Map<string, { runs: number; activities: number }>();
  for await (const run of client.workflow.list({ query: among })) {
    events += run.historyLength;
    if (run.status.name !== 'COMPLETED') failed += 1;
    const known = counts.get(run.type);
    if (known !== undefined) {
      known.runs += 1;
      continue;
    }
    const { events: found } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    const activities = (found ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
    counts.set(run.type, { runs: 1, activities });
  }
  const activities = types.reduce((sum, type) => {
    const { runs = 0, activities = 0 } = counts.get(type) ?? {};
    return sum + runs * activities;
  }, 0);
  return { activities, events, failed };
}

const scheduled = (monitors: readonly Monitor[], types: readonly string[]): ScheduleDefinition[] =>
  monitors.flatMap((monitor) =>
    schedulesOf(monitor).filter(({ workflowType }) => types.includes(workflowType)),
  );

async function throughSchedules(
  world: World,
  name: string,
  definitions: readonly ScheduleDefinition[],
): Promise<Round> {
  const types = [...new Set(definitions.map(({ workflowType }) => workflowType))];
  return measured(world, name, definitions.length, types, () =>
    each(definitions, ({ scheduleId }) => world.client.schedule.getHandle(scheduleId).trigger()),
  );
}

/** Which part keeps the round from being quicker: the processors, and whose work it mostly is; or waiting, where they are idle. */
function limitOf({ cpu, idle }: Round): string {
  const [part, seconds] = Object.entries(cpu).toSorted(([, a], [, b]) => b - a)[0]!;
  const share = seconds / Object.values(cpu).reduce((sum, value) => sum + value, 0);
  return idle > 0.25
    ? `waiting: ${Math.round(idle * 100)}% of the processors are idle`
    : `processors, ${Math.round(share * 100)}% of ours ${part}`;
}

await withWorld(async (world) => {
  const told = (text: string): void => {
    if (!json) console.error(text);
  };
  const { database, client } = world;
  const now = Date.now();
  const load = loadavg()[0]!;
  const monitors = monitorsOf(shape, now);
  const lastNight = historyEnd(now);
  await watch(database, monitors);
  if (!empty) await score(database, monitors, shape, { start: historyStart(now), end: lastNight }, 'logged');
  await database.execute('vacuum analyze');
  const desired = scheduled(monitors, ['actualsBackfill', ...(nights > 0 ? nightly : [])]);
  const begun = performance.now();
  // Paused: they run only where they are triggered.
  await applySchedules(client, await planSchedules(client, desired, { taskQueue, models: 'all' }), {
    taskQueue,
    created: 'paused',
  });
  told(`${desired.length} schedules made in ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
  for (let worker = 0; worker < workers; worker += 1) await world.startWorker();

  const rounds: Round[] = [];
  const note = (round: Round): void => {
    rounds.push(round);
    told(`${round.name}: ${JSON.stringify(round)}`);
  };
  if (!empty)
    note(
      await throughSchedules(
        world,
        `first hour, ${historyDays} days of rows`,
        scheduled(monitors, ['actualsBackfill']),
      ),
    );
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const hour = floorToHour(now) - hourMs;
    await score(database, monitors, shape, { start: hour, end: hour + hourMs }, `late-${repetition}`);
    note(await throughSchedules(world, 'hour', scheduled(monitors, ['actualsBackfill'])));
  }
  if (nights > 0) {
    const asOf = formatInstant(lastNight + 3 * hourMs);
    note(
      await measured(world, 'first night, four days to profile', 3 * monitors.length, nightly, () =>
        each(
          monitors.flatMap(({ model }) => nightly.map((type) => ({ model, type }))),
          ({ model, type }) =>
            client.workflow.start(type, {
              workflowId: `first-${type}-${model}`,
              taskQueue,
              args: [{ model, asOf }],
            }),
        ),
      ),
    );
    await score(database, monitors, shape, { start: lastNight, end: lastNight + dayMs }, 'logged');
    note(await throughSchedules(world, 'hour, a day of rows', scheduled(monitors, ['actualsBackfill'])));
    note(await throughSchedules(world, 'night', scheduled(monitors, nightly)));
  }
  if (json) {
    console.log(JSON.stringify({ shape, workers, load, workerMegabytes: world.workerMegabytes(), rounds }));
    return;
  }
  const table = new Table({
    head: [
      'round',
      'runs',
      'seconds',
      'runs/s',
      'activities',
      'events',
      'worker, CPU s',
      'Temporal',
      'Postgres',
      'others',
      'limit',
    ],
  });
  for (const round of rounds) {
    const { name, runs, seconds, activities, events, cpu, others, failed } = round;
    table.push([
      name,
      failed === 0 ? runs : `${runs}, ${failed} failed`,
      seconds.toFixed(0),
      (runs / seconds).toFixed(1),
      activities,
      events,
      cpu.workers.toFixed(0),
      cpu.Temporal.toFixed(0),
      cpu.Postgres.toFixed(0),
      `${Math.round(others * 100)}%`,
      limitOf(round),
    ]);
  }
  console.log(machineText(cpus()[0]?.model ?? 'unknown', cpus().length));
  console.log(
    `${shape.models} models, ${shape.rows} rows an hour, ${shape.features} features, ${workers} worker(s) of at most ` +
      `${Math.round(Math.max(...world.workerMegabytes()))} MB; load ${load.toFixed(1)} before`,
  );
  console.log(table.toString());
});
