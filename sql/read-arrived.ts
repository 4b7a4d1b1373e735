/** What has arrived of a model, whether or not anything was computed of it yet. */

import type { Arrived } from '../core/process/next-steps.ts';
import type { Queryable } from './database.ts';

export interface ArrivedRows extends Arrived {
  /** Of the newest serving prediction; null: there is none. */
  readonly servedBy: string | null;
}

/** Reads the newest row of an index: a millisecond, however many there are. */
export async function readArrived(connection: Queryable, model: string): Promise<ArrivedRows> {
  const [row] = await connection.query<Omit<ArrivedRows, 'model'> & Record<string, unknown>>(
    `select newest.event_time as "predictedAt", newest.version as "servedBy",
       exists (select from actuals where model = $1) as "hasActuals",
       exists (select from monitors where model = $1 and configuration ? 'source') as "hasSource"
     from (select) one
     left join lateral (
       select event_time, version from predictions where model = $1 and role = 'serving'
       order by event_time desc, prediction_id desc limit 1
     ) newest on true`,
    [model],
  );
  return { model, ...row! };
}
