import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { Monitor } from '../../core/monitor/schema.ts';
import { encodeSummary } from '../../core/performance/encode.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import { emptySummary, mergeSummaries } from '../../core/performance/summary.ts';
import type { WindowText } from '../../core/window.ts';
import { hoursOf, parseInstant, parseWindow, windowsOfHours } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { hoursWithRows, isWithin, requireRows } from '../storage/removed-rows.ts';
import {
  listMarkedHours,
  lockHoursUntilCommit,
  readResumePoint,
  takeMarks,
  walkHours,
  type ResumePoint,
} from '../processes/dirty-hours.ts';
import { divideHours, type Division } from '../processes/parts.ts';
import { countPredictions, readOutcomes } from './serving-rows.ts';
import type { HourSummary } from './summary-store.ts';
import { listOutdatedHours, replaceSummaries } from './summary-store.ts';
import { firstDueHour } from './windows.ts';

export interface SummarizeOutcomesInput {
  readonly model: string;
  readonly asOf: string;
  /** All hours of this window, and the marked ones elsewhere not. */
  readonly window?: WindowText;
}

export interface SummarizeOutcomesRequest extends SummarizeOutcomesInput {
  /** Where it is worth it, only the parts are given: whoever asks has them summarised by `summarizePart`. */
  readonly parts?: 'wanted';
}

/** With parts, no hour was looked at yet. */
export interface SummarizeOutcomesResult extends Partial<Division> {
  readonly hours: number;
  /** Hours whose summary is another one now: what was computed from them is evaluated again. */
  readonly changed: number;
}

const countsSchema = z.object({ hours: z.number(), changed: z.number() });
type Counts = z.output<typeof countsSchema>;

type Dependencies = Pick<ActivityDependencies, 'database' | 'context' | 'fanOut'>;

/**
 * Summarises the hours whose predictions or outcomes changed, and those that were summarised by other settings of the
 * monitor and are still needed for windows that end about asOf. After it, the summaries of the hours looked at are those of
 * what was stored when it began. It reads these hours and no others.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`, `REVERSED_WINDOW`, `UNALIGNED_WINDOW`, `ROWS_REMOVED`
 */
export function createSummarizeOutcomes(
  deps: Dependencies,
): (request: SummarizeOutcomesRequest) => Promise<SummarizeOutcomesResult> {
  const { database } = deps;
  return async function summarizeOutcomes(request) {
    const { model, window } = request;
    const { monitor } = await findMonitor(database, model);
    const resumed = readResumePoint(deps.context(), countsSchema);
    if (window !== undefined) await requireRows(database, model, parseWindow(window), 'Summaries');
    const hours = await hoursToSummarize(database, monitor, request, resumed);
    if (request.parts === 'wanted' && resumed === undefined) {
      const division = await divideHours(deps, model, hours);
      if (division !== undefined) return { hours: 0, changed: 0, ...division };
    }
    return summarizeHours(deps, monitor, hours, resumed);
  };
}

export interface SummarizePartInput extends SummarizeOutcomesInput {
  /** Of `summarizeOutcomes`. */
  readonly part: WindowText;
}

/**
 * Summarises one part of many hours. Parts are of different days, and may be looked at at the same time; any other run of the model keeps
 * away from the days that one is at.
 */
export function createSummarizePart(
  deps: Pick<Dependencies, 'database' | 'context'>,
): (input: SummarizePartInput) => Promise<Counts> {
  return async function summarizePart(input) {
    const { monitor } = await findMonitor(deps.database, input.model);
    const resumed = readResumePoint(deps.context(), countsSchema);
    const part = parseWindow(input.part);
    const hours = await hoursToSummarize(deps.database, monitor, input, resumed);
    return summarizeHours(
      deps,
      monitor,
      hours.filter((hour) => isWithin([part], hour)),
      resumed,
    );
  };
}

/** What a lost attempt has done is not marked or outdated any more. */
async function hoursToSummarize(
  connection: Queryable,
  monitor: Monitor,
  { asOf, window }: SummarizeOutcomesInput,
  resumed: ResumePoint<Counts> | undefined,
): Promise<readonly number[]> {
  if (window !== undefined)
    return hoursOf(parseWindow(window)).filter((hour) => resumed === undefined || hour >= resumed.next);
  const { model } = monitor;
  const marked = await listMarkedHours(connection, model, 'summaries');
  const outdated = await listOutdatedHours(
    connection,
    model,
    firstDueHour(monitor, parseInstant(asOf)),
    settingsHash(monitor),
  );
  // A mark of an hour whose rows are removed is taken, and nothing computed.
  return [...new Set([...marked, ...(await hoursWithRows(connection, model, outdated))])].sort(
    (a, b) => a - b,
  );
}

function summarizeHours(
  deps: Pick<Dependencies, 'database' | 'context'>,
  monitor: Monitor,
  hours: readonly number[],
  resumed: ResumePoint<Counts> | undefined,
): Promise<Counts> {
  const { database } = deps;
  const from = resumed?.counts ?? { hours: 0, changed: 0 };
  return walkHours({ database, context: deps.context() }, hours, from, async (connection, batch, before) => {
    const { changed, rows } = await summarizeBatch(connection, monitor, batch);
    return { counts: { hours: before.hours + batch.length, changed: before.changed + changed }, rows };
  });
}

async function summarizeBatch(
  connection: Queryable,
  monitor: Monitor,
  batch: readonly number[],
): Promise<{ changed: number; rows: number }> {
  const { model } = monitor;
  await lockHoursUntilCommit(connection, `summaries:${model}`, batch);
  await takeMarks(connection, model, 'summaries', batch);
  const hours = await hoursWithRows(connection, model, batch);
  const summaries: HourSummary[] = [];
  for (const window of windowsOfHours(hours)) {
    const groups = new Map<string, Group>();
    const groupOf = (hour: number, segment: string, version: string): Group => {
      const key = JSON.stringify([hour, segment, version]);
      const group = groups.get(key) ?? { hour, segment, version, predictions: 0, outcomes: 0, parts: [] };
      groups.set(key, group);
      return group;
    };
    for (const { hour, segment, version, rows } of await countPredictions(connection, monitor, window)) {
      groupOf(hour, segment, version).predictions += rows;
    }
    await readOutcomes(connection, monitor, window, ({ hour, rows, versionOf, segmentsOf, summarize }) => {
      const placesOf = new Map<string, Map<string, number[]>>();
      for (let row = 0; row < rows; row += 1) {
        const version = versionOf(row);
        let bySegment = placesOf.get(version);
        if (bySegment === undefined) placesOf.set(version, (bySegment = new Map<string, number[]>()));
        for (const segment of segmentsOf(row)) {
          const places = bySegment.get(segment);
          if (places === undefined) bySegment.set(segment, [row]);
          else places.push(row);
        }
      }
      for (const [version, bySegment] of placesOf)
        for (const [segment, places] of bySegment) {
          const group = groupOf(hour, segment, version);
          group.outcomes += places.length;
          group.parts.push(summarize(places));
        }
    });
    summaries.push(...[...groups.values()].map((group) => toSummary(monitor, group)));
  }
  const changed = await replaceSummaries(connection, model, hours, summaries, settingsHash(monitor));
  return { changed, rows: summaries.reduce((sum, { predictions }) => sum + predictions, 0) };
}

interface Group {
  readonly hour: number;
  readonly segment: string;
  readonly version: string;
  predictions: number;
  outcomes: number;
  readonly parts: OutcomeSummary[];
}

function toSummary(monitor: Monitor, { parts, predictions, outcomes, ...key }: Group): HourSummary {
  const summary = parts.length === 0 ? emptySummary(monitor.task) : mergeSummaries(parts);
  return {
    ...key,
    // Predictions may be gone because their retention has ended.
    predictions: Math.max(predictions, outcomes),
    outcomes,
    content: encodeSummary(summary),
  };
}

/** Hash of what in a monitor the content of a summary depends on. */
function settingsHash({ task, classes, positiveClass, segments, performance }: Monitor): string {
  const { peakHours, horizons } = performance;
  const settings = { task, classes, positiveClass, segments, peakHours, horizons };
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);
}
