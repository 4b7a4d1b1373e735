/**
 * Alerts in Alertmanager, for those who route there: `POST /api/v2/alerts`. The same labels are the same alert there, so
 * that sending it twice changes nothing but how long it fires.
 */

import { alertSubject, endsAlert, severities } from '../../core/alert/alert.ts';
import type { AlertEventText } from '../../core/alert/message.ts';
import { runbookLabel } from '../../core/alert/runbooks.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { dayMs } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

export interface AlertmanagerOptions {
  /** Of every instance of one cluster, `http://127.0.0.1:9093`; a path in front of its API is kept. */
  readonly urls: readonly string[];
  readonly timeoutMs?: number;
  /** By default the time of this machine. */
  readonly now?: () => number;
}

/** Every instance is told, as Prometheus does; they see to it that people hear of it once. One that takes it is enough. */
export function openAlertmanager({ urls, timeoutMs = 10_000, now = Date.now }: AlertmanagerOptions): Channel {
  const addresses = urls.map(apiAddress);
  return {
    sends: 'alert',
    async send(message, recipient) {
      const attempt = { channel: 'alertmanager', recipient, message } as const;
      const body = JSON.stringify(message.events.flatMap((event) => alertmanagerAlerts(event, now())));
      const sent = await Promise.allSettled(addresses.map((url) => post(attempt, { url, body, timeoutMs })));
      const errors = sent
        .filter((result) => result.status === 'rejected')
        .map(({ reason }) => reason as unknown);
      if (errors.length === 0) return {};
      if (errors.length < addresses.length)
        return {
          notice: `${errors.length} of ${addresses.length} instances did not take it: ${reasonOf(errors[0])}`,
        };
      // One that is only away may take it later.
      throw errors.find((error) => error instanceof TidewatchError && error.retryable) ?? errors[0];
    },
  };
}

function apiAddress(url: string): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, '')}/api/v2/alerts`;
  return address.href;
}

/**
 * An alert fires until it is resolved; each repetition moves this on. It is far longer than repetitions wait, since one that
 * somebody has acknowledged is not repeated, and it ends what a Tidewatch that is gone for good has left behind.
 */
const firesForMs = 30 * dayMs;

export interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of one that fires; the earliest of all that Alertmanager was told counts. */
  readonly startsAt?: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * What is Alertmanager told of an event? Its severity is a label, as in rules of Prometheus, and an alert of another severity is
 * another alert there: the one that fits fires, and those of the other severities end, as do all with labels that the monitor had
 * before. One that ends without having fired is told to nobody.
 *
 * @param now wall clock, epoch milliseconds
 */
export function alertmanagerAlerts(event: AlertEventText, now: number): readonly AlertmanagerAlert[] {
  const { model, kind, severity, title, summary, asOf, links, labels = {}, formerLabels = [] } = event;
  const isOver = endsAlert(event.event);
  // Not now: by a clock that is ahead of Alertmanager's, it would go on firing until then.
  const happenedAt = toTimestamp(Math.min(asOf, now));
  const over = { endsAt: happenedAt };
  // Without a start, one that ends later would begin then.
  const firing = { startsAt: happenedAt, endsAt: toTimestamp(now + firesForMs) };
  const annotations = {
    summary: title,
    description: summary,
    ...Object.fromEntries(links.map(({ label, url }) => [annotationName(label), url])),
  };
  const own = {
    alertname: `Tidewatch${kind.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    kind,
    model,
    subject: alertSubject(event),
    source: 'tidewatch',
  };
  return [labels, ...formerLabels].flatMap((given) =>
    severities.map((other) => ({
      labels: { ...given, ...own, severity: other },
      annotations,
      ...(isOver || other !== severity || given !== labels ? over : firing),
      ...(links[0] !== undefined && { generatorURL: links[0].url }),
    })),
  );
}

/**
 * A runbook has the name that Prometheus' own rules and receivers of Alertmanager know.
 *
 * @example annotationName('Open the drift report') // 'open_the_drift_report'
 */
function annotationName(label: string): string {
  return label === runbookLabel ? 'runbook_url' : label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
