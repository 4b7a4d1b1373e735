/** The life of an alert: what an observation does to it. */

import { isWorse } from './alert.ts';
import type { Severity } from './alert.ts';

/** The newest episode of an alert key, with the newest instant that any event of the key speaks for. */
export interface Episode {
  readonly state: 'open' | 'resolved';
  readonly severity: Severity;
  readonly newestAsOf: number;
}

/** What a run found: a trouble of some severity, or that all is well. Epoch milliseconds. */
export interface Observation {
  readonly level: Severity | 'ok';
  readonly asOf: number;
}

export type AlertTransition = 'open' | 'escalate' | 'resolve' | 'none';

/**
 * What does an observation do to an alert? It opens one that is not open, escalates an open one that has become worse,
 * and resolves an open one when all is well. Observing the same again, or a lesser trouble, does nothing: people are told
 * of changes. An observation older than the newest event does nothing either; one of the same instant counts, since a
 * run may be repeated over corrected data.
 *
 * @example alertTransition({ state: 'open', severity: 'warning', newestAsOf: 0 }, { level: 'critical', asOf: 0 }) // 'escalate'
 */
export function alertTransition(current: Episode | null, observation: Observation): AlertTransition {
  const { level, asOf } = observation;
  if (current !== null && asOf < current.newestAsOf) return 'none';
  const open = current?.state === 'open' ? current : null;
  if (level === 'ok') return open === null ? 'none' : 'resolve';
  if (open === null) return 'open';
  return isWorse(level, open.severity) ? 'escalate' : 'none';
}

/**
 * What is the event of an escalation called? Events of one episode have different names, also when it goes from info
 * through warning to critical.
 *
 * @example escalationEvent('warning') // 'escalated to warning'
 */
export function escalationEvent(to: Severity): string {
  return to === 'critical' ? 'escalated' : `escalated to ${to}`;
}
