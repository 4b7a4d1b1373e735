/**
 * The life of an alert: what observations of a model and the passing of time do to it. People: see change.ts.
 *
 * Two clocks, never mixed. Observations are ordered by the instant that they speak for, `asOf`; repeating, snoozing and waiting for
 * an acknowledgement go by the wall clock, `now`. Everything is in epoch milliseconds.
 */

import { isWorse } from './alert.ts';
import type { Severity } from './alert.ts';
import type { LifeRules } from './rules.ts';

/** Open: nobody has it. All but a resolved one are under way. */
export const alertStates = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** The newest episode of an alert key. */
export interface AlertLife {
  /** 1 the first time that the alert opens. */
  readonly episode: number;
  readonly state: AlertState;
  /** Of the worst trouble since it opened or reopened. */
  readonly severity: Severity;
  /** Who acknowledged, snoozed or resolved it; null where no person did. */
  readonly by: string | null;
  /** Of the newest observation. */
  readonly observedAsOf: number;
  /** Clean observations since the last trouble, and the newest of them. */
  readonly cleanCount: number;
  readonly cleanAsOf: number | null;
  readonly resolvedAsOf: number | null;
  /** By the wall clock, as all that follows: since when it has been in its state. */
  readonly stateSince: number;
  readonly snoozedUntil: number | null;
  /** When people were last told that there is trouble, and how often that was a repetition since there was news. */
  readonly toldAt: number;
  readonly repeats: number;
  /** The longest time without an acknowledgement that people were told of, since it has been open. */
  readonly unacknowledgedMs: number;
}

/** What a run found: a trouble of some severity, or that all is well. */
export interface Observation {
  readonly level: Severity | 'ok';
  readonly asOf: number;
}

export type LifeEventKind =
  | 'opened'
  | 'escalated'
  | 'reopened'
  | 'repeated'
  | 'unacknowledged'
  | 'snooze-ended'
  | 'acknowledged'
  | 'snoozed'
  | 'commented'
  | 'announced'
  | 'resolved';

export interface LifeEvent {
  readonly kind: LifeEventKind;
  /** Of `unacknowledged`: for how long. */
  readonly unacknowledgedMs?: number;
}

/** What has become of an alert, and what is to be recorded of it. */
export interface Step {
  /** Null: there is none. */
  readonly life: AlertLife | null;
  readonly events: readonly LifeEvent[];
}

/**
 * What does an observation do to an alert?
 *
 * Trouble opens one, escalates one that it is worse than (one that was acknowledged or snoozed is open again then: it was
 * something lesser that somebody took), and otherwise does nothing: people are told of changes, and time repeats them. After a
 * resolution, trouble within the grace is the same episode, reopened; later it is a new one.
 * Good news resolves it once `resolveAfter` observations of different instants in a row have said so.
 *
 * An observation older than the newest one does nothing: history that is computed late, or in the wrong order, changes nothing of
 * today. One of the same instant counts, since a run may be repeated over corrected data; but the same good news counts once, and
 * the same trouble does not reopen what a person has resolved. Good news of an alert that never was leaves no trace.
 *
 * @param now the wall clock
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), []);
 * const { life } = observe(null, { level: 'warning', asOf: 1 }, rules, 1);
 * observe(life, { level: 'critical', asOf: 2 }, rules, 2).events // [{ kind: 'escalated' }]
 */
export function observe(
  life: AlertLife | null,
  { level, asOf }: Observation,
  rules: LifeRules,
  now: number,
): Step {
  if (life === null) return level === 'ok' ? { life, events: [] } : opened(1, level, asOf, now);
  if (asOf < life.observedAsOf) return { life, events: [] };
  if (level === 'ok') return seenClean(life, asOf, rules, now);
  return seenTrouble(life, level, asOf, rules, now);
}

/**
 * What does news do that is over as soon as it is told, such as a verdict that was restated? It belongs to the newest episode, so that
 * whoever heard the last of it hears this as well, and leaves it resolved: nobody has to do anything, and nothing repeats it. Each call is
 * news: the caller sees to it that none is told twice.
 *
 * @param now the wall clock
 * @example
 * const { life, events } = announce(null, { severity: 'info', asOf: 1 }, 2);
 * [life.state, announce(life, { severity: 'info', asOf: 3 }, 4).life.episode, events] // ['resolved', 1, [{ kind: 'announced' }]]
 */
export function announce(
  life: AlertLife | null,
  { severity, asOf }: { readonly severity: Severity; readonly asOf: number },
  now: number,
): Step & { readonly life: AlertLife } {
  const observedAsOf = Math.max(asOf, life?.observedAsOf ?? asOf);
  const over = { state: 'resolved', resolvedAsOf: observedAsOf } as const;
  return {
    life: {
      episode: life?.episode ?? 1,
      severity,
      observedAsOf,
      cleanCount: 0,
      cleanAsOf: null,
      ...openAgain(now),
      ...over,
    },
    events: [{ kind: 'announced' }],
  };
}

/**
 * How severe is something that goes on for days, once its newest step is? A worse step is to be taken up anew: the alert is open again,
 * is repeated and waits for an acknowledgement as any of its severity. A lesser one leaves it with whoever has it, and ends the
 * repetitions of the worse one.
 *
 * @param now the wall clock
 * @example
 * const { life } = observe(null, { level: 'info', asOf: 1 }, lifeRules('retraining', alertLifeSchema.parse({}), []), 1);
 * const waits = asSevereAs({ ...life, state: 'acknowledged' }, 'warning', 2);
 * [waits.state, waits.severity, asSevereAs(waits, 'info', 3).severity] // ['open', 'warning', 'info']
 */
export function asSevereAs(life: AlertLife, severity: Severity, now: number): AlertLife {
  if (severity === life.severity) return life;
  const again = isWorse(severity, life.severity) ? openAgain(now) : { toldAt: now, repeats: 0 };
  return { ...life, severity, ...again };
}

function opened(episode: number, severity: Severity, asOf: number, now: number): Step {
  const life: AlertLife = {
    episode,
    severity,
    observedAsOf: asOf,
    cleanCount: 0,
    cleanAsOf: null,
    ...openAgain(now),
  };
  return { life, events: [{ kind: 'opened' }] };
}

/** Open since now, with nothing repeated yet. */
function openAgain(now: number) {
  return {
    state: 'open',
    by: null,
    resolvedAsOf: null,
    stateSince: now,
    snoozedUntil: null,
    toldAt: now,
    repeats: 0,
    unacknowledgedMs: 0,
  } as const;
}

function seenClean(life: AlertLife, asOf: number, { resolveAfter }: LifeRules, now: number): Step {
  if (life.state === 'resolved') return { life: { ...life, observedAsOf: asOf }, events: [] };
  const isNew = life.cleanAsOf === null || asOf > life.cleanAsOf;
  const cleanCount = life.cleanCount + (isNew ? 1 : 0);
  const seen: AlertLife = { ...life, observedAsOf: asOf, cleanCount, cleanAsOf: asOf };
  if (cleanCount < resolveAfter) return { life: seen, events: [] };
  return {
    life: {
      ...seen,
      state: 'resolved',
      by: null,
      resolvedAsOf: asOf,
      stateSince: now,
      snoozedUntil: null,
    },
    events: [{ kind: 'resolved' }],
  };
}

function seenTrouble(
  life: AlertLife,
  severity: Severity,
  asOf: number,
  { graceMs }: LifeRules,
  now: number,
): Step {
  const seen: AlertLife = { ...life, observedAsOf: asOf, cleanCount: 0, cleanAsOf: null };
  if (life.state === 'resolved') {
    if (life.by !== null && asOf === life.observedAsOf) return { life, events: [] };
    if (life.resolvedAsOf === null || asOf - life.resolvedAsOf > graceMs)
      return opened(life.episode + 1, severity, asOf, now);
    return { life: { ...seen, severity, ...openAgain(now) }, events: [{ kind: 'reopened' }] };
  }
  if (!isWorse(severity, life.severity)) return { life: seen, events: [] };
  return { life: { ...seen, severity, ...openAgain(now) }, events: [{ kind: 'escalated' }] };
}

/**
 * What has become due by the wall clock: a snooze is over, nobody has acknowledged for too long, it is time to repeat? After a time in
 * which nobody looked, each is told once.
 *
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), [{ severity: ['critical'] }]);
 * const { life } = observe(null, { level: 'critical', asOf: 0 }, rules, 0);
 * [tick(life, rules, 3_599_999).events, tick(life, rules, 3_600_000).events] // [[], [{ kind: 'repeated' }]]
 */
export function tick(life: AlertLife, rules: LifeRules, now: number): Step & { readonly life: AlertLife } {
  if (life.state === 'snoozed' && life.snoozedUntil !== null && life.snoozedUntil <= now)
    return { life: { ...life, ...openAgain(now) }, events: [{ kind: 'snooze-ended' }] };
  if (life.state !== 'open') return { life, events: [] };
  const waits = rules.unacknowledgedMs[life.severity].filter(
    (wait) => wait > life.unacknowledgedMs && life.stateSince + wait <= now,
  );
  const events: LifeEvent[] = waits.map((wait) => ({ kind: 'unacknowledged', unacknowledgedMs: wait }));
  const waited = { ...life, unacknowledgedMs: waits.at(-1) ?? life.unacknowledgedMs };
  if (repeatDue(life, rules) > now) return { life: waited, events };
  return {
    life: { ...waited, toldAt: now, repeats: life.repeats + 1 },
    events: [...events, { kind: 'repeated' }],
  };
}

/** Infinity: never. */
function repeatDue({ severity, toldAt, repeats }: AlertLife, { repeat }: LifeRules): number {
  const interval = repeat[severity];
  if (interval === null) return Infinity;
  return toldAt + Math.min(interval.firstMs * interval.factor ** repeats, interval.longestMs);
}

/**
 * When is `tick` to be asked next? Null: not before something else happens to the alert.
 *
 * @example
 * const rules = lifeRules('drift', alertLifeSchema.parse({}), [{ severity: ['critical'] }]);
 * nextDue(observe(null, { level: 'critical', asOf: 0 }, rules, 0).life, rules) // 3600000
 */
export function nextDue(life: AlertLife, rules: LifeRules): number | null {
  if (life.state === 'snoozed') return life.snoozedUntil;
  if (life.state !== 'open') return null;
  const wait = rules.unacknowledgedMs[life.severity].find((wait) => wait > life.unacknowledgedMs);
  const due = Math.min(repeatDue(life, rules), wait === undefined ? Infinity : life.stateSince + wait);
  return due === Infinity ? null : due;
}
