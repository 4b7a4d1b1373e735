/** What people do to an alert. */

import { dayMs, formatInstant, formatMinute } from '../window.ts';
import type { AlertLife, LifeEventKind, Step } from './life.ts';

export type AlertChange =
  | { readonly change: 'acknowledge' | 'resolve' | 'comment' }
  /** By the wall clock, in epoch milliseconds. */
  | { readonly change: 'snooze'; readonly until: number };

export type AlertChangeName = AlertChange['change'];

/** Longer is a way to forget it: then the monitor is to be changed. */
const longestSnoozeMs = 366 * dayMs;

/**
 * Why can a snooze not end then? Undefined: it can.
 *
 * @example snoozeProblem(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2))
 * // '2026-01-01T00:00:00Z is in the past; name a time to come'
 */
export function snoozeProblem(until: number, now: number): string | undefined {
  if (until <= now) return `${formatInstant(until)} is in the past; name a time to come`;
  if (until > now + longestSnoozeMs)
    return `${formatInstant(until)} is more than a year away; change what the monitor alerts of instead`;
  return undefined;
}

/**
 * Who has been quicker than a person who saw the alert as it was before? Undefined: it is as they have seen it, or they were it.
 *
 * @param seenSince since when the alert had been in its state, as it was shown to them
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), []);
 * const { life } = observe(null, { level: 'critical', asOf: 0 }, rules, 0);
 * const taken = changeAlert(life, { change: 'acknowledge' }, 'anna', 60_000).life;
 * [overtaken(taken, 0, 'ben'), overtaken(taken, 60_000, 'ben')]
 * // ['anna has acknowledged it already, 1970-01-01 00:01 UTC; look again before you change that', undefined]
 */
export function overtaken(life: AlertLife, seenSince: number, by: string): string | undefined {
  if (life.stateSince <= seenSince || life.by === by) return undefined;
  const what =
    life.by === null
      ? `it has been ${life.state} and ${life.severity} since`
      : `${life.by} has ${life.state} it already,`;
  return `${what} ${formatMinute(life.stateSince)} UTC; look again before you change that`;
}

/**
 * What does a person's word do to an alert? Acknowledged and snoozed ones are not repeated; a snoozed one comes back when its time is
 * over, and both when the trouble becomes worse. A resolved one stays so until trouble is observed at a later instant. The later word
 * counts: who snoozes what another has acknowledged snoozes it. Acknowledging again what one has acknowledged changes nothing.
 *
 * @param by who says so
 * @param now the wall clock
 * @returns why not, where it cannot be done: a resolved alert can be commented only
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), []);
 * const { life } = observe(null, { level: 'critical', asOf: 0 }, rules, 0);
 * changeAlert(life, { change: 'acknowledge' }, 'anna', 1).life.state // 'acknowledged'
 */
export function changeAlert(
  life: AlertLife,
  change: AlertChange,
  by: string,
  now: number,
): (Step & { readonly life: AlertLife }) | { readonly refused: string } {
  if (change.change === 'comment') return { life, events: [{ kind: 'commented' }] };
  if (life.state === 'resolved') return { refused: 'it is resolved already, and can only be commented' };
  const into = (state: AlertLife['state'], kind: LifeEventKind, rest: Partial<AlertLife> = {}) => ({
    life: { ...life, state, by, stateSince: now, snoozedUntil: null, ...rest },
    events: [{ kind }],
  });
  switch (change.change) {
    case 'acknowledge':
      if (life.state === 'acknowledged' && life.by === by) return { life, events: [] };
      return into('acknowledged', 'acknowledged');
    case 'resolve':
      return into('resolved', 'resolved', { resolvedAsOf: life.observedAsOf });
    case 'snooze': {
      const problem = snoozeProblem(change.until, now);
      return problem === undefined
        ? into('snoozed', 'snoozed', { snoozedUntil: change.until })
        : { refused: problem };
    }
  }
}
