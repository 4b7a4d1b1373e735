/** What is to be learned of past windows, for a current one. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { calibrationSpan } from '../../core/reference/windows.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import { dayMs, type Window } from '../../core/window.ts';
import type { StoredReference } from '../profiles/reference-store.ts';

/** Which calibrations a current window needs: those of one segment. */
export interface CalibrationRequest {
  readonly monitor: Monitor;
  readonly reference: StoredReference;
  readonly current: Window;
  readonly segment: string;
  /** Column -> its deciding method. */
  readonly methods: ReadonlyMap<string, MethodName>;
}

/** Past windows end whole days before the current one: an instant of its phase, the last that may be looked at. */
export function endOf({ monitor, current }: CalibrationRequest): number {
  const { before } = calibrationSpan(monitor.reference, current);
  return current.end - Math.ceil((current.end - before) / dayMs) * dayMs;
}
