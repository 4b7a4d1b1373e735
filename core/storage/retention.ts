/** How long rows and results are kept, and how long they have to be. */

import { z } from 'zod';

import { lookBackOf } from '../comparison/look-back.ts';
import { referenceSpan } from '../degradation/baseline.ts';
import { neededWindows } from '../degradation/needed-windows.ts';
import { rulesOf } from '../degradation/rules.ts';
import { dailyDuration, insteadOf } from '../monitor/fields.ts';
import { learnedFromMs } from '../importance/outcomes-window.ts';
import type { Monitor } from '../monitor/schema.ts';
import { dayMs, durationMs, parseInstant, weekMs, type Window } from '../window.ts';

/** Never removed. */
export const keepForever = 'keep';

const lengthWords = `write whole days or weeks, for example "180d", or ${keepForever}`;

/** How long something is kept: whole days or weeks, or for ever. */
export const retentionLength = z
  .string({ error: insteadOf(lengthWords) })
  .refine((text) => text === keepForever || dailyDuration.safeParse(text).success, lengthWords)
  .meta({ title: 'retention' });

export const retentionSchema = z.strictObject({
  rows: retentionLength
    .optional()
    .describe(
      'How long to keep predictions, actuals, outcomes and rejected rows, by event time; by default TIDEWATCH_RETENTION_ROWS.',
    ),
  results: retentionLength
    .optional()
    .describe(
      'How long to keep what was computed from them: profiles, summaries, drift runs, evaluations, reports, resolved alerts; by default TIDEWATCH_RETENTION_RESULTS.',
    ),
});

/** Of the installation, where a monitor says nothing. */
export interface RetentionDefaults {
  readonly rows: string;
  readonly results: string;
  /** After how long the hourly profiles of a day go, of which the sum stays; at least as long as its schedules read hours. */
  readonly hourlyProfiles: string;
  /** After how long the sums of the days of a week go, of which the sum stays; longer than that, and than its schedules read days. */
  readonly dailyProfiles: string;
}

/** What reads rows, and how far back. */
export interface Need {
  /** In words. */
  readonly what: string;
  /** Whole days, the actuals horizon and the day of the run included. */
  readonly days: number;
}

/** Far after every reference: how far back rules look does not depend on the day. */
const someMidnight = parseInstant('2100-01-01T00:00:00Z');

/**
 * How many days of rows does a monitor need, so that nothing that its schedules compute misses any? The longest need first. The rows
 * of a fixed reference are none of them: they are kept for as long as it is the reference, however old they become.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling', length: '60d' },
 * });
 * neededRows(monitor)[0]
 * // { what: 'the rolling reference of 60d before a current window of 7d (reference)', days: 75 }
 */
export function neededRows(monitor: Monitor): readonly [Need, ...Need[]] {
  const { reference, current, performance, retraining, report } = monitor;
  const daysOf = (length: number): number =>
    Math.ceil((length + durationMs(performance.actualsHorizon)) / dayMs) + 1;
  const need = (what: string, length: number): Need => ({ what, days: daysOf(length) });
  const longest = performance.windows.toSorted((a, b) => durationMs(b) - durationMs(a))[0]!;
  const needs: [Need, ...Need[]] = [
    need(`the windows of ${longest} (performance.windows)`, durationMs(longest)),
    need(`the current window of ${current} (current)`, durationMs(current)),
    need(`the report of ${report.window} (report.window)`, durationMs(report.window)),
    need('the degradation rules (degradation.rules)', lookBack(monitor)),
    // It is learned once a week.
    need('learning what matters to the model', learnedFromMs + weekMs),
  ];
  const { comparisons } = performance;
  if (comparisons.enabled) {
    const compared = durationMs(comparisons.window);
    needs.push(
      need(
        `comparing ${comparisons.window} with the time before (performance.comparisons.window)`,
        compared + lookBackOf(compared),
      ),
    );
    if (comparisons.weakSlices.enabled)
      needs.push(
        need(
          `looking for weak slices in ${comparisons.weakSlices.window} (performance.comparisons.weakSlices.window)`,
          durationMs(comparisons.weakSlices.window),
        ),
      );
  }
  if (reference.kind === 'rolling')
    needs.push(
      need(
        `the rolling reference of ${reference.length} before a current window of ${current} (reference)`,
        durationMs(reference.length) + durationMs(current),
      ),
    );
  if (reference.kind === 'seasonal')
    needs.push(
      need(
        // Its grid is frozen anew once as many weeks have gone by.
        `the seasonal reference of ${reference.weeks} weeks, whose grid is up to twice as old, before a current window of ${current} (reference)`,
        2 * reference.weeks * weekMs + durationMs(current),
      ),
    );
  if (retraining !== undefined) {
    const { trainingWindow, holdout } = retraining;
    const length = trainingLength(trainingWindow);
    if (length !== undefined)
      needs.push(
        need(
          `training on ${length} with a holdout of ${holdout} (retraining)`,
          durationMs(length) + durationMs(holdout),
        ),
      );
  }
  needs.sort((a, b) => b.days - a.days);
  return needs;
}

function trainingLength(settings: NonNullable<Monitor['retraining']>['trainingWindow']): string | undefined {
  switch (settings.kind) {
    case 'trailing':
      return settings.length;
    case 'since-change':
      return settings.atMost;
    case 'expanding':
      return undefined;
  }
}

/** How far the rules look back, a fixed reference left out. */
function lookBack(monitor: Monitor): number {
  const span = referenceSpan(monitor.reference);
  const fixed = span !== undefined && 'start' in span ? span : undefined;
  const isOfReference = ({ start, end }: Window): boolean =>
    fixed !== undefined && start >= fixed.start && end <= fixed.end;
  const windows = neededWindows(rulesOf(monitor), someMidnight, span).filter(
    (window) => !isOfReference(window),
  );
  return someMidnight - Math.min(someMidnight, ...windows.map(({ start }) => start));
}

/**
 * Why is the retention of a monitor too short, if it is? With the path of what is too short, and what to write.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling', length: '60d' },
 * });
 * retentionProblems({ ...monitor, retention: { rows: '30d' } }).map(({ path }) => path) // [['rows']]
 */
export function retentionProblems(monitor: Monitor): { readonly path: string[]; readonly message: string }[] {
  const { rows, results } = monitor.retention ?? {};
  const problems = [];
  const [longest] = neededRows(monitor);
  const kept = daysOf(rows);
  const unbounded = trainsOnAll(monitor);
  if (kept !== undefined && unbounded !== undefined)
    problems.push({
      path: ['rows'],
      message: `${unbounded} needs all rows since then; write keep, or train on a trailing window`,
    });
  if (kept !== undefined && kept < longest.days)
    problems.push({ path: ['rows'], message: tooShort(longest) });
  const keptResults = daysOf(results);
  if (keptResults === undefined) return problems;
  const atLeast = Math.max(longest.days, kept ?? 0);
  if (rows === keepForever)
    problems.push({
      path: ['results'],
      message: 'rows are kept for ever, and results are kept at least as long as rows; write keep',
    });
  else if (keptResults < atLeast)
    problems.push({
      path: ['results'],
      message:
        atLeast === longest.days
          ? tooShort(longest)
          : `is too short: rows are kept for ${atLeast} days, and what was computed of them at least as long; write "${atLeast}d" or more`,
    });
  return problems;
}

function tooShort({ what, days }: Need): string {
  return `is too short: with the time that actuals may take (performance.actualsHorizon), ${what} needs ${days} days; write "${days}d" or more`;
}

function trainsOnAll({ retraining }: Monitor): string | undefined {
  const settings = retraining?.trainingWindow;
  return settings?.kind === 'expanding' && settings.from !== undefined
    ? `training on everything since ${settings.from} (retraining.trainingWindow)`
    : undefined;
}

function daysOf(length: string | undefined): number | undefined {
  return length === undefined || length === keepForever ? undefined : durationMs(length) / dayMs;
}

/** How long the rows and the results of a model are kept, in milliseconds; undefined: for ever. */
export interface Retention {
  readonly rows: number | undefined;
  readonly results: number | undefined;
}

/**
 * How long is what kept of a model? As its monitor says, or else the installation, whose default never counts for less than the model
 * needs; results at least as long as rows.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling', length: '60d' },
 * });
 * retentionOf(monitor, { rows: '10d', results: 'keep' }) // { rows: 75 * dayMs, results: undefined }
 */
export function retentionOf(
  monitor: Monitor,
  defaults: Pick<RetentionDefaults, 'rows' | 'results'>,
): Retention {
  const least = neededRows(monitor)[0].days;
  const resolve = (own: string | undefined, byDefault: string): number | undefined => {
    const days = daysOf(own ?? byDefault);
    return days === undefined ? undefined : Math.max(days, least) * dayMs;
  };
  const rows =
    trainsOnAll(monitor) === undefined ? resolve(monitor.retention?.rows, defaults.rows) : undefined;
  const results = resolve(monitor.retention?.results, defaults.results);
  return {
    rows,
    // Results of rows that are there would be made again, and removed again.
    results: results === undefined || rows === undefined ? undefined : Math.max(results, rows),
  };
}
