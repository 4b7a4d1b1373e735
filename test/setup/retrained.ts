/** Days on which two versions of the synthetic model predict side by side. */

import { advanceWatermark } from '../../activities/processes/watermarks.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { Database } from '../../sql/database.ts';
import { activitiesOn } from './activities.ts';
import { actualsOf, at, day, predictionsOf } from './synthetic.ts';

export interface BothPredict {
  /** Full days: from day `from` up to, not including, day `to`. */
  readonly from: number;
  readonly to: number;
  /** |prediction - actual| of version 1 and of version 2; undefined: it does not predict. */
  readonly errors: { readonly 1?: number; readonly 2?: number };
  readonly serving?: '1' | '2';
}

/** Both versions predict, the actuals arrive, and the degradation check of the morning after has spoken. */
export async function daysPass(
  database: Database,
  model: string,
  { from, to, errors, serving = '1' }: BothPredict,
): Promise<void> {
  const client = openClient({ database });
  const actuals = actualsOf({ from, to, error: 5 });
  for (const version of ['1', '2'] as const) {
    const error = errors[version];
    if (error === undefined) continue;
    const role = version === serving ? 'serving' : 'shadow';
    const rows = predictionsOf({ from, to, version, role });
    await client.logPredictions(
      model,
      rows.map((row, i) => ({
        ...row,
        prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? error : -error),
      })),
    );
  }
  await client.recordActuals(model, actuals);
  await activitiesOn(database).attachActuals({ model, asOf: at(to, 3) });
  await reachDay(database, model, to);
}

/** The degradation check has spoken for the morning of a day. */
export function reachDay(database: Database, model: string, n: number): Promise<void> {
  return advanceWatermark(database, {
    model,
    process: 'degradation-check',
    asOf: Date.parse(at(n, 3, 40)),
    windowEnd: day(n),
  });
}

/** Version 2 predicts the holdout with this error, in the shadow. */
export async function predictHoldout(
  database: Database,
  model: string,
  { from, to, error, version = '2' }: { from: number; to: number; error: number; version?: string },
): Promise<void> {
  const actuals = actualsOf({ from, to, error: 5 });
  await openClient({ database }).logPredictions(
    model,
    predictionsOf({ from, to, version, role: 'shadow' }).map((row, i) => ({
      ...row,
      prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? error : -error),
    })),
  );
}
