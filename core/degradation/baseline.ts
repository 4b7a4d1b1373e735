/** The windows that a window is held against. */

import type { Monitor } from '../monitor/schema.ts';
import type { Window } from '../window.ts';
import { durationMs, parseInstant, weekMs } from '../window.ts';
import { durationText } from './duration-text.ts';

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
 * Which window is a baseline, seen from a judged one? `reference`, or so long right before it. `validation` is a number of the
 * version itself; where a version has none (the first model), that of the reference stands for it.
 *
 * @example baselineWindow('28d before', { start: 30 * dayMs, end: 37 * dayMs }, undefined) // { start: 2 * dayMs, end: 30 * dayMs }
 * @throws TidewatchError `INVALID_DURATION` for another text.
 */
export function baselineWindow(
  baseline: string,
  { start }: Window,
  reference: ReferenceSpan | undefined,
): Window | undefined {
  if (baseline !== 'reference' && baseline !== 'validation')
    return { start: start - durationMs(baselineLength(baseline)), end: start };
  if (reference === undefined || 'start' in reference) return reference;
  return { start: start - reference.lengthMs, end: start };
}

/**
 * What is a baseline called in a sentence?
 *
 * @example baselineText('28d before') // 'the 28 days before'
 */
export function baselineText(baseline: string): string {
  if (baseline === 'reference') return 'the reference';
  if (baseline === 'validation') return 'its validation';
  return `the ${durationText(baselineLength(baseline))} before`;
}

/** '28d before' -> '28d' */
function baselineLength(baseline: string): string {
  return baseline.replace(/ before$/, '');
}
