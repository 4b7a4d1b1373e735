/** What to type next where something is not known of a model yet. */

import { shellText } from '../shell-text.ts';
import { dayMs, floorToDay, formatInstant, hourMs } from '../window.ts';
import type { ScheduledProcessId } from './scheduled.ts';

/** What has arrived of a model. */
export interface Arrived {
  readonly model: string;
  /** Event time of the newest serving prediction; null: there is none. */
  readonly predictedAt: number | null;
  readonly hasActuals: boolean;
  /** Does its monitor name a table or files that its rows are read from? */
  readonly hasSource: boolean;
}

/** As the schedules do: some hours after the midnight at which windows end, when late rows are in. */
const afterMidnightMs = 3 * hourMs;

/**
 * The night in which schedules run for the day of a prediction.
 *
 * @param predictedAt epoch milliseconds, as what is returned
 * @example formatInstant(nightAfter(parseInstant('2011-05-10T23:00:00Z'))) // '2011-05-11T03:00:00Z'
 */
export function nightAfter(predictedAt: number): number {
  return floorToDay(predictedAt) + dayMs + afterMidnightMs;
}

/**
 * The command that runs a process for the newest predictions that there are: as of the night after them, or, where that is yet to come,
 * as of now.
 *
 * @param now the wall clock
 * @example
 * const arrived = { model: 'bike-demand', predictedAt: parseInstant('2011-05-10T23:00:00Z'), hasActuals: true, hasSource: false };
 * runCommand('drift-detection', arrived, parseInstant('2026-11-29T12:00:00Z'))
 * // 'npx tidewatch run drift-detection --model bike-demand --as-of 2011-05-11T03:00:00Z'
 */
export function runCommand(
  process: ScheduledProcessId,
  { model, predictedAt }: Pick<Arrived, 'model' | 'predictedAt'>,
  now: number,
): string {
  const asOf = predictedAt === null ? now : nightAfter(predictedAt);
  const past = asOf < now ? ` --as-of ${formatInstant(asOf)}` : '';
  return `npx tidewatch run ${process} --model ${shellText(model)}${past}`;
}

/**
 * What is to be done, in their order, before a process can say something of a model; commands are in backticks. Always ends with what
 * runs it.
 *
 * @param needs whether it needs actuals, too
 * @param now the wall clock
 * @example
 * const arrived = { model: 'bike-demand', predictedAt: null, hasActuals: false, hasSource: false };
 * nextSteps('drift-detection', arrived, 'predictions', 0)[0]
 * // 'Log predictions with the client or SQL, or load a file: `npx tidewatch ingest rows.csv --model bike-demand`'
 */
export function nextSteps(
  process: ScheduledProcessId,
  arrived: Arrived,
  needs: 'predictions' | 'actuals',
  now: number,
): readonly string[] {
  const { model, predictedAt, hasActuals, hasSource } = arrived;
  const load = `or load a file: \`npx tidewatch ingest rows.csv --model ${shellText(model)}\``;
  const run = runCommand(process, arrived, now);
  if (hasSource && predictedAt === null)
    return [`Have its source read, and what is there judged: \`${run}\``];
  const missing =
    predictedAt === null
      ? `Log predictions with the client or SQL, ${load}`
      : needs === 'actuals' && !hasActuals && !hasSource
        ? `Record actuals with the client or SQL, ${load}`
        : undefined;
  return missing === undefined
    ? [`Wait for its schedule, or do it now: \`${run}\``]
    : [missing, `Then wait for its schedule, or do it at once: \`${run}\``];
}
