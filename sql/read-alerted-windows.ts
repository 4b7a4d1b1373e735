import type { Window } from '../core/window.ts';
import { dayMs } from '../core/window.ts';
import type { Queryable } from './database.ts';
import { toTimestamp } from './database.ts';

/**
 * The windows whose own run did not leave a drift alert open: those that are fit to say what is normal. A window counts as
 * alerted when the alert was still open a day after its end.
 */
export async function withoutAlerted(
  connection: Queryable,
  alertKey: { readonly model: string; readonly key: string },
  windows: readonly Window[],
): Promise<Window[]> {
  const episodes = await connection.query<{ opened: number; resolved: number | null }>(
    `select opened_as_of as opened, resolved_as_of as resolved from alerts
     where model = $1 and alert_key = $2 and opened_as_of < $3`,
    [alertKey.model, alertKey.key, toTimestamp(Math.max(0, ...windows.map(({ end }) => end)) + dayMs)],
  );
  return windows.filter(
    ({ end }) =>
      !episodes.some(
        ({ opened, resolved }) => opened < end + dayMs && (resolved === null || resolved >= end + dayMs),
      ),
  );
}
