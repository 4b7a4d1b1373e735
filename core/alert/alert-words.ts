/** What is said of an alert, in the terminal and on pages. */

import { formatMinute, parseInstant } from '../window.ts';
import type { AlertChangeName } from './change.ts';
import { oneLine } from './message.ts';
import type { AlertView } from './stored-alert.ts';

type Standing = Pick<AlertView, 'state' | 'by' | 'snoozedUntil'>;

/**
 * How does an alert stand, in a few words?
 *
 * @example stateText({ state: 'snoozed', snoozedUntil: '2026-02-03T09:00:00Z', by: 'anna' }) // 'snoozed until 2026-02-03 09:00 UTC by anna'
 */
export function stateText({ state, by, snoozedUntil }: Standing): string {
  const until = snoozedUntil === undefined ? '' : ` until ${formatMinute(parseInstant(snoozedUntil))} UTC`;
  return `${state}${until}${by === undefined ? '' : ` by ${oneLine(by)}`}`;
}

/**
 * What is a person told whose word was carried out?
 *
 * @example changeText('comment', { state: 'open' }) // 'the comment is stored; open'
 */
export function changeText(change: AlertChangeName, alert: Standing): string {
  const state = stateText(alert);
  if (change === 'comment') return `the comment is stored; ${state}`;
  if (change === 'resolve')
    return `${state}; a check that still finds the trouble reopens it, snooze it to be left alone`;
  if (change === 'snooze') return `${state}; until then it is told again only if it becomes worse`;
  return `${state}; it is told again only if it becomes worse, and resolves by itself once the trouble is over`;
}

/**
 * What does somebody type who changes an alert? Undefined of a key that no shell would read as it stands.
 *
 * @example commandTo('acknowledge', 'drift:bike-demand:wind speed') // "tidewatch alerts acknowledge 'drift:bike-demand:wind speed'"
 */
export function commandTo(change: AlertChangeName, alertKey: string): string | undefined {
  if (alertKey.includes("'") || oneLine(alertKey) !== alertKey) return undefined;
  return `tidewatch alerts ${change} ${/^[\w:./=-]+$/.test(alertKey) ? alertKey : `'${alertKey}'`}`;
}

/**
 * What does somebody type next? Who finds an alert open takes it, and ends it when the trouble is mended; of one that is over,
 * nothing is left to do.
 *
 * @example nextCommand({ state: 'open', alertKey: 'drift:bike-demand:hum' }) // 'tidewatch alerts acknowledge drift:bike-demand:hum'
 */
export function nextCommand({ state, alertKey }: Pick<AlertView, 'state' | 'alertKey'>): string | undefined {
  if (state === 'resolved') return undefined;
  return commandTo(state === 'open' ? 'acknowledge' : 'resolve', alertKey);
}

/**
 * Why was an event told to somebody not, or not at once? Undefined where there is nothing to say.
 *
 * @example reasonOfDelivery({ state: 'held', held: 'maintenance' }) // 'maintenance; told then if it is still open'
 */
export function reasonOfDelivery(delivery: {
  readonly state: string;
  readonly held?: string;
  readonly problem?: string;
}): string | undefined {
  const { state, held, problem } = delivery;
  if (state === 'held' && held !== undefined) return `${oneLine(held)}; told then if it is still open`;
  if (state === 'dropped')
    return `over before anybody was told${held === undefined ? '' : `: ${oneLine(held)}`}`;
  return problem === undefined ? undefined : oneLine(problem);
}
