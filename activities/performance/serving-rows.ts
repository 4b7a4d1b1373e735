/** Reads the serving predictions and outcomes of hours, with the segments that they belong to. */

import { leadRanges } from '../../core/performance/settings.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { floorToHour, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { segmentsOfValue, wholeModel } from '../profiles/columns.ts';
import type { OutcomeRow } from './outcome-rows.ts';
import { outcomeColumns } from './outcome-rows.ts';

interface Placed extends Record<string, unknown> {
  /** The values of the monitor's segment features; null where it has neither these nor horizons. */
  readonly levels: readonly unknown[] | null;
  /** The horizons that the row belongs to, by the position in the monitor's list, from 1 on. */
  readonly horizons: readonly number[] | null;
}

export interface ServingCount {
  readonly hour: number;
  readonly version: string;
  readonly segment: string;
  readonly rows: number;
}

/** How many serving predictions each hour of a window has, by version and segment. */
export async function countPredictions(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
): Promise<ServingCount[]> {
  const { columns, parameters, segmentsOf } = placement(monitor);
  const rows = await connection.query<Placed & { hour: number; version: string; rows: number }>(
    `select date_trunc('hour', event_time) as hour, version, ${columns}, count(*) as rows
     from predictions prediction
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
     group by 1, 2, 3, 4`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end), ...parameters],
  );
  return rows.flatMap((row) => segmentsOf(row).map((segment) => ({ ...row, segment })));
}

/** Rows that are held at once. */
const rowsPerChunk = 10_000;

/** Serving outcomes of one hour, by segment. */
export interface OutcomeChunk {
  readonly hour: number;
  readonly rows: readonly { readonly row: OutcomeRow; readonly segments: readonly string[] }[];
}

/**
 * The serving outcomes of a window, hour by hour, at most 10,000 at a time, however many an hour has. In an order that
 * depends on their content only, so that sums round alike whatever the order of arrival.
 */
export async function* readOutcomes(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
): AsyncGenerator<OutcomeChunk> {
  const { isSegmented, columns, parameters, segmentsOf } = placement(monitor);
  // Wide rows are read only for the sake of segments; those whose retention has ended belong to no segment.
  const source = isSegmented
    ? `outcomes outcome left join predictions prediction
         on prediction.model = $1 and prediction.event_time >= $2 and prediction.event_time < $3
         and prediction.event_time = outcome.event_time and prediction.prediction_id = outcome.prediction_id`
    : 'outcomes outcome';
  // Before the first analyze of freshly loaded partitions the planner expects few rows and takes a nested loop.
  if (isSegmented) await connection.execute('set local enable_nestloop = off');
  await connection.execute(
    `declare serving_outcomes no scroll cursor for
     select ${outcomeColumns}, ${columns}
     from ${source}
     where outcome.model = $1 and outcome.event_time >= $2 and outcome.event_time < $3 and outcome.role = 'serving'
     order by outcome.event_time, outcome.version, outcome.prediction, outcome.actual, outcome.predicted_class,
       outcome.actual_class, outcome.interval_low, outcome.interval_high, outcome.probabilities`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end), ...parameters],
  );
  let chunk: { hour: number; rows: OutcomeChunk['rows'][number][] } | undefined;
  for (;;) {
    const fetched = await connection.query<OutcomeRow & Placed>(
      `fetch forward ${rowsPerChunk} from serving_outcomes`,
    );
    for (const row of fetched) {
      const hour = floorToHour(row.event_time);
      if (chunk === undefined || chunk.hour !== hour || chunk.rows.length === rowsPerChunk) {
        if (chunk !== undefined) yield chunk;
        chunk = { hour, rows: [] };
      }
      chunk.rows.push({ row, segments: segmentsOf(row) });
    }
    if (fetched.length < rowsPerChunk) break;
  }
  if (chunk !== undefined) yield chunk;
  await connection.execute('close serving_outcomes');
}

interface Placement {
  readonly isSegmented: boolean;
  /** The expressions behind `Placed`, of a table `prediction`, and their parameters from $4 on. */
  readonly columns: string;
  readonly parameters: readonly unknown[];
  readonly segmentsOf: (row: Placed) => readonly string[];
}

const unsegmented: Placement = {
  isSegmented: false,
  columns: 'null::jsonb as levels, null::integer[] as horizons',
  parameters: [],
  segmentsOf: () => [wholeModel],
};

function placement({ segments, performance }: Monitor): Placement {
  const ranges = leadRanges(performance.horizons);
  if (segments.length === 0 && ranges.length === 0) return unsegmented;
  const levels = segments.map((_, index) => `prediction.features -> $${4 + index}::text`);
  const from = 4 + segments.length;
  const lead = 'extract(epoch from prediction.event_time - prediction.issued_at) * 1000';
  return {
    isSegmented: true,
    columns: `jsonb_build_array(${levels.join(', ')}) as levels,
      array(
        select position::integer
        from unnest($${from}::float8[], $${from + 1}::float8[]) with ordinality as horizon (low, high, position)
        where ${lead} >= low and ${lead} < high
        order by position
      ) as horizons`,
    parameters: [...segments, ranges.map((range) => range.from), ranges.map((range) => range.to)],
    segmentsOf: (row) => [
      wholeModel,
      ...segments.flatMap((feature, index) => segmentsOfValue(feature, row.levels?.[index])),
      ...(row.horizons ?? []).map((position) => ranges[position - 1]!.segment),
    ],
  };
}
