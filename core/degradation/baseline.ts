/** The windows that a window is held against. */

import type { Monitor } from '../monitor/schema.ts';
import type { Window } from '../window.ts';
import { durationMs, parseInstant, weekMs } from '../window.ts';

/** A fixed window, or the time right before the judged one. */
export type ReferenceSpan = Window | { readonly lengthMs: number };

/**
 * What is the reference of a monitor to its performance? A rolling and a seasonal one are the time right before the judged
 * window; training statistics have no rows, and so no performance.
 *
 * @example referenceSpan({ kind: 'seasonal', weeks: 2 }) // { lengthMs: 14 * dayMs }
 */
export function referenceSpan(reference: Monitor['reference']): ReferenceSpan | undefined {
  switch (reference.kind) {
    case 'fixed':
      return {
        start: parseInstant(`${reference.start}T00:00:00Z`),
        end: parseInstant(`${reference.end}T00:00:00Z`),
      };
    case 'rolling':
      return { lengthMs: durationMs(reference.length) };
    case 'seasonal':
      return { lengthMs: reference.weeks * weekMs };
    case 'training-statistics':
      return undefined;
  }
}

/**
 * Which window is a baseline, seen from a judged one? `reference`, or so long right before it.
 *
 * @example baselineWindow('28d before', { start: 30 * dayMs, end: 37 * dayMs }, undefined) // { start: 2 * dayMs, end: 30 * dayMs }
 * @throws TidewatchError `INVALID_DURATION` for another text.
 */
export function baselineWindow(
  baseline: string,
  { start }: Window,
  reference: ReferenceSpan | undefined,
): Window | undefined {
  if (baseline !== 'reference') return { start: start - durationMs(baselineLength(baseline)), end: start };
  if (reference === undefined || 'start' in reference) return reference;
  return { start: start - reference.lengthMs, end: start };
}

/** @example baselineLength('28d before') // '28d' */
export function baselineLength(baseline: string): string {
  return baseline.replace(/ before$/, '');
}
