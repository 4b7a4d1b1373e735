/** What is old enough of a model to be removed, and what keeps the rest. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { countText } from '../../core/performance/metrics.ts';
import { enabledProcesses } from '../../core/process/scheduled.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import { retentionOf, type RetentionDefaults } from '../../core/storage/retention.ts';
import { dayMs, floorToDay, formatDay, windowWithout, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { findFirstRow, listKeptWindows, listMarkedDays, listWatermarks } from './retention-store.ts';
import { listRemoved } from './removed-rows.ts';

/** What a run removes of a model. */
export interface RetentionPlan {
  readonly model: string;
  /** Whole days whose rows are older than they are to be kept, in order, without those that are removed already. */
  readonly ranges: readonly Window[];
  /** Rejected rows from before it go. */
  readonly rejectedBefore: number | undefined;
  /** Results of windows that ended before it go, but for those that overlap what is kept. */
  readonly resultsBefore: number | undefined;
  readonly kept: readonly Window[];
  /** Why rows that are old enough stay for now, in words. */
  readonly waiting: string | undefined;
}

/** These have to have looked at rows before they go. */
const readers = ['actuals-backfill', 'drift-detection', 'performance-evaluation'] as const;

/**
 * Plans what goes of a model. Ages are measured from the instant that the slowest of its processes has spoken for: one that is behind, or
 * makes up the past, finds its rows. What the reference or an open retraining reads stays, and what has changed since it was computed.
 *
 * @param partitions the ranges of all partitions: what is old enough goes up to where one begins, so that it goes once
 */
export async function planRetention(
  connection: Queryable,
  monitor: Monitor,
  {
    defaults,
    asOf,
    partitions,
  }: {
    readonly defaults: RetentionDefaults;
    readonly asOf: number;
    readonly partitions: readonly Window[];
  },
): Promise<RetentionPlan> {
  const { model } = monitor;
  const retention = retentionOf(monitor, defaults);
  const nothing = {
    model,
    ranges: [],
    rejectedBefore: undefined,
    resultsBefore: undefined,
    kept: [],
    waiting: undefined,
  };
  if (retention.rows === undefined) return nothing;
  const wanted = enabledProcesses(monitor).flatMap(({ id }) => readers.filter((reader) => reader === id));
  const spoken = await listWatermarks(connection, model);
  const missing = wanted.find((process) => !spoken.has(process));
  if (missing !== undefined) return { ...nothing, waiting: `${missing} has not run yet` };
  const [slowest] = wanted
    .map((process) => ({ process, asOf: spoken.get(process)! }))
    .sort((a, b) => a.asOf - b.asOf);
  const now = Math.min(asOf, slowest?.asOf ?? asOf);
  const before = startOfPartition(partitions, floorToDay(now - retention.rows));
  const kept = await keptWindows(connection, monitor, now);
  const first = (await findFirstRow(connection, model)) ?? before;
  const old = first >= before ? [] : [{ start: floorToDay(first), end: before }];
  const removed = await listRemoved(connection, model, { start: Math.min(first, before), end: before });
  const marked = (await listMarkedDays(connection, model, before)).map((day) => ({
    start: day,
    end: day + dayMs,
  }));
  const unmarked = old.flatMap((range) => windowWithout(range, [...kept, ...removed]));
  return {
    model,
    ranges: unmarked.flatMap((range) => windowWithout(range, marked)),
    rejectedBefore: asOf - retention.rows,
    resultsBefore: retention.results === undefined ? undefined : floorToDay(now - retention.results),
    kept,
    waiting: waitingFor(unmarked, marked, { slowest, asOf }),
  };
}

function waitingFor(
  ranges: readonly Window[],
  marked: readonly Window[],
  { slowest, asOf }: { slowest: { process: string; asOf: number } | undefined; asOf: number },
): string | undefined {
  const waiting = marked.filter((day) =>
    ranges.some(({ start, end }) => start <= day.start && day.end <= end),
  );
  if (waiting.length > 0)
    return `${countText(waiting.length, 'day')} from ${formatDay(waiting[0]!.start)} on changed and ${waiting.length === 1 ? 'has' : 'have'} not been computed again`;
  return slowest !== undefined && slowest.asOf < asOf - 2 * dayMs
    ? `${slowest.process} has come to ${formatDay(slowest.asOf)} only`
    : undefined;
}

/** A partition of which a part is old enough waits until all of it is. */
function startOfPartition(partitions: readonly Window[], instant: number): number {
  const starts = partitions.filter(({ start, end }) => start <= instant && instant < end);
  return Math.min(instant, ...starts.map(({ start }) => start));
}

/** What is read however old it is, as whole days. */
async function keptWindows(connection: Queryable, monitor: Monitor, now: number): Promise<readonly Window[]> {
  const ofMonitor =
    monitor.reference.kind === 'fixed'
      ? referenceWindows(monitor.reference, { start: now, end: now }).compared
      : [];
  return [...ofMonitor, ...(await listKeptWindows(connection, monitor.model))].map(({ start, end }) => ({
    start: floorToDay(start),
    end: floorToDay(end + dayMs - 1),
  }));
}
