/** The retraining that a command names. */

import { TidewatchError } from '../../core/errors.ts';
import type { Queryable } from '../../sql/database.ts';
import { findShownRetraining, type ShownRetraining } from '../../sql/read-retrainings.ts';

/**
 * One retraining of a model, by default the one under way, or else the newest.
 *
 * @throws TidewatchError `UNKNOWN_RETRAINING`
 */
export async function requireRetraining(
  connection: Queryable,
  model: string,
  retrainingId?: string,
): Promise<ShownRetraining> {
  const found = await findShownRetraining(connection, model, retrainingId);
  if (found === undefined)
    throw new TidewatchError('UNKNOWN_RETRAINING', { model, retrainingId: retrainingId ?? 'at all' });
  return found;
}
