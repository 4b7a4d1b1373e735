/**
 * Replays a data set day by day: predict, let the actuals arrive that are known by then, run the schedules of that day by
 * a schedule backfill, wait. Nothing that is decided on a day has seen a later one.
 */

import { WorkflowNotFoundError, type Client } from '@temporalio/client';

import type { TidewatchClient } from '../client/tidewatch-client.ts';
import { dayMs, formatInstant, hourMs, hoursOf, minuteMs } from '../core/window.ts';
import type { RetrainingProgress } from '../workflows/retraining-conversation.ts';
import type { DemoRow, Scenario } from './scenarios.ts';

export interface ReplayOptions {
  readonly scenario: Scenario;
  readonly rows: readonly DemoRow[];
  readonly serviceUrl: string;
  readonly tidewatch: TidewatchClient;
  readonly temporal: Client;
  /** This many of the last days run `actualsBackfill` every hour, the days before once a day. */
  readonly hourlyDays: number;
  readonly onDay: (day: DayReport) => void;
  readonly signal: AbortSignal;
}

export interface DayReport {
  readonly day: number;
  readonly done: number;
  readonly total: number;
  readonly verdict: string;
  readonly version: string | null;
}

/** What of `degradationCheck`'s answer the replay needs. */
interface CheckAnswer {
  readonly verdict: string;
  readonly version: string | null;
  readonly retrainingWorkflow: string | null;
}

const scheduledMinute = {
  'actuals-backfill': 2 * hourMs + 5 * minuteMs,
  'drift-detection': 3 * hourMs,
  'performance-evaluation': 3 * hourMs + 20 * minuteMs,
  'degradation-check': 3 * hourMs + 40 * minuteMs,
  'weekly-report': 4 * hourMs,
} as const;
const monday = 1;

export async function replay(options: ReplayOptions): Promise<void> {
  const { scenario, rows, onDay, signal } = options;
  const served = rows.filter((row) => row.eventTime >= scenario.serveFrom);
  const arriving = served.filter((row) => row.knownAt !== null).sort((a, b) => a.knownAt! - b.knownAt!);
  const total = scenario.weeks * 7;
  let arrived = 0;
  let retraining: string | null = null;
  for (let done = 1; done <= total; done += 1) {
    signal.throwIfAborted();
    const day = scenario.serveFrom + done * dayMs;
    await predict(
      options,
      served.filter((row) => row.eventTime >= day - dayMs && row.eventTime < day),
    );
    const hourly = done > total - options.hourlyDays;
    const steps = hourly
      ? hoursOf({ start: day - dayMs + 3 * hourMs, end: day + 3 * hourMs })
      : [day + 2 * hourMs];
    for (const hour of steps) {
      const from = arrived;
      while (arrived < arriving.length && arriving[arrived]!.knownAt! < hour) arrived += 1;
      await recordActuals(options, arriving.slice(from, arrived));
      if (hourly) await runSchedule(options, 'actuals-backfill', hour + 5 * minuteMs);
    }
    const check = await runDay(options, day, hourly);
    retraining = check.retrainingWorkflow ?? retraining;
    if (retraining !== null) {
      const checkedAt = formatInstant(day + scheduledMinute['degradation-check']);
      retraining = (await untilItWaits(options, retraining, checkedAt)) === 'over' ? null : retraining;
    }
    if (new Date(day).getUTCDay() === monday) {
      await runSchedule(options, 'weekly-report', day + scheduledMinute['weekly-report']);
    }
    onDay({ day, done, total, verdict: check.verdict, version: check.version });
  }
}

/** The runs of one day, all asked for at once as the schedules would: each makes sure of what it needs itself. */
async function runDay(options: ReplayOptions, day: number, hourly: boolean): Promise<CheckAnswer> {
  const [check] = await Promise.all([
    runSchedule(options, 'degradation-check', day + scheduledMinute['degradation-check']),
    runSchedule(options, 'drift-detection', day + scheduledMinute['drift-detection']),
    runSchedule(options, 'performance-evaluation', day + scheduledMinute['performance-evaluation']),
    hourly ? undefined : runSchedule(options, 'actuals-backfill', day + scheduledMinute['actuals-backfill']),
  ]);
  return check as CheckAnswer;
}

/** Until a retraining has looked at this day, and waits for the next one or for a person; or until it is over. */
async function untilItWaits(
  { temporal, signal }: ReplayOptions,
  workflowId: string,
  checkedAt: string,
): Promise<'waits' | 'over'> {
  const handle = temporal.workflow.getHandle(workflowId);
  for (;;) {
    signal.throwIfAborted();
    if ((await handle.describe()).status.name !== 'RUNNING') return 'over';
    // Nobody answers for a moment while it begins.
    const progress = await handle.query<RetrainingProgress>('progress').catch(() => undefined);
    if (progress?.waitsFor === 'a person') return 'waits';
    if (progress?.waitsFor === 'the next day' && progress.asOf >= checkedAt) return 'waits';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Backfills one nominal time of a schedule and waits for the run; gives its result. */
async function runSchedule(
  { temporal, scenario, signal }: ReplayOptions,
  process: keyof typeof scheduledMinute,
  at: number,
): Promise<unknown> {
  const scheduleId = `${process}:${scenario.model}`;
  await temporal.schedule.getHandle(scheduleId).backfill({
    start: new Date(at - minuteMs),
    end: new Date(at + minuteMs),
    overlap: 'BUFFER_ALL',
  });
  const handle = temporal.workflow.getHandle(`${scheduleId}-${formatInstant(at)}`);
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

async function predict({ serviceUrl, scenario }: ReplayOptions, rows: readonly DemoRow[]): Promise<void> {
  if (rows.length === 0) return;
  const response = await fetch(`${serviceUrl}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: scenario.model,
      rows: rows.map(({ entity, eventTime, features }) => ({ entity, eventTime, features })),
    }),
  });
  if (!response.ok) throw new Error(`the demo service did not predict: ${await response.text()}`);
}

async function recordActuals(
  { tidewatch, scenario }: ReplayOptions,
  rows: readonly DemoRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tidewatch.recordActuals(
    scenario.model,
    rows.map(({ entity, eventTime, actual, knownAt }) => ({
      entity,
      eventTime,
      value: actual,
      recordedAt: knownAt!,
    })),
  );
}
