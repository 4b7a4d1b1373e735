/** What people read of an alert, the same in every channel. */

import { alertSubject, eventKind } from './alert.ts';
import type { AlertKind, Fact, Severity } from './alert.ts';
import { readSubject, segmentOf } from './subject.ts';

interface Link {
  readonly label: string;
  readonly url: string;
}

/** One event of an alert, ready to be rendered. */
export interface AlertEventText {
  readonly model: string;
  readonly alertKey: string;
  /** 1 the first time that the alert opens. */
  readonly episode: number;
  /** `kind`, or `kind.<what tells it from others of its kind>`. */
  readonly event: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** What has happened, such as "bike-demand is degraded". */
  readonly title: string;
  /** Why, such as "RMSE over 7 days 101.2 is above 75". */
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** Epoch milliseconds. */
  readonly asOf: number;
  readonly links: readonly Link[];
  /** Of the Temporal run that found it: no other installation has the same. */
  readonly runId: string;
  /** What the monitor says of itself, such as `team: bikes`. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The metric that an alert is about, over time. */
export interface AlertSeries {
  /** Such as "RMSE over 7 days". */
  readonly label: string;
  readonly unit?: string;
  readonly limit?: number;
  /** Epoch milliseconds and value, oldest first. */
  readonly points: readonly (readonly [number, number])[];
}

/** What goes out at once through one channel: one event, or those of a group. */
export interface AlertMessage {
  /** Conversation: the alert key and episode of a single alert, or the group. The same for all its messages. */
  readonly thread: string;
  /** Of the worst alert, by the newest event of each. */
  readonly status: AlertStatus;
  readonly title: string;
  readonly summary: string;
  /** A few: see `firstFacts`. */
  readonly facts: readonly Fact[];
  /** Of the newest event, in epoch milliseconds. */
  readonly asOf: number;
  /** Those that all events share. */
  readonly links: readonly Link[];
  /** Every event that it tells of, oldest first. */
  readonly events: readonly AlertEventText[];
  readonly series?: AlertSeries;
}

/** How a trouble is told of: when it opens, while it lasts, when it is back, and when it is over. */
function lasting(opened: string, repeated: string, reopened: string, resolved: string) {
  return { opened, repeated, reopened, resolved };
}

/** "has drift", "still has drift", "has drift again". */
function having(trouble: string, resolved = `has no ${trouble} any more`) {
  return lasting(`has ${trouble}`, `still has ${trouble}`, `has ${trouble} again`, resolved);
}

type Titles = Readonly<Record<string, string>>;

/** By what the alert is about. */
const titles: Readonly<Record<AlertKind, (subject: string) => Titles>> = {
  drift: (feature) => having(`drift of ${feature}`),
  'prediction-drift': (column) =>
    having(column === 'prediction' ? 'prediction drift' : `drift of its ${column}`),
  'actuals-drift': () => having('drift of its actuals'),
  'dataset-drift': (name) =>
    having(segmentOf(name) === '' ? 'data drift' : `data drift in ${segmentOf(name)}`),
  'concept-drift': () => having('concept drift'),
  'data-quality': () => having('bad data', 'has good data again'),
  'missing-data': (column) => having(`missing values of ${column}`, `has the values of ${column} again`),
  freshness: (stream) => having(`stale ${stream}`, `has fresh ${stream} again`),
  degradation: () =>
    lasting('is degraded', 'is still degraded', 'is degraded again', 'is no longer degraded'),
  restated: () => ({ opened: 'has a restated verdict' }),
  retraining: () => ({
    ...lasting(
      'is being retrained',
      'is still being retrained',
      'is being retrained again',
      'has been retrained',
    ),
    'awaiting-approval': 'has a challenger that waits for approval',
    promoted: 'has a new champion',
    kept: 'keeps its new champion',
    rejected: 'keeps its champion',
    failed: 'could not be retrained',
    cancelled: 'is not retrained after all',
    'rolled-back': 'has its former champion back',
  }),
  'dead-man': () => having('a process that has not succeeded for too long', 'no longer waits for a process'),
  'delivery-failing': () => having('alerts that cannot be delivered', 'has its alerts delivered again'),
};

/**
 * What has happened, in a few words? An event without a sentence of its own (escalated, started) still is the trouble
 * that opened the alert.
 *
 * @example
 * const alert = { kind: 'drift', model: 'bike-demand', alertKey: 'drift:bike-demand:hum' };
 * alertTitle(alert, 'opened') // 'bike-demand has drift of hum'
 */
export function alertTitle(
  alert: Pick<AlertEventText, 'kind' | 'model' | 'alertKey'>,
  event: string,
): string {
  const happened = eventKind(event);
  const { name, isOfLastDay } = readSubject(alertSubject(alert));
  const words = titles[alert.kind](name);
  const trouble = words[happened === 'snooze-ended' ? 'repeated' : happened] ?? words['opened'] ?? event;
  const when = isOfLastDay ? ' (last 24 hours)' : '';
  return `${alert.model} ${trouble}${when}${happened === 'unacknowledged' ? ', and nobody has acknowledged it' : ''}`;
}

export type AlertStatus = Severity | 'resolved';

/**
 * How bad is it now? A resolved alert is good news, however severe it was.
 *
 * @example alertStatus({ event: 'resolved', severity: 'critical' }) // 'resolved'
 */
export function alertStatus({ event, severity }: Pick<AlertEventText, 'event' | 'severity'>): AlertStatus {
  return eventKind(event) === 'resolved' ? 'resolved' : severity;
}

/**
 * A text on one line: line breaks and control characters become a space, and invisible characters that reorder what is
 * read go. For headers, subjects and buttons.
 *
 * @example oneLine('bike\r\nBcc: x@example.org') // 'bike Bcc: x@example.org'
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** How many facts of an alert, or events of a group, a message has. */
export const mostFacts = 20;

/** What a person reads on a phone, and far below what Slack refuses and mail programs cut. */
const longest = { name: 100, value: 500, title: 300, summary: 1_000 } as const;

/**
 * The first 20 facts, none of them longer than a few lines, and how many more there are.
 *
 * @example
 * const facts = Array.from({ length: 200 }, (_, i) => ({ name: `f${i}`, value: 'no row has a value' }));
 * firstFacts(facts).at(-1) // { name: 'More', value: '180 more, see the links below' }
 */
export function firstFacts(facts: readonly Fact[]): readonly Fact[] {
  const first = facts.slice(0, mostFacts).map(({ name, value }) => ({
    name: shortened(name, longest.name),
    value: shortened(value, longest.value),
  }));
  const more = facts.length - first.length;
  return more === 0 ? first : [...first, { name: 'More', value: `${more} more, see the links below` }];
}

/**
 * A summary that a person reads to its end: at most 1,000 characters.
 *
 * @example shortSummary('x'.repeat(2000)).length // 1000
 */
export function shortSummary(summary: string): string {
  return shortened(summary, longest.summary);
}

/**
 * A title that still is one, however long the name of a model.
 *
 * @example shortTitle('x'.repeat(2000)).length // 300
 */
export function shortTitle(title: string): string {
  return shortened(title, longest.title);
}

/**
 * A text of at most so many characters: cut between two of them, with an ellipsis.
 *
 * @example shortened('bike-demand', 5) // 'bike…'
 */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
