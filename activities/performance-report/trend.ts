/** How the main metric has moved: one trailing window a day, and each day for itself. */

import type {
  Section,
  Trend,
  TrendMark,
  TrendPoint,
} from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { countText, type MetricName } from '../../core/performance/metrics.ts';
import {
  dayMs,
  durationMs,
  floorToDay,
  formatInstant,
  weekMs,
  windowKey,
  type Window,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { hoursWithin, type ServedHour } from '../performance/served-hours.ts';
import { numbersOfHours, readEvaluations, type StoredEvaluation, type WindowNumbers } from './evaluations.ts';
import { lastVersion } from './hours.ts';
import { limitsOf } from './metrics.ts';

/** What a chart shows before the window, to compare it with. */
const leastSpanMs = 8 * weekMs;
/** A longer span has a point every other day, and so on. */
const mostPoints = 120;

/** From when to when the charts go; full days. */
export function chartSpan({ start, end }: Window): Window {
  const last = floorToDay(end);
  return { start: Math.min(floorToDay(start), last - leastSpanMs), end: last };
}

/** @example trendLengthText(week) // '7 days' */
export function trendLengthText(window: Window): string {
  return countText(trendLength(window) / dayMs, 'day');
}

export interface TrendRequest {
  readonly monitor: Monitor;
  readonly window: Window;
  readonly metric: MetricName;
  readonly asOf: number;
  /** Of all rows: the span, and one window before it. */
  readonly hours: readonly ServedHour[];
  readonly reference: number | undefined;
}

/** A trailing window is as long as that of the report, at least a day and at most a week. */
export function trendLength({ start, end }: Window): number {
  return Math.min(weekMs, Math.max(dayMs, Math.floor((end - start) / dayMs) * dayMs));
}

export async function loadTrend(connection: Queryable, request: TrendRequest): Promise<Section<Trend>> {
  const { monitor, window, metric, hours, reference } = request;
  const span = chartSpan(window);
  const length = trendLength(window);
  const ends = endsOf(span);
  const stored = storedBy(
    await readEvaluations(
      connection,
      monitor.model,
      ends.flatMap((end) => [
        { start: end - length, end },
        { start: end - dayMs, end },
      ]),
    ),
  );
  const numbers = (within: Window): (WindowNumbers & { readonly version: string }) | undefined => {
    const served = hoursWithin(hours, within);
    const version = lastVersion(served);
    if (version === undefined) return undefined;
    const found = stored.get(keyOf(within, version));
    return {
      ...(found ??
        numbersOfHours(
          monitor,
          served.filter((hour) => hour.version === version),
        )),
      version,
    };
  };
  const points = ends.flatMap((end): TrendPoint[] => {
    const found = numbers({ start: end - length, end });
    if (found === undefined) return [];
    const measured = found.tooFew === undefined ? found.metrics[metric] : undefined;
    return [
      {
        windowEnd: formatInstant(end),
        version: found.version,
        state: found.evaluation?.state ?? stateAt(request, end),
        ...(measured !== undefined && 'value' in measured && { value: measured.value }),
        ...(measured !== undefined &&
          'value' in measured &&
          measured.interval !== undefined && { interval: measured.interval }),
      },
    ];
  });
  if (points.filter(({ value }) => value !== undefined).length < 2) {
    return {
      absent: `There are no two days in the ${countText(Math.round((span.end - span.start) / weekMs), 'week')} up to the window of which the metric is known.`,
    };
  }
  return {
    length: trendLengthText(window),
    points,
    days:
      length === dayMs
        ? []
        : ends.flatMap((end) => dayValue(numbers({ start: end - dayMs, end }), metric, end)),
    limits: limitsOf(monitor, metric) ?? {},
    ...(reference !== undefined && { reference }),
    marks: await readMarks(connection, monitor.model, span),
  };
}

function endsOf({ start, end }: Window): readonly number[] {
  const days = (end - start) / dayMs;
  const step = Math.ceil(days / mostPoints) * dayMs;
  const count = Math.floor((days * dayMs) / step);
  return Array.from({ length: count }, (_, i) => end - (count - 1 - i) * step);
}

function storedBy(evaluations: readonly StoredEvaluation[]): ReadonlyMap<string, StoredEvaluation> {
  return new Map(
    evaluations
      .filter(({ segment }) => segment === '')
      .map((evaluation) => [keyOf(evaluation.window, evaluation.version), evaluation]),
  );
}

function keyOf(window: Window, version: string): string {
  return `${windowKey(window)}/${version}`;
}

/** What the state of an evaluation would be. */
function stateAt({ monitor, asOf }: TrendRequest, end: number): TrendPoint['state'] {
  return end <= asOf - durationMs(monitor.performance.actualsHorizon) ? 'final' : 'provisional';
}

function dayValue(
  found: WindowNumbers | undefined,
  metric: MetricName,
  end: number,
): readonly { readonly windowEnd: string; readonly value: number }[] {
  const measured = found?.metrics[metric];
  if (measured === undefined || !('value' in measured)) return [];
  return [{ windowEnd: formatInstant(end), value: measured.value }];
}

/** Promotions, and retrainings that brought none. */
async function readMarks(
  connection: Queryable,
  model: string,
  { start, end }: Window,
): Promise<readonly TrendMark[]> {
  const rows = await connection.query<{ at: number; kind: TrendMark['kind']; label: string }>(
    `select promoted_at as at, 'promotion' as kind, version as label
     from model_versions where model = $1 and promoted_at > $2 and promoted_at <= $3
     union all
     select as_of, 'retraining', state
     from retraining_runs where model = $1 and as_of > $2 and as_of <= $3
       and (promoted_as_of is null or state = 'rolled-back')
     order by at, kind, label`,
    [model, toTimestamp(start), toTimestamp(end + dayMs)],
  );
  return rows.map(({ at, ...mark }) => ({ at: formatInstant(at), ...mark }));
}
