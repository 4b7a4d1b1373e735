/** An alert as it is stored, and as people read it. */

import { formatInstant } from '../window.ts';
import type { AlertKind, Fact, PageLink } from './alert.ts';
import type { AlertLife } from './life.ts';
import { shortSummary } from './message.ts';

export interface AlertName {
  readonly model: string;
  readonly alertKey: string;
}

/** What the newest trouble says. */
export interface LatestTrouble {
  /** A ready sentence. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  readonly links: readonly PageLink[];
  readonly workflowId: string;
  readonly runId: string;
}

export interface StoredAlert extends AlertName {
  readonly kind: AlertKind;
  readonly subject: string;
  /** What it is about: of the event that opened, escalated or reopened it. */
  readonly summary: string;
  readonly openedAsOf: number;
  readonly latest: LatestTrouble;
  readonly life: AlertLife;
}

/** An alert as it is read and written, with when its life cycle is to look at it next. */
export interface FoundAlert extends StoredAlert {
  readonly dueAt: number | null;
}

/** How an alert stands, as it crosses a Temporal boundary and as people read it. Instants are ISO 8601. */
export interface AlertView extends AlertName {
  readonly kind: AlertKind;
  readonly episode: number;
  readonly state: AlertLife['state'];
  readonly severity: AlertLife['severity'];
  readonly summary: string;
  /** What the newest observation says, where the alert is not over, and the instant that it speaks for. */
  readonly now?: string;
  readonly observedAsOf: string;
  /** Who acknowledged, snoozed or resolved it. */
  readonly by?: string;
  /** Since when it has been in its state, by the wall clock: it moves when somebody takes it, and when it becomes worse. */
  readonly since: string;
  readonly snoozedUntil?: string;
  /** The instant that the run spoke for which opened it: how long there has been trouble. */
  readonly openedAsOf: string;
}

/**
 * How does an alert stand, in a form that is JSON-safe and short enough to cross a boundary?
 *
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), []);
 * const { life } = observe(null, { level: 'critical', asOf: 0 }, rules, 0);
 * const latest = { summary: 'PSI 0.3', facts: [], links: [], workflowId: 'w', runId: 'r' };
 * const name = { model: 'm', alertKey: 'drift:m:hum', kind: 'drift', subject: 'hum' };
 * viewOf({ ...name, summary: 'PSI 0.3', openedAsOf: 0, latest, life }).now // 'PSI 0.3'
 */
export function viewOf({ model, alertKey, kind, summary, openedAsOf, latest, life }: StoredAlert): AlertView {
  const { episode, state, severity, by, stateSince, snoozedUntil, cleanCount, observedAsOf } = life;
  return {
    model,
    alertKey,
    kind,
    episode,
    state,
    severity,
    summary: shortSummary(summary),
    ...(state !== 'resolved' && { now: cleanCount > 0 ? 'all is well' : shortSummary(latest.summary) }),
    observedAsOf: formatInstant(observedAsOf),
    ...(by !== null && { by }),
    since: formatInstant(stateSince),
    ...(snoozedUntil !== null && { snoozedUntil: formatInstant(snoozedUntil) }),
    openedAsOf: formatInstant(openedAsOf),
  };
}
