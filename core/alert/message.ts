/** What people read of an alert, the same in every channel. */

import { eventKind } from './alert.ts';
import type { AlertKind, Fact, Severity } from './alert.ts';

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
  /** The person who did it, where one did: by the wall clock, whatever instant the trouble is of. */
  readonly by?: string;
  readonly links: readonly Link[];
  /** Of the Temporal run that found it: no other installation has the same. */
  readonly runId: string;
  /** What the monitor says of itself, such as `team: bikes`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What it said before, in an earlier message about the same episode. */
  readonly formerLabels?: readonly Readonly<Record<string, string>>[];
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

export type AlertStatus = Severity | 'resolved';

/**
 * How bad is what it tells of? A resolved alert is good news, however severe it was, and that somebody takes it is for information.
 *
 * @example
 * const severity = 'critical';
 * ['resolved', 'acknowledged', 'repeated'].map((event) => alertStatus({ event, severity })) // ['resolved', 'info', 'critical']
 */
export function alertStatus({ event, severity }: Pick<AlertEventText, 'event' | 'severity'>): AlertStatus {
  const kind = eventKind(event);
  if (kind === 'resolved') return 'resolved';
  return kind === 'acknowledged' ? 'info' : severity;
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
