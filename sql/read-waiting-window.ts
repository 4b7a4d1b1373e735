/** The newest window of a model that waits for its actuals. */

import type { Gate } from '../core/performance/gate.ts';
import type { Level } from '../core/verdict.ts';
import { durationMs, type Window } from '../core/window.ts';
import type { Queryable } from './database.ts';

/** A window that was evaluated, but cannot be judged by. */
export interface WaitingWindow {
  readonly window: Window;
  readonly version: string;
  readonly outcomes: number;
  readonly predictions: number;
  readonly gate: Gate | null;
  readonly reason: string;
}

/** By the version that served most of it. Null where the newest window can be judged by, or there is none. */
export async function findWaitingWindow(
  connection: Queryable,
  model: string,
  over: string,
): Promise<WaitingWindow | null> {
  const [row] = await connection.query<
    Omit<WaitingWindow, 'window'> & Window & { readonly verdict: Level } & Record<string, unknown>
  >(
    `select window_start as start, window_end as "end", version, sample_size as outcomes, prediction_count as predictions, gate,
       reason, verdict
     from performance_evaluations
     where model = $1 and segment = '' and window_end - window_start = make_interval(secs => $2)
     order by window_end desc, prediction_count desc, version, revision desc
     limit 1`,
    [model, durationMs(over) / 1000],
  );
  if (row === undefined || row.verdict !== 'insufficient-data') return null;
  const { start, end, version, outcomes, predictions, gate, reason } = row;
  return { window: { start, end }, version, outcomes, predictions, gate, reason };
}
