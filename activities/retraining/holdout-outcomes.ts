/** What challenger and champion made of the same held-out rows, and what else tells whether the challenger is sane. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { blockLengthOf, blockMs } from '../../core/comparison/blocks.ts';
import type { SummaryBlock } from '../../core/performance/intervals/metric-intervals.ts';
import type { PairedBlock } from '../../core/retraining/improvement.ts';
import { extendedRange, type ChallengerFacts } from '../../core/retraining/sanity.ts';
import type { Window } from '../../core/window.ts';
import { floorToHour } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { outcomeColumns, summarizeRows, type OutcomeRow } from '../performance/outcome-rows.ts';
import { segmentsOf } from '../profiles/columns.ts';

/** The two versions of a retraining, and its windows. */
export interface Contest {
  readonly monitor: Monitor;
  readonly challenger: string;
  readonly champion: string;
  readonly training: Window;
  readonly holdout: Window;
}

export interface HoldoutOutcomes {
  /** By segment, '' for all rows; in the order of time. */
  readonly blocks: ReadonlyMap<string, readonly PairedBlock[]>;
  /** Of the challenger alone, in the order of time. */
  readonly challengerHours: readonly SummaryBlock[];
  readonly facts: Omit<ChallengerFacts, 'features'>;
}

interface PairedRow extends OutcomeRow {
  readonly features: Readonly<Record<string, unknown>>;
}

/**
 * Reads a block of time after the other, so that a large holdout needs the memory of one: an hour, or a day of a holdout of a
 * week or more. Rows are paired by entity and event time; of several forecasts of one the newest counts.
 */
export async function readHoldout(connection: Queryable, contest: Contest): Promise<HoldoutOutcomes> {
  const { monitor, holdout } = contest;
  const range = await readRange(connection, contest);
  const count = countPredictions(monitor, range);
  const blocks = new Map<string, PairedBlock[]>([['', []]]);
  const challengerHours: SummaryBlock[] = [];
  const lengthMs = blockMs(blockLengthOf(holdout));
  for (let start = holdout.start; start < holdout.end; start += lengthMs) {
    const block = { start, end: Math.min(start + lengthMs, holdout.end) };
    const { championRows, pairs } = await readPairs(connection, contest, block);
    count.add(championRows, pairs);
    challengerHours.push(...byHour(monitor, pairs));
    for (const [segment, rows] of bySegment(monitor, pairs)) {
      const summaries = {
        challenger: summarizeRows(
          monitor,
          rows.map(({ challenger }) => challenger),
        ),
        champion: summarizeRows(
          monitor,
          rows.map(({ champion }) => champion),
        ),
      };
      blocks.set(segment, [...(blocks.get(segment) ?? []), summaries]);
    }
  }
  const rejectedRows = await countRejected(connection, contest);
  return { blocks, challengerHours, facts: { ...count.facts(), rejectedRows } };
}

interface Pair {
  readonly challenger: PairedRow;
  readonly champion: PairedRow;
}

async function readPairs(
  connection: Queryable,
  { monitor, challenger, champion }: Contest,
  { start, end }: Window,
): Promise<{ championRows: number; pairs: Pair[] }> {
  const rows = await connection.query<PairedRow & { entity: string }>(
    `select distinct on (version, event_time, entity) entity, features, ${outcomeColumns}
     from outcomes outcome
     join predictions prediction using (model, event_time, prediction_id, version)
     where model = $1 and event_time >= $2 and event_time < $3 and version in ($4, $5)
     order by version, event_time, entity, issued_at desc`,
    [monitor.model, toTimestamp(start), toTimestamp(end), champion, challenger],
  );
  const keyOf = (row: { event_time: number; entity: string }): string => `${row.event_time}/${row.entity}`;
  const challengers = new Map(
    rows.filter(({ version }) => version === challenger).map((row) => [keyOf(row), row]),
  );
  const champions = rows.filter(({ version }) => version === champion);
  return {
    championRows: champions.length,
    pairs: champions.flatMap((row) => {
      const other = challengers.get(keyOf(row));
      return other === undefined ? [] : [{ champion: row, challenger: other }];
    }),
  };
}

function byHour(monitor: Monitor, pairs: readonly Pair[]): SummaryBlock[] {
  const hours = new Map<number, OutcomeRow[]>();
  for (const { challenger } of pairs) {
    const hour = floorToHour(challenger.event_time);
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [challenger]);
    else known.push(challenger);
  }
  return [...hours].map(([start, rows]) => ({ start, summary: summarizeRows(monitor, rows) }));
}

/** Segments are told by the features that the champion was asked with. */
function bySegment({ segments }: Monitor, pairs: readonly Pair[]): Map<string, Pair[]> {
  const groups = new Map<string, Pair[]>([['', []]]);
  for (const pair of pairs) {
    for (const segment of segmentsOf(segments, pair.champion)) {
      const known = groups.get(segment);
      if (known === undefined) groups.set(segment, [pair]);
      else known.push(pair);
    }
  }
  return groups;
}

type Range = { readonly low: number; readonly high: number } | undefined;

function countPredictions(
  { task, classes = [] }: Monitor,
  range: Range,
): {
  add: (championRows: number, pairs: readonly Pair[]) => void;
  facts: () => Omit<ChallengerFacts, 'features' | 'rejectedRows'>;
} {
  let [holdoutRows, predictedRows, rowsBeyond, unusableProbabilities] = [0, 0, 0, 0];
  const [predictions, actuals, unknownClasses] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const limits = range && extendedRange(range);
  return {
    add: (championRows, pairs) => {
      holdoutRows += championRows;
      predictedRows += pairs.length;
      for (const { challenger, champion } of pairs) {
        // Two of each tell whether all are the same.
        if (predictions.size < 2)
          predictions.add(
            JSON.stringify([challenger.prediction, challenger.predicted_class, challenger.probabilities]),
          );
        if (actuals.size < 2) actuals.add(JSON.stringify([challenger.actual, challenger.actual_class]));
        const { prediction, predicted_class: predicted } = challenger;
        if (prediction !== null && limits && (prediction < limits.low || prediction > limits.high))
          rowsBeyond += 1;
        if (predicted !== null && !classes.includes(predicted)) unknownClasses.add(predicted);
        if (champion.probabilities !== null && challenger.probabilities === null) unusableProbabilities += 1;
      }
    },
    facts: () => ({
      holdoutRows,
      predictedRows,
      distinctPredictions: predictions.size,
      distinctActuals: actuals.size,
      ...(range && { range: { ...range, rowsBeyond } }),
      ...(task === 'classification' && { unknownClasses: [...unknownClasses].sort(), unusableProbabilities }),
    }),
  };
}

/** The lowest and highest actual of the references, the training window and the holdout. */
async function readRange(connection: Queryable, { monitor, training, holdout }: Contest): Promise<Range> {
  if (monitor.task !== 'regression') return undefined;
  const [row] = await connection.query<{ low: number | null; high: number | null }>(
    `with known as (
       select window_start as first, window_end as last from model_references where model = $1 and window_start is not null
       union all
       select first, last from (values ($2::timestamptz, $3::timestamptz), ($4, $5)) as asked (first, last)
     )
     select min(value) as low, max(value) as high
     from known
     join actuals on model = $1 and event_time >= first and event_time < last`,
    [
      monitor.model,
      ...[training.start, training.end, holdout.start, holdout.end].map((instant) => toTimestamp(instant)),
    ],
  );
  const { low = null, high = null } = row ?? {};
  return low === null || high === null ? undefined : { low, high };
}

async function countRejected(connection: Queryable, { monitor, challenger }: Contest): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    `select count(*) as count from rejected_rows
     where model = $1 and stream = 'predictions' and content ->> 'version' = $2`,
    [monitor.model, challenger],
  );
  return row?.count ?? 0;
}
