/** Reads the serving predictions and outcomes of hours, with the segments that they belong to. */

import { leadRanges } from '../../core/performance/settings.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import { floorToHour, type Window } from '../../core/window.ts';
import { emptyVectors, readVectors } from '../../sql/binary-rows.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { textSql } from '../../sql/table-types.ts';
import { segmentsOfValue, wholeModel } from '../profiles/columns.ts';
import { outcomeVectors } from './outcome-rows.ts';

interface Placed {
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

type ServingHour = Omit<ServingCount, 'segment'> & Record<string, unknown>;

/** How many serving predictions each hour of a window has, by version and segment. */
export async function countPredictions(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
): Promise<ServingCount[]> {
  const { levels, horizons, segmentsOf } = placement(monitor);
  const rows = await connection.query<Placed & ServingHour>(
    `select date_trunc('hour', event_time) as hour, version, ${levels} as levels, ${horizons} as horizons, count(*) as rows
     from predictions prediction
     where model = $1 and event_time >= $2 and event_time < $3 and role = 'serving'
     group by 1, 2, 3, 4`,
    [monitor.model, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return rows.flatMap((row) => segmentsOf(row).map((segment) => ({ ...row, segment })));
}

/** Rows that are held at once. */
const rowsPerChunk = 10_000;

/** Serving outcomes of one hour; valid until the next ones come. */
export interface OutcomeChunk {
  readonly hour: number;
  readonly rows: number;
  readonly versionOf: (row: number) => string;
  readonly segmentsOf: (row: number) => readonly string[];
  /** What adds up about the rows at these places. */
  readonly summarize: (places: readonly number[]) => OutcomeSummary;
}

/**
 * Gives the serving outcomes of a window to `take`, hour by hour, at most 10,000 at a time, however many an hour has. In an order that
 * depends on their content only, so that sums round alike whatever the order of arrival.
 *
 * @param connection of a transaction
 */
export async function readOutcomes(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
  take: (chunk: OutcomeChunk) => void,
): Promise<void> {
  const { isSegmented, levels, horizons, segmentsOf } = placement(monitor);
  const within = (table: string): string =>
    `${table}.model = ${textSql(monitor.model)} and ${table}.event_time >= ${textSql(toTimestamp(window.start))}
       and ${table}.event_time < ${textSql(toTimestamp(window.end))}`;
  // Wide rows are read only for the sake of segments; those whose retention has ended belong to no segment.
  const source = isSegmented
    ? `outcomes outcome left join predictions prediction
         on ${within('prediction')} and prediction.event_time = outcome.event_time
         and prediction.prediction_id = outcome.prediction_id`
    : 'outcomes outcome';
  // Before the first analyze of freshly loaded partitions the planner expects few rows and takes a nested loop.
  if (isSegmented) await connection.execute('set local enable_nestloop = off');
  const { columns, summarize } = outcomeVectors(monitor);
  const placing = isSegmented ? [`(${levels})::text`, `to_jsonb(${horizons})::text`] : [];
  const read = [
    ['outcome.event_time', 'instant'],
    ['outcome.version', 'text'],
    ...columns,
    ...placing.map((sql) => [sql, 'text'] as const),
  ] as const;
  const types = read.map(([, type]) => type);
  const held = emptyVectors(types, rowsPerChunk);
  const [times, versions, ...others] = held;
  const [levelsAt, horizonsAt] = others.slice(columns.length);
  let [hour, rows] = [Number.NaN, 0];
  const flush = (): void => {
    if (rows > 0)
      take({
        hour,
        rows,
        versionOf: (row) => String(versions![row]),
        segmentsOf: (row) =>
          segmentsOf({ levels: arrayOf(levelsAt?.[row]), horizons: arrayOf(horizonsAt?.[row]) }),
        summarize: (places) => summarize(times as Float64Array, others, places),
      });
    rows = 0;
  };
  await readVectors(
    connection,
    `select ${read.map(([sql]) => sql).join(', ')}
     from ${source}
     where ${within('outcome')} and outcome.role = 'serving'
     order by outcome.event_time, outcome.version, outcome.prediction, outcome.actual, outcome.predicted_class,
       outcome.actual_class, outcome.interval_low, outcome.interval_high, outcome.probabilities`,
    types,
    (batch) => {
      for (let row = 0; row < batch.rows; row += 1) {
        const ofRow = floorToHour(Number(batch.columns[0]![row]));
        if (ofRow !== hour || rows === rowsPerChunk) flush();
        hour = ofRow;
        for (const [index, vector] of batch.columns.entries()) held[index]![rows] = vector[row]!;
        rows += 1;
      }
    },
  );
  flush();
}

function arrayOf(text: unknown): [] | null {
  return typeof text === 'string' ? (JSON.parse(text) as []) : null;
}

interface Placement {
  readonly isSegmented: boolean;
  /** The expressions behind `Placed`, of a table `prediction`. */
  readonly levels: string;
  readonly horizons: string;
  readonly segmentsOf: (row: Placed) => readonly string[];
}

const ofWholeModel = [wholeModel];
const unsegmented: Placement = {
  isSegmented: false,
  levels: 'null::jsonb',
  horizons: 'null::integer[]',
  segmentsOf: () => ofWholeModel,
};

function placement({ segments, performance }: Monitor): Placement {
  const ranges = leadRanges(performance.horizons);
  if (segments.length === 0 && ranges.length === 0) return unsegmented;
  const levels = segments.map((name) => `prediction.features -> ${textSql(name)}`);
  const numbers = (of: readonly number[]): string => `'{${of.join(',')}}'::float8[]`;
  const lead = 'extract(epoch from prediction.event_time - prediction.issued_at) * 1000';
  return {
    isSegmented: true,
    levels: `jsonb_build_array(${levels.join(', ')})`,
    horizons: `array(
      select position::integer
      from unnest(${numbers(ranges.map(({ from }) => from))}, ${numbers(ranges.map(({ to }) => to))})
        with ordinality as horizon (low, high, position)
      where ${lead} >= low and ${lead} < high
      order by position
    )`,
    segmentsOf: (row) => [
      wholeModel,
      ...segments.flatMap((feature, index) => segmentsOfValue(feature, row.levels?.[index])),
      ...(row.horizons ?? []).map((position) => ranges[position - 1]!.segment),
    ],
  };
}
