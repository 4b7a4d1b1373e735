/** What people are told of verdicts that were restated: one of degradation, or whether a window counts at all. */

import type { Fact } from '../alert/alert.ts';
import type { Level, Verdict } from '../verdict.ts';
import type { Window } from '../window.ts';
import { formatDay } from '../window.ts';
import { dayText, windowText } from './window-text.ts';

export interface RestatedNews {
  /** The day that the verdict was given on, or that the window ends at, such as `2011-05-12`. */
  readonly day: string;
  readonly summary: string;
  readonly facts: readonly Fact[];
}

/** A verdict of degradation that is another one now. */
export interface RestatedVerdict {
  readonly windowEnd: number;
  readonly from: Level;
  readonly to: Level;
  /** In words, as `restatedNumbers` gives them. */
  readonly numbers: readonly string[];
}

/**
 * A verdict of degradation was restated: what was it, what is it, and by which numbers?
 *
 * @example
 * const windowEnd = parseInstant('2011-05-13T00:00:00Z');
 * const numbers = ['RMSE of 12 May 1.08 -> 0.94 as coverage rose from 61% to 97%'];
 * verdictNews({ windowEnd, from: 'critical', to: 'ok', numbers }).summary
 * // '13 May was critical and is ok: RMSE of 12 May 1.08 -> 0.94 as coverage rose from 61% to 97%'
 */
export function verdictNews({ windowEnd, from, to, numbers }: RestatedVerdict): RestatedNews {
  return {
    day: formatDay(windowEnd),
    summary: `${dayText(windowEnd)} was ${from} and is ${to}: ${numbers.join('; ')}`,
    facts: [{ name: `Verdict of ${formatDay(windowEnd)}`, value: `${from} -> ${to}` }],
  };
}

/** Whether the numbers of a window count, and that this is another verdict now. */
export interface RestatedGate {
  readonly window: Window;
  readonly version: string;
  readonly from: Verdict;
  readonly to: Verdict;
}

/**
 * Windows count that did not, or do not any more: one piece of news for each day that they end at, in the order given.
 *
 * @example
 * const window = { start: parseInstant('2011-05-12T00:00:00Z'), end: parseInstant('2011-05-13T00:00:00Z') };
 * const from = { level: 'ok', reason: '20 outcomes' };
 * const to = { level: 'insufficient-data', reason: '3 outcomes, at least 10 are needed' };
 * gateNews([{ window, version: '7', from, to }])[0].summary
 * // 'the numbers of 12 May (version 7) do not count any more: 3 outcomes, at least 10 are needed'
 */
export function gateNews(restated: readonly RestatedGate[]): readonly RestatedNews[] {
  const byDay = new Map<string, RestatedGate[]>();
  for (const one of restated) {
    const day = formatDay(one.window.end);
    byDay.set(day, [...(byDay.get(day) ?? []), one]);
  }
  return [...byDay].map(([day, all]) => ({
    day,
    summary: gateText(all),
    facts: all.map(({ window, version, from, to }) => ({
      name: `${windowText(window)}, version ${version}`,
      value: `${from.level} (${from.reason}) -> ${to.level} (${to.reason})`,
    })),
  }));
}

/** Windows with the same to say are named together, the shortest first. */
function gateText(restated: readonly RestatedGate[]): string {
  const lengthOf = ({ window }: RestatedGate): number => window.end - window.start;
  const windowsOf = new Map<string, string[]>();
  for (const one of restated.toSorted((a, b) => lengthOf(a) - lengthOf(b))) {
    const { window, version, to } = one;
    const said = `(version ${version}) ${to.level === 'ok' ? 'count after all' : 'do not count any more'}: ${to.reason}`;
    windowsOf.set(said, [...(windowsOf.get(said) ?? []), windowText(window)]);
  }
  return [...windowsOf]
    .map(([said, windows]) => `the numbers of ${windows.join(' and ')} ${said}`)
    .join('; ');
}
