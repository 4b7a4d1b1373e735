import type { RollUpLevel } from '../../core/storage/roll-up.ts';
import { dayMs, formatWindow, parseInstant, windowWithout, type WindowText } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import { runOf, type ActivityContext } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { listMonitors } from '../monitors/store.ts';
import { evaluationLock } from '../performance/evaluate-windows.ts';
import { profileLock } from '../profiles/profile-hours.ts';
import { partitionedTables } from './partitions-store.ts';
import { unlessBusy } from './patiently.ts';
import { planRetention, type RetentionPlan } from './plan-retention.ts';
import { removableTables } from './result-tables.ts';
import { countRollUp, planRollUps, rollUpProfiles, type RolledUp, type RollUps } from './roll-up-profiles.ts';
import {
  accountFor,
  countByModel,
  countRows,
  dropPartition,
  hasRows,
  insertRemoved,
  listMarkedDays,
  listPartitionRanges,
  listRemovedPartitions,
  listUnemptied,
  noteEmpty,
  removeRows,
  sumRemovals,
  sumRolledUp,
  type RemovalRun,
  type RemovedOfTable,
} from './retention-store.ts';

export interface ApplyRetentionInput {
  readonly asOf: string;
  /** Only says what it would remove. */
  readonly plan?: boolean;
}

export interface ApplyRetentionResult {
  /** What this run has removed, by table; `removals` has it by model and range. */
  readonly tables: readonly RemovedOfTable[];
  /** Hourly profiles of which the sums of days stay. Absent in runs before there was any. */
  readonly rolledUp?: RolledUp;
  /** Sums of days of which the sums of weeks stay. Absent in runs before there was any. */
  readonly rolledUpDays?: RolledUp;
  /** Models some of whose days are given up from now on, with the first and the last of them; at most 20. */
  readonly models: readonly { readonly model: string; readonly range: WindowText }[];
  /** Models of which rows that are old enough stay for now, with the reason; at most 20. */
  readonly waiting: readonly { readonly model: string; readonly because: string }[];
  /** Models that are in neither list because it is full. */
  readonly more: number;
}

const mostListed = 20;
/** Half a second of deleting; so long nobody who writes the same rows waits. */
const rowsAtOnce = 20_000;
const resultsAtOnce = 5_000;

type Dependencies = Pick<ActivityDependencies, 'database' | 'context' | 'retention' | 'listReprocessed'>;

/**
 * Removes what is older than it is to be kept, and rolls up hourly profiles to days and these to weeks; keeps account of it in `removals`.
 *
 * First the days whose rows go are noted, while no run computes anything of the model: from then on what was computed of them
 * stays as it is. Then partitions that are of such days only are dropped, and other rows deleted, some thousands a
 * transaction. It may stop anywhere and be repeated. Whatever is locked by others waits for the next run.
 *
 * @throws TidewatchError `INVALID_INSTANT`
 */
export function createApplyRetention(
  deps: Dependencies,
): (input: ApplyRetentionInput) => Promise<ApplyRetentionResult> {
  const { database } = deps;
  return async function applyRetention({ asOf: asOfText, plan: isPlanned = false }) {
    const asOf = parseInstant(asOfText);
    const context = deps.context();
    const run: RemovalRun = { asOf, ...runOf(context) };
    const planned = await planAll(deps, asOf, context);
    const listed = listPlans(planned);
    if (isPlanned)
      return {
        tables: await countPlanned(database, planned),
        rolledUp: await countRolledUp(database, 'day', planned),
        rolledUpDays: await countRolledUp(database, 'week', planned),
        ...listed,
      };
    for (const plan of planned) {
      if (plan.ranges.length > 0) await giveUp(database, plan);
      context.heartbeat(plan.model);
    }
    await dropPartitions(database, run, context);
    await deleteRows(database, run, context);
    for (const plan of planned) {
      if (plan.rollUps !== undefined) await rollUpProfiles(database, plan.model, plan.rollUps, run, context);
      await deleteRejected(database, run, plan, context);
      await deleteResults(database, run, plan, context);
    }
    return {
      tables: await sumRemovals(database, run),
      rolledUp: await sumRolledUp(database, run, 'profiles'),
      rolledUpDays: await sumRolledUp(database, run, 'profile_days'),
      ...listed,
    };
  };
}

interface MaintenancePlan extends RetentionPlan {
  /** Undefined: everything stays as it is. */
  readonly rollUps: RollUps | undefined;
}

async function planAll(
  { database, retention: defaults, listReprocessed }: Dependencies,
  asOf: number,
  { heartbeat, cancelled }: ActivityContext,
): Promise<MaintenancePlan[]> {
  const partitions = await listPartitionRanges(database);
  const reprocessed = await listReprocessed();
  const plans: MaintenancePlan[] = [];
  // One that cannot be read keeps what it has, and `tidewatch doctor` names it.
  for (const { monitor } of (await listMonitors(database)).monitors) {
    cancelled.throwIfAborted();
    const { model } = monitor;
    const plan = await planRetention(database, monitor, { defaults, asOf, partitions });
    const isRead = reprocessed === 'all' || reprocessed.includes(model);
    const rollUps = isRead ? undefined : await planRollUps(database, monitor, { defaults, asOf });
    plans.push(
      isRead && plan.ranges.length > 0
        ? { ...plan, rollUps, ranges: [], resultsBefore: undefined, waiting: 'it is being reprocessed' }
        : { ...plan, rollUps },
    );
    heartbeat(model);
  }
  return plans;
}

function listPlans(
  plans: readonly RetentionPlan[],
): Pick<ApplyRetentionResult, 'models' | 'waiting' | 'more'> {
  const models = plans.flatMap(({ model, ranges }) => {
    const [first, last] = [ranges[0], ranges.at(-1)];
    return first === undefined || last === undefined
      ? []
      : [{ model, range: formatWindow({ start: first.start, end: last.end }) }];
  });
  const waiting = plans.flatMap(({ model, waiting: because }) =>
    because === undefined ? [] : [{ model, because }],
  );
  return {
    models: models.slice(0, mostListed),
    waiting: waiting.slice(0, mostListed),
    more: Math.max(0, models.length - mostListed) + Math.max(0, waiting.length - mostListed),
  };
}

async function countPlanned(database: Database, plans: readonly RetentionPlan[]): Promise<RemovedOfTable[]> {
  const counts = new Map<string, { models: number; rows: number }>();
  const add = (table: string, rows: number): void => {
    if (rows === 0) return;
    const before = counts.get(table) ?? { models: 0, rows: 0 };
    counts.set(table, { models: before.models + 1, rows: before.rows + rows });
  };
  for (const { model, ranges, rejectedBefore, resultsBefore: before, kept } of plans) {
    for (const table of partitionedTables) {
      let rows = 0;
      for (const range of ranges) rows += await countRows(database, table, { model, ...range });
      add(table, rows);
    }
    if (rejectedBefore !== undefined)
      add('rejected_rows', await countRejected(database, model, rejectedBefore));
    if (before === undefined) continue;
    for (const { table, count } of removableTables)
      add(table, await count(database, { model, before, kept }));
  }
  return [...counts].map(([table, count]) => ({ table, ...count, partitions: 0 }));
}

async function countRolledUp(
  database: Database,
  level: RollUpLevel,
  plans: readonly MaintenancePlan[],
): Promise<RolledUp> {
  const counts = [];
  for (const { model, rollUps } of plans)
    if (rollUps !== undefined) counts.push(await countRollUp(database, model, level, rollUps));
  return {
    models: counts.filter(({ rows }) => rows > 0).length,
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What computes anything of a model, or stores it, holds one of these until it has committed. */
export const locksOf = (model: string): string[] => [
  `outcomes:${model}`,
  `summaries:${model}`,
  profileLock(model),
  evaluationLock(model),
  `estimates:${model}`,
  `comparisons:${model}`,
  `drift:${model}`,
];

/** Notes that rows of these days are removed; days that have changed since the plan was made are left out. */
async function giveUp(database: Database, { model, ranges }: RetentionPlan): Promise<void> {
  await unlessBusy(database, async (connection) => {
    for (const lock of locksOf(model)) await lockUntilCommit(connection, lock);
    const marked = await listMarkedDays(connection, model, ranges.at(-1)!.end);
    const days = marked.map((day) => ({ start: day, end: day + dayMs }));
    const left = ranges.flatMap((range) => windowWithout(range, days));
    if (left.length > 0) await insertRemoved(connection, model, left);
  });
}

async function dropPartitions(
  database: Database,
  run: RemovalRun,
  { heartbeat, cancelled }: ActivityContext,
): Promise<void> {
  for (const table of partitionedTables)
    for (const { name: partition, start, end } of await listRemovedPartitions(database, table)) {
      cancelled.throwIfAborted();
      // Rows that come after they were counted have a mark, with which the partition stays.
      const counts = await countByModel(database, table, { start, end });
      await unlessBusy(database, async (connection) => {
        if (!(await dropPartition(connection, table, partition))) return;
        const removals = counts.map(({ model, rows }) => ({ model, table, start, end, rows, partition }));
        await accountFor(connection, run, removals);
      });
      heartbeat(partition);
    }
}

async function deleteRows(
  database: Database,
  run: RemovalRun,
  { heartbeat, cancelled }: ActivityContext,
): Promise<void> {
  for (const range of await listUnemptied(database)) {
    const { model, start, end } = range;
    for (const table of partitionedTables)
      for (let rows: number | 'busy' = rowsAtOnce; rows === rowsAtOnce;) {
        cancelled.throwIfAborted();
        rows = await unlessBusy(database, async (connection) => {
          const removed = await removeRows(connection, table, range, rowsAtOnce);
          await accountFor(connection, run, [{ model, table, start, end, rows: removed }]);
          return removed;
        });
        heartbeat(model);
      }
    await unlessBusy(database, async (connection) => {
      await lockUntilCommit(connection, `retention:${model}`);
      if (!(await hasRows(connection, range))) await noteEmpty(connection, range);
    });
  }
}

async function countRejected(database: Database, model: string, before: number): Promise<number> {
  const [row] = await database.query<{ rows: number }>(
    'select count(*) as rows from rejected_rows where model = $1 and rejected_at < $2',
    [model, toTimestamp(before)],
  );
  return row!.rows;
}

async function deleteRejected(
  database: Database,
  run: RemovalRun,
  { model, rejectedBefore: before }: RetentionPlan,
  context: ActivityContext,
): Promise<void> {
  if (before === undefined) return;
  await deleteInBatches(
    database,
    run,
    { model, table: 'rejected_rows', end: before },
    context,
    (connection) =>
      connection.execute(
        `delete from rejected_rows where model = $1 and ctid = any (array(
         select ctid from rejected_rows where model = $1 and rejected_at < $2 limit $3))`,
        [model, toTimestamp(before), resultsAtOnce],
      ),
  );
}

async function deleteResults(
  database: Database,
  run: RemovalRun,
  { model, resultsBefore: before, kept }: RetentionPlan,
  context: ActivityContext,
): Promise<void> {
  if (before === undefined) return;
  for (const { table, remove } of removableTables)
    await deleteInBatches(database, run, { model, table, end: before }, context, (connection) =>
      remove(connection, { model, before, kept }, resultsAtOnce),
    );
}

async function deleteInBatches(
  database: Database,
  run: RemovalRun,
  of: { readonly model: string; readonly table: string; readonly end: number },
  { heartbeat, cancelled }: ActivityContext,
  remove: (connection: Queryable) => Promise<number>,
): Promise<void> {
  for (let rows: number | 'busy' = resultsAtOnce; rows === resultsAtOnce;) {
    cancelled.throwIfAborted();
    rows = await unlessBusy(database, async (connection) => {
      const removed = await remove(connection);
      await accountFor(connection, run, [{ ...of, rows: removed }]);
      return removed;
    });
    heartbeat(of.model);
  }
}
