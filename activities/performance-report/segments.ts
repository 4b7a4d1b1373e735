/** The segments of the monitor, the worst first. */

import type {
  ReportedSegment,
  Section,
  Segments,
  Measured,
} from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { betterBy, type MetricName } from '../../core/performance/metrics.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { numbersOfHours, readEvaluations, type WindowNumbers } from './evaluations.ts';
import { wholeModel } from '../profiles/columns.ts';
import { readServedHours } from '../performance/served-hours.ts';
import { readSegmentRanks } from './comparisons.ts';

export interface SegmentsRequest {
  readonly monitor: Monitor;
  readonly window: Window;
  readonly version: string | undefined;
  readonly metric: MetricName;
  readonly whole: Measured;
}

/** Those that are stored for the window; else computed from the hours of each. */
export async function loadSegments(
  connection: Queryable,
  { monitor, window, version, metric, whole }: SegmentsRequest,
): Promise<Section<Segments>> {
  const { model } = monitor;
  const stored = (await readEvaluations(connection, model, [window])).filter(
    (evaluation) => evaluation.segment !== '' && evaluation.version === version,
  );
  const numbers: ReadonlyMap<string, WindowNumbers> =
    stored.length > 0
      ? new Map(stored.map((evaluation) => [evaluation.segment, evaluation]))
      : await computedSegments(connection, monitor, window, version);
  if (numbers.size === 0) {
    return { absent: 'The monitor names no segments or horizons, or none has predictions in the window.' };
  }
  const segments = [...numbers].map(([name, found]): ReportedSegment => ({
    name,
    outcomes: found.outcomes,
    value:
      found.tooFew === undefined
        ? (found.metrics[metric] ?? { notComputable: 'not computed' })
        : { notComputable: found.tooFew },
  }));
  const ranks = await readSegmentRanks(connection, model, window, version);
  const rankOf = ({ name }: ReportedSegment): number => ranks.get(name) ?? Infinity;
  // A few unlucky rows do not lead where it is known how certain each is.
  const inOrder = segments
    .toSorted((a, b) => worseFirst(metric, a, b))
    .toSorted((a, b) => (ranks.size === 0 ? 0 : rankOf(a) - rankOf(b) || 0));
  return { metric, whole, segments: inOrder };
}

async function computedSegments(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
  version: string | undefined,
): Promise<ReadonlyMap<string, WindowNumbers>> {
  const hours = (await readServedHours(connection, monitor.model, [window], 'all segments')).filter(
    (hour) => hour.version === version && hour.segment !== wholeModel,
  );
  const names = [...new Set(hours.map(({ segment }) => segment))];
  return new Map(
    names.map((name) => [
      name,
      numbersOfHours(
        monitor,
        hours.filter(({ segment }) => segment === name),
      ),
    ]),
  );
}

/** What has no number comes last, in the order of names. */
function worseFirst(metric: MetricName, a: ReportedSegment, b: ReportedSegment): number {
  if ('value' in a.value && 'value' in b.value) {
    return betterBy(metric, a.value.value, b.value.value) ?? 0;
  }
  return Number('value' in b.value) - Number('value' in a.value) || (a.name < b.name ? -1 : 1);
}
