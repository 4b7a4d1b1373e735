/** Which reference counts for a window: that of the monitor, or the training window of a version that was promoted before. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { formatDay, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

/**
 * The monitor as it counts for a current window. By the end of the window, not by the time of the run: a window that is computed
 * again is compared with what it was compared with.
 *
 * The predictions of a training window are of versions before the one that was trained on it: their drift would tell of the
 * promotion, not of the data, and does not count.
 */
export async function withActiveReference(
  connection: Queryable,
  monitor: Monitor,
  current: Window,
): Promise<Monitor> {
  if (monitor.retraining?.reference !== 'training-window') return monitor;
  const [window] = await connection.query<Window & Record<string, unknown>>(
    `select window_start as start, window_end as "end" from reference_handovers
     where model = $1 and active_from < $2 and (active_until is null or active_until >= $2)
     order by active_from desc, handed_over_at desc
     limit 1`,
    [monitor.model, toTimestamp(current.end)],
  );
  if (window === undefined) return monitor;
  return {
    ...monitor,
    reference: fixedReference(window),
    prediction: { ...monitor.prediction, enabled: false },
    confidence: { ...monitor.confidence, enabled: false },
  };
}

/** Whole days as a reference. */
export function fixedReference({ start, end }: Window): Extract<Monitor['reference'], { kind: 'fixed' }> {
  return { kind: 'fixed', start: formatDay(start), end: formatDay(end) };
}
