/** What people read of an alert, the same in every channel. */

import type { AlertKind, Fact, Severity } from './alert.ts';

/** One event of an alert, ready to be rendered. */
export interface AlertMessage {
  readonly model: string;
  readonly alertKey: string;
  /** 1 the first time that the alert opens. */
  readonly episode: number;
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
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

const titles: Readonly<Record<AlertKind, Readonly<Record<string, string>>>> = {
  drift: { opened: 'has data drift', resolved: 'has no data drift any more' },
  'data-quality': { opened: 'has bad data', resolved: 'has good data again' },
  degradation: { opened: 'is degraded', resolved: 'is no longer degraded' },
  retraining: {
    opened: 'is being retrained',
    promoted: 'has a new champion',
    rejected: 'keeps its champion',
    failed: 'could not be retrained',
    resolved: 'has been retrained',
  },
};

/**
 * What has happened, in a few words? An event without a sentence of its own (escalated, started) still is the trouble
 * that opened the alert.
 *
 * @example alertTitle('degradation', 'bike-demand', 'opened') // 'bike-demand is degraded'
 */
export function alertTitle(kind: AlertKind, model: string, event: string): string {
  return `${model} ${titles[kind][event] ?? titles[kind]['opened'] ?? event}`;
}

export type AlertStatus = Severity | 'resolved';

/**
 * How bad is it now? A resolved alert is good news, however severe it was.
 *
 * @example alertStatus({ event: 'resolved', severity: 'critical' }) // 'resolved'
 */
export function alertStatus({ event, severity }: Pick<AlertMessage, 'event' | 'severity'>): AlertStatus {
  return event === 'resolved' ? 'resolved' : severity;
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
