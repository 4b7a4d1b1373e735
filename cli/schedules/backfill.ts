/** `tidewatch backfill-schedule`: the nights of the past, as the schedules would have made them. */

import { setTimeout as pause } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { findMonitor } from '../../activities/monitors/store.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { TidewatchError } from '../../core/errors.ts';
import { scheduleId, type ScheduledProcessId } from '../../core/process/scheduled.ts';
import { countText } from '../../core/performance/metrics.ts';
import { shellText } from '../../core/shell-text.ts';
import { formatInstant, type Window } from '../../core/window.ts';
import { schedulesOf, type ScheduleDefinition } from '../../schedules/catalog.ts';
import { backfillSchedule, countsOf, runsDue } from '../../schedules/schedule-backfill.ts';
import { connectTemporal, withTemporalErrors } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { withDatabase } from '../database.ts';
import { openBar } from '../progress-bar.ts';
import { dayOrInstant, rangeOf, readInstant } from '../time-range.ts';
import { noWorker } from '../follow-run.ts';
import { print, printJson, printNote } from '../print.ts';
import { findingsOf, findingsText, type Finding } from './backfill-findings.ts';

export interface BackfillOptions {
  readonly model: string;
  readonly from: string;
  readonly to: string;
  readonly detach?: true;
  readonly json?: true;
}

/** More than an hourly process has in a year: who wants that many should know. */
const mostRuns = 10_000;
const pollMs = 1_000;
/** A first run takes a few seconds where a worker is there. */
const silenceMs = 20_000;

/** @returns the exit code: 2 where a run has failed */
export async function backfillSchedules(
  processes: readonly ScheduledProcessId[],
  options: BackfillOptions,
): Promise<0 | 2> {
  const { model } = options;
  const range = rangeOf(readInstant('--from', options.from, 'hour'), readInstant('--to', options.to, 'hour'));
  const { monitor } = await withDatabase('tidewatch-backfill', async (database) => {
    return findMonitor(database, model);
  });
  const schedules = planned(processes, schedulesOf(monitor), range, model);
  const { temporal } = readConfiguration(process.env);
  const connection = await connectTemporal(temporal);
  const { client } = connection;
  try {
    const query = failuresQuery(schedules, range, Date.now());
    if (!options.detach) printNote(startingText(model, range, schedules));
    const failed = await withTemporalErrors(client, async () => {
      await backfillAll(client, schedules, range, options);
      return options.detach ? undefined : (await client.workflow.count(query)).count;
    });
    const found = options.detach ? undefined : await foundBy(schedules, monitor);
    printResult(options, range, schedules, { failed, query, found });
    return failed === undefined || failed === 0 ? 0 : 2;
  } finally {
    await connection.close();
  }
}

interface PlannedBackfill {
  readonly process: ScheduledProcessId;
  readonly definition: ScheduleDefinition;
  /** The instants that its runs speak for. */
  readonly times: readonly number[];
  readonly runs: number;
}

function startingText(model: string, { start, end }: Window, schedules: readonly PlannedBackfill[]): string {
  const total = schedules.reduce((sum, { runs }) => sum + runs, 0);
  const what = schedules.map(({ process, runs }) => `${runs} of ${process}`).join(', ');
  return `starting ${countText(total, 'run')} of ${model}, ${dayOrInstant(start)} to ${dayOrInstant(end)}: ${what}; Ctrl-C ends the waiting only`;
}

/** By schedule id. */
async function foundBy(
  schedules: readonly PlannedBackfill[],
  monitor: Monitor,
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  return withDatabase('tidewatch-backfill', async (database) => {
    const found = new Map<string, readonly Finding[]>();
    for (const { process, definition, times } of schedules)
      found.set(definition.scheduleId, await findingsOf(database, process, monitor, times));
    return found;
  });
}

function planned(
  processes: readonly ScheduledProcessId[],
  definitions: readonly ScheduleDefinition[],
  range: Window,
  model: string,
): readonly PlannedBackfill[] {
  return [...new Set(processes)].map((name) => {
    const id = scheduleId(name, model);
    const definition = definitions.find((definition) => definition.scheduleId === id);
    if (definition === undefined) throw new TidewatchError('UNKNOWN_SCHEDULE', { scheduleId: id, model });
    const times = runsDue(definition, range, mostRuns + 1);
    const runs = times.length;
    if (runs > mostRuns) {
      const reason = `${name} would run more than ${mostRuns} times; take a shorter range, and then the next`;
      throw new TidewatchError('INVALID_OPTION', { option: '--from and --to', reason });
    }
    return { process: name, definition, times, runs };
  });
}

/** Starts all, and waits until each has made its runs: without a worker, for ever, as they wait too. */
async function backfillAll(
  client: Client,
  schedules: readonly PlannedBackfill[],
  range: Window,
  { detach }: BackfillOptions,
): Promise<void> {
  const due = schedules.filter(({ runs }) => runs > 0);
  const before = new Map<string, number>();
  // All of them are looked at first: where one is missing, none is started.
  for (const { definition } of due)
    before.set(definition.scheduleId, (await countsOf(client, definition)).started);
  for (const { definition } of due) await backfillSchedule(client, definition, range);
  if (detach) return;
  const total = due.reduce((sum, { runs }) => sum + runs, 0);
  const bar = await openBar('runs');
  const silence = setTimeout(() => printNote(noWorker), silenceMs);
  try {
    for (;;) {
      let [done, busy] = [0, 0];
      for (const { definition, runs } of due) {
        const { started, running, waiting } = await countsOf(client, definition);
        const since = Math.min(runs, started - before.get(definition.scheduleId)!);
        done += Math.max(0, since - running);
        busy += running + waiting;
      }
      if (done > 0) clearTimeout(silence);
      bar.update(done, total);
      if (done >= total && busy === 0) return;
      await pause(pollMs);
    }
  } finally {
    clearTimeout(silence);
    bar.close();
  }
}

/** The clocks of this machine and the server may differ by this much. */
const clockSkewMs = 60_000;

/** The failed runs of this backfill, as the Temporal UI lists them. */
function failuresQuery(schedules: readonly PlannedBackfill[], { start, end }: Window, now: number): string {
  const ids = schedules.map(({ definition }) => `'${definition.scheduleId}'`).join(', ');
  const since = formatInstant(Math.floor((now - clockSkewMs) / 1000) * 1000);
  return [
    `TemporalScheduledById in (${ids})`,
    `TemporalScheduledStartTime >= '${formatInstant(start)}'`,
    `TemporalScheduledStartTime < '${formatInstant(end)}'`,
    `StartTime >= '${since}'`,
    `ExecutionStatus in ('Failed', 'TimedOut', 'Terminated', 'Canceled')`,
  ].join(' and ');
}

function printResult(
  { model, json, detach }: BackfillOptions,
  { start, end }: Window,
  schedules: readonly PlannedBackfill[],
  {
    failed,
    query,
    found,
  }: {
    readonly failed: number | undefined;
    readonly query: string;
    readonly found: ReadonlyMap<string, readonly Finding[]> | undefined;
  },
): void {
  if (json) {
    const runs = schedules.map(({ definition: { scheduleId }, runs }) => ({
      scheduleId,
      runs,
      found: found?.get(scheduleId) ?? null,
    }));
    const range = { from: formatInstant(start), to: formatInstant(end) };
    printJson({ model, ...range, schedules: runs, failed: failed ?? null });
    return;
  }
  for (const { definition, runs } of schedules)
    print(
      `${definition.scheduleId}, ${dayOrInstant(start)} to ${dayOrInstant(end)}: ${countText(runs, 'run')}${detach ? ' to come' : findingsText(found?.get(definition.scheduleId) ?? [])}`,
    );
  if (failed !== undefined && failed > 0)
    print(`${countText(failed, 'run')} failed; the Temporal UI lists them: ${query}`);
  print(
    detach
      ? `next: the runs are in the Temporal UI; \`tidewatch watch --model ${shellText(model)}\` tells what they change`
      : `next: \`tidewatch status --model ${shellText(model)} --explain\` says how it stands and why; \`tidewatch console\` shows every day`,
  );
}
