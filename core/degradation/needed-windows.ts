/** Which evaluations rules look at. */

import type { Window } from '../window.ts';
import { dayMs, distinctWindows, durationMs, trailingWindow } from '../window.ts';
import type { ReferenceSpan } from './baseline.ts';
import { baselineWindow } from './baseline.ts';
import type { Condition, DegradationRule, MetricCondition } from './rules.ts';
import { conditionsOf } from './rules.ts';

/**
 * Which windows have to be evaluated, so that these rules can be judged as of an instant? Those of their lengths, the
 * single days of daily means and trends, the earlier ones of `3 of 5`, and their baselines; each once. Runs
 * of earlier days may come later, or never.
 *
 * @example neededWindows(defaultRules({ rmse: 75 }), parseInstant('2011-05-20T03:15:00Z'), undefined).map(formatWindow)
 * // [{ start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' }]
 */
export function neededWindows(
  rules: readonly DegradationRule[],
  asOf: number,
  reference: ReferenceSpan | undefined,
): readonly Window[] {
  const windows = rules.flatMap(conditionsOf).flatMap((condition) => ofCondition(condition, asOf, reference));
  return distinctWindows(windows);
}

function ofCondition(condition: Condition, asOf: number, reference: ReferenceSpan | undefined): Window[] {
  if ('trend' in condition) return daysOf(trailingWindow(asOf, condition.over));
  if (!('metric' in condition)) return [];
  const judged = judgedWindows(condition, asOf);
  const { worseThan } = condition;
  const baselines = worseThan
    ? judged.flatMap((window) => baselineWindow(worseThan.baseline, window, reference) ?? [])
    : [];
  const windows = [...judged, ...baselines];
  return condition.aggregate === 'daily-mean' ? windows.flatMap(daysOf) : windows;
}

function judgedWindows({ over, windows = '1 of 1', every = over }: MetricCondition, asOf: number): Window[] {
  const newest = trailingWindow(asOf, over);
  const count = Number(windows.split(' of ')[1]);
  return Array.from({ length: count }, (_, i) => ({
    start: newest.start - i * durationMs(every),
    end: newest.end - i * durationMs(every),
  }));
}

function daysOf({ start, end }: Window): Window[] {
  const days: Window[] = [];
  for (let day = start; day < end; day += dayMs) days.push({ start: day, end: day + dayMs });
  return days;
}
