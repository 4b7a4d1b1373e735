/** Baselines: what needs no model. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Constant } from './compared-rows.ts';
import { lagDays, type LaggedBaseline } from './compared-rows.ts';

export type Baseline = LaggedBaseline | 'constant';

export const baselines = [...(Object.keys(lagDays) as LaggedBaseline[]), 'constant'] as const;

/** What a baseline predicts, in words. */
export function describeBaseline(baseline: Baseline, { task }: Monitor): string {
  switch (baseline) {
    case 'last-week':
      return 'the actual of a week before';
    case 'seasonal-naive':
      return 'the actual of a day before';
    case 'constant':
      return task === 'regression'
        ? 'the mean actual of the window before'
        : 'the most frequent class of the window before';
  }
}

/** The mean, or the shares of the classes, of the actuals of the window before, of its length; undefined without any. */
export async function readConstant(
  connection: Queryable,
  { model, task, classes = [] }: Monitor,
  { start, end }: Window,
): Promise<Constant | undefined> {
  const key = [model, toTimestamp(start - (end - start)), toTimestamp(start)];
  if (task === 'regression') {
    const [row] = await connection.query<{ mean: number | null }>(
      `select avg(value order by value) as mean
       from actuals
       where model = $1 and event_time >= $2 and event_time < $3 and abs(value) <= 1e145`,
      key,
    );
    const prediction = row?.mean ?? null;
    return prediction === null ? undefined : { prediction, predictedClass: null, chances: null };
  }
  const rows = await connection.query<{ class: string; rows: number }>(
    `select class, count(*) as rows
     from actuals
     where model = $1 and event_time >= $2 and event_time < $3 and class = any($4)
     group by class
     order by rows desc, class`,
    [...key, classes],
  );
  const all = rows.reduce((sum, row) => sum + row.rows, 0);
  const [first] = rows;
  if (first === undefined) return undefined;
  const chances = classes.map((label) => (rows.find((row) => row.class === label)?.rows ?? 0) / all);
  return { prediction: null, predictedClass: first.class, chances };
}
