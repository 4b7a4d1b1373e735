/** Of which predictions the actual is known, by day. */

import type { Queryable } from '../../../sql/database.ts';

export interface CoverageDay {
  /** Epoch milliseconds of its UTC midnight. */
  readonly start: number;
  readonly predictions: number;
  readonly outcomes: number;
}

/** Longer than this, bars are hairs. */
const mostDays = 90;

/** The days up to the newest that has predictions, in the order of time. */
export function loadCoverage(connection: Queryable, model: string, days: number): Promise<CoverageDay[]> {
  return connection.query<CoverageDay & Record<string, unknown>>(
    `select date_trunc('day', hour) as start, sum(prediction_count) as predictions, sum(outcome_count) as outcomes
     from outcome_summaries
     where model = $1 and segment = '' and hour > (
       select max(hour) - make_interval(days => $2) from outcome_summaries where model = $1)
     group by 1 order by 1`,
    [model, Math.min(days, mostDays)],
  );
}

/** A day and its share of known actuals, 0 to 1; undefined where nothing was predicted. */
export function coverageOf({ predictions, outcomes }: CoverageDay): number | undefined {
  return predictions === 0 ? undefined : Math.min(1, outcomes / predictions);
}
