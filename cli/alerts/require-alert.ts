/** The alert that a command names. */

import type { StoredAlert } from '../../core/alert/stored-alert.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Queryable } from '../../sql/database.ts';
import { findAlert, modelOfKey } from '../../sql/read-alerts.ts';
import { nearest } from '../nearest.ts';

/** Among more of them the one that was meant is not looked for. */
const mostKeys = 10_000;

/**
 * The newest episode of an alert.
 *
 * @throws TidewatchError `UNKNOWN_ALERT` that names the nearest one there is
 */
export async function requireAlert(connection: Queryable, alertKey: string): Promise<StoredAlert> {
  const alert = await findAlert(connection, { model: modelOfKey(alertKey), alertKey });
  if (alert !== undefined) return alert;
  const known = await connection.query<{ key: string }>(
    'select alert_key as key from alerts group by alert_key order by max(state_since) desc limit $1',
    [mostKeys],
  );
  const near = nearest(
    alertKey,
    known.map(({ key }) => key),
  );
  const hint = near === undefined ? '' : `Did you mean "${near}"? `;
  throw new TidewatchError('UNKNOWN_ALERT', { alertKey, hint });
}
