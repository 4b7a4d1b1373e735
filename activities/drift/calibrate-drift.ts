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

/** Columns that are learned in one transaction: the first time, of half a year, that takes two seconds, in which others wait for the lock. */
const columnsAtOnce = 10;

/**
 * Learns how much windows usually differ, so that `detectDrift` finds it: a few columns at a time, which are kept once they are learned.
 * What of these is known already costs one query.
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
    const methods = [...methodsToCalibrate(columnsOf(monitor, reference))];
    for (const segment of await segmentsIn(deps.database, monitor, reference, current)) {
      for (let done = 0; done < methods.length; done += columnsAtOnce) {
        const some = new Map(methods.slice(done, done + columnsAtOnce));
        const request = { monitor, reference, current, segment, methods: some };
        await deps.database.transaction(async (connection) => {
          await lockUntilCommit(connection, profileLock(model));
          await ensureCalibrations(connection, request);
        });
        heartbeat(`${segment} ${[...some.keys()].at(-1)}`);
      }
    }
  };
}
