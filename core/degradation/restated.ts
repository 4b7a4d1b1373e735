/** What has changed where a day is judged again. */

import { distinctTexts, percentText } from '../performance/metrics.ts';
import { parseWindow } from '../window.ts';
import type { DegradationFinding, Measurement } from './judgement.ts';
import { windowText } from './window-text.ts';

/** A message has room for so many; what follows from them is said anyway. */
const mostNamed = 3;

/**
 * Which numbers have changed the mind of a rule, from an earlier judgement of the same day to a later one? Each in words
 * with what it changed by; none where every rule that could be judged both times says what it said, or says something else
 * of other windows.
 *
 * @example
 * const rule = { metric: 'rmse', over: '1d', aggregate: 'pooled', limit: 1, level: 'critical' };
 * const window = { start: '2011-05-12T00:00:00Z', end: '2011-05-13T00:00:00Z' };
 * const told = (level, value, coverage) =>
 *   [{ rule, level, reason: '', measured: [{ label: 'RMSE', metric: 'rmse', over: '1d', window, value: { value }, text: '', sampleSize: 9, coverage }] }];
 * restatedNumbers(told('critical', 1.08, 0.61), told('ok', 0.94, 0.97))
 * // ['RMSE of 12 May 1.08 -> 0.94 as coverage rose from 61% to 97%']
 */
export function restatedNumbers(
  before: readonly DegradationFinding[],
  after: readonly DegradationFinding[],
): readonly string[] {
  const changes = after.flatMap(({ rule, level, measured }) => {
    const was = before.find((finding) => sameRule(finding, { rule }));
    if (was === undefined || was.level === level) return [];
    if (was.level === 'insufficient-data' || level === 'insufficient-data') return [];
    return measured.flatMap((now) => {
      const then = was.measured.find((other) => keyOf(other) === keyOf(now));
      return then === undefined ? [] : changeText(then, now);
    });
  });
  const distinct = [...new Set(changes)];
  const more = distinct.length - mostNamed;
  return more > 0 ? [...distinct.slice(0, mostNamed), `${more} more`] : distinct;
}

/** Rules come from a database, which orders keys as it likes. */
function sameRule(a: Pick<DegradationFinding, 'rule'>, b: Pick<DegradationFinding, 'rule'>): boolean {
  return canonical(a.rule) === canonical(b.rule);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${key}:${canonical(part)}`).join(',')}}`;
}

function keyOf({ label, over, window }: Measurement): string {
  return [label, over, window?.start, window?.end].join('/');
}

function changeText(then: Measurement, now: Measurement): string[] {
  if (!('value' in then.value) || !('value' in now.value) || then.value.value === now.value.value) return [];
  const [from, to] =
    now.metric === undefined
      ? [then.text, now.text]
      : distinctTexts(now.metric, then.value.value, now.value.value);
  const of = now.window === undefined ? '' : ` of ${windowText(parseWindow(now.window))}`;
  return [`${now.label}${of} ${from} -> ${to} ${causeText(then, now)}`];
}

function causeText(then: Measurement, now: Measurement): string {
  if (then.coverage !== undefined && now.coverage !== undefined && then.coverage !== now.coverage) {
    const way = now.coverage > then.coverage ? 'rose' : 'fell';
    return `as coverage ${way} from ${percentText(then.coverage)} to ${percentText(now.coverage)}`;
  }
  if (then.sampleSize !== now.sampleSize) {
    const way = now.sampleSize > then.sampleSize ? 'rose' : 'fell';
    return `as the outcomes ${way} from ${then.sampleSize} to ${now.sampleSize}`;
  }
  return 'as actuals were corrected';
}
