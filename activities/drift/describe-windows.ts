/** What is compared with what, as people read it. */

import { instantText } from '../../console/instant-text.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import { formatInstant, type Window } from '../../core/window.ts';

/** @example '2011-03-01 to 2011-04-01 (fixed)' */
export function describeReference({ reference }: Monitor, window: Window): string {
  if (reference.kind === 'seasonal')
    return `the same hours of the week in the ${reference.weeks} weeks before`;
  const { grid } = referenceWindows(reference, window);
  return grid === null ? 'training statistics' : `${spanText(grid)} (${reference.kind})`;
}

/** @example '2011-03-01 to 2011-04-01' */
export function spanText({ start, end }: Window): string {
  return `${instantText(formatInstant(start))} to ${instantText(formatInstant(end))}`;
}
