/** What has to be stored before a current window can be judged: its reference, profiles, calibrations and sums. */

import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { profileLock, profileMissingHours } from '../profiles/profile-hours.ts';
import { ensureReference, specifyReference } from '../profiles/reference.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { ensureCalibrations } from './calibrations.ts';
import { columnsOf, methodsToCalibrate, segmentsIn } from './judge-window.ts';
import { keepReferenceSum } from './window-profiles.ts';

/**
 * Stores what is missing of it in the caller's transaction, or says in words why there is no reference. Most of the time
 * nothing is: `profileHours` and `calibrateDrift` run before. Holds the profile lock until the commit.
 */
export async function prepareWindow(
  connection: Queryable,
  monitor: Monitor,
  current: Window,
  asOf: number,
): Promise<StoredReference | { readonly missing: string }> {
  const { model } = monitor;
  await lockUntilCommit(connection, profileLock(model));
  const reference = await ensureReference(connection, monitor, specifyReference(monitor, current), asOf);
  if ('missing' in reference) return reference;
  await profileMissingHours(connection, monitor, reference, current);
  const methods = methodsToCalibrate(columnsOf(monitor, reference));
  for (const segment of await segmentsIn(connection, monitor, reference, current)) {
    await ensureCalibrations(connection, { monitor, reference, current, segment, methods });
    if (monitor.reference.kind !== 'seasonal') await keepReferenceSum(connection, model, reference, segment);
  }
  return reference;
}
