import { parseInstant } from '../../core/window.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { withActiveReference } from '../profiles/active-reference.ts';
import type { ProfileHoursInput } from '../profiles/profile-hours.ts';
import { currentWindow, profileLock } from '../profiles/profile-hours.ts';
import { ensureReference, specifyReference } from '../profiles/reference.ts';
import { ensureCalibrations } from './calibrations.ts';
import { columnsOf, methodsToCalibrate, segmentsIn } from './judge-window.ts';

/**
 * Learns how much windows usually differ, so that `detectDrift` finds it: a column at a time, each kept once it is learned.
 * What is known already costs one query.
 */
export function createCalibrateDrift(
  deps: Pick<ActivityDependencies, 'database' | 'context'>,
): (input: ProfileHoursInput) => Promise<void> {
  return async function calibrateDrift(input) {
    const { model } = input;
    const { monitor: configured } = await findMonitor(deps.database, model);
    const current = currentWindow(configured, input);
    const monitor = await withActiveReference(deps.database, configured, current);
    const { heartbeat } = deps.context();
    const asOf = parseInstant(input.asOf);
    const reference = await deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      return ensureReference(connection, monitor, specifyReference(monitor, current), asOf);
    });
    if ('missing' in reference) return;
    const methods = methodsToCalibrate(columnsOf(monitor, reference));
    for (const segment of await segmentsIn(deps.database, monitor, reference, current)) {
      for (const [column, method] of methods) {
        const request = { monitor, reference, current, segment, methods: new Map([[column, method]]) };
        await deps.database.transaction(async (connection) => {
          await lockUntilCommit(connection, profileLock(model));
          await ensureCalibrations(connection, request);
        });
        heartbeat(`${segment} ${column}`);
      }
    }
  };
}
