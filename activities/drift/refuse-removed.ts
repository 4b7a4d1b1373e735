import type { Monitor } from '../../core/monitor/schema.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { specifyReference } from '../profiles/reference.ts';
import { refuseRolledUp } from '../profiles/rolled-up.ts';
import { listRemoved, requireRows } from '../storage/removed-rows.ts';
import { findChecked } from './store.ts';

/**
 * Refuses a window whose rows are removed; and one that is stored and whose reference has lost rows: what was found with all of them
 * stays. One that is not stored yet is then judged as far as it can be.
 *
 * @throws TidewatchError `ROWS_REMOVED`, `HOURS_ROLLED_UP`
 */
export async function refuseRemoved(connection: Queryable, monitor: Monitor, window: Window): Promise<void> {
  const { model, reference } = monitor;
  await requireRows(connection, model, window, 'Drift');
  await refuseRolledUp(connection, monitor, specifyReference(monitor, window).id, window);
  const { grid, compared } = referenceWindows(reference, window);
  for (const read of [...compared, ...(grid === null ? [] : [grid])]) {
    const removed = await listRemoved(connection, model, read);
    if (removed.length === 0) continue;
    if ((await findChecked(connection, { model, window })) === undefined) return;
    await requireRows(connection, model, read, 'The reference of that window, and so its drift,');
  }
}
