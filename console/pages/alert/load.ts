/** One alert with everything that has happened to it. */

import { findAlert, modelOfKey, readEvents, type AlertEvent } from '../../../sql/read-alerts.ts';
import type { FoundAlert } from '../../../core/alert/stored-alert.ts';
import type { Asked } from '../../server/page.ts';

/** Of more events than this the newest are shown. */
export const mostEvents = 200;

export interface LoadedAlert {
  readonly alert: FoundAlert;
  /** The oldest first. */
  readonly events: readonly AlertEvent[];
}

export async function loadAlert({ connection, parameters }: Asked): Promise<LoadedAlert | undefined> {
  const alertKey = parameters['key'] ?? '';
  const alert = await findAlert(connection, { model: modelOfKey(alertKey), alertKey });
  return alert && { alert, events: await readEvents(connection, alert, mostEvents) };
}
