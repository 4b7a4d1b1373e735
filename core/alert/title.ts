/** What has happened to an alert, in a few words. */

import { alertSubject, eventKind } from './alert.ts';
import type { AlertKind, Fact } from './alert.ts';
import { readSubject, segmentOf } from './subject.ts';

/** What is said by the kind of an event. */
type Phrases = Readonly<Record<string, string>>;

interface Titles {
  /** Of whom it is said; by default of the model. */
  readonly who?: string;
  readonly phrases: Phrases;
}

/** How a trouble is told of: when it opens, while it lasts, when it is back, and when it is over. */
function lasting(opened: string, repeated: string, reopened: string, resolved: string): Phrases {
  return { opened, repeated, reopened, resolved };
}

/** "has drift", "still has drift", "has drift again". */
function having(trouble: string, resolved = `has no ${trouble} any more`): Titles {
  return { phrases: lasting(`has ${trouble}`, `still has ${trouble}`, `has ${trouble} again`, resolved) };
}

/** By what the alert is about, and what is known of it. */
const titles: Readonly<Record<AlertKind, (subject: string, facts: readonly Fact[]) => Titles>> = {
  drift: (feature) => having(`drift of ${feature}`),
  'prediction-drift': (column) =>
    having(column === 'prediction' ? 'prediction drift' : `drift of its ${column}`),
  'actuals-drift': () => having('drift of its actuals'),
  'dataset-drift': (name) =>
    having(segmentOf(name) === '' ? 'data drift' : `data drift in ${segmentOf(name)}`),
  'concept-drift': () => having('concept drift'),
  'data-quality': (_, checks) => having(`bad data${places(checks)}`, 'has good data again'),
  'missing-data': (column) => having(`missing values of ${column}`, `has the values of ${column} again`),
  freshness: (stream) => having(`stale ${stream}`, `has fresh ${stream} again`),
  degradation: () => ({
    phrases: lasting('is degraded', 'is still degraded', 'is degraded again', 'is no longer degraded'),
  }),
  restated: () => ({ phrases: { opened: 'has a restated verdict' } }),
  retraining: () => ({
    phrases: {
      ...lasting(
        'is being retrained',
        'is still being retrained',
        'is being retrained again',
        'has been retrained',
      ),
      'awaiting-approval': 'has a challenger that waits for approval',
      approved: 'has a challenger that was approved',
      promoted: 'has a new champion',
      kept: 'keeps its new champion',
      rejected: 'keeps its champion',
      failed: 'could not be retrained',
      cancelled: 'is not retrained after all',
      'rolled-back': 'has its former champion back',
    },
  }),
  'dead-man': (process) => ({
    who: process,
    phrases: lasting(
      'does not succeed',
      'still does not succeed',
      'fails to succeed again',
      'no longer fails',
    ),
  }),
  'delivery-failing': (channel) => ({
    who: nameOfChannel(channel),
    phrases: lasting(
      'does not take its alerts',
      'still does not take its alerts',
      'refuses its alerts again',
      'takes its alerts again',
    ),
  }),
};

/**
 * Where data are bad, the worst first: one alert is of all columns together. Its facts are the checks that failed, each named
 * `<column>: <check>`, or by the check where that is of whole rows; which they are, the summary says.
 */
function places(checks: readonly Fact[]): string {
  const names = new Set(checks.map(({ name }) => name.replace(/: [^:]*$/, '')));
  const [worst, ...others] = names;
  if (worst === undefined) return '';
  return others.length === 0 ? ` (${worst})` : ` (${worst} and ${others.length} more)`;
}

const channels = {
  slack: 'Slack',
  email: 'the mail server',
  pagerduty: 'PagerDuty',
  alertmanager: 'Alertmanager',
  webhook: 'the webhook',
} as const;

/** Of `slack`, or of `slack-oncall`, a recipient of it. */
function nameOfChannel(subject: string): string {
  const [channel = '', ...recipient] = subject.split('-');
  const name = channel in channels ? channels[channel as keyof typeof channels] : channel;
  return recipient.length === 0 ? name : `${name} (${recipient.join('-')})`;
}

/** What people are told of that another has done. */
const deeds: Phrases = { acknowledged: 'has acknowledged', resolved: 'has closed the alert' };

export interface TitledAlert {
  readonly kind: AlertKind;
  readonly model: string;
  readonly alertKey: string;
  /** The person who did it, where one did. */
  readonly actor?: string | null;
  /** Of the trouble. */
  readonly facts?: readonly Fact[];
}

/**
 * What has happened, in a few words? What a person does is said of that person; another event without a sentence of its
 * own (escalated, started) still is the trouble that opened the alert.
 *
 * @example
 * const alert = { kind: 'drift', model: 'bike-demand', alertKey: 'drift:bike-demand:hum' };
 * alertTitle(alert, 'opened') // 'bike-demand has drift of hum'
 * @example
 * const facts = [{ name: 'hum: stuck', value: 'it stood still at 0 for 22 hours' }, { name: 'temp: out of range', value: '...' }];
 * const alert = { kind: 'data-quality', model: 'bike-demand', alertKey: 'data-quality:bike-demand:dataset', facts };
 * alertTitle(alert, 'opened') // 'bike-demand has bad data (hum and 1 more)'
 * @example
 * const alert = { kind: 'drift', model: 'bike-demand', alertKey: 'drift:bike-demand:hum', actor: 'ana' };
 * alertTitle(alert, 'acknowledged') // 'bike-demand: ana has acknowledged that it has drift of hum'
 * @example
 * const alert = { kind: 'dead-man', model: 'bike-demand', alertKey: 'dead-man:bike-demand:drift-detection' };
 * alertTitle(alert, 'opened') // 'bike-demand: drift-detection does not succeed'
 */
export function alertTitle(alert: TitledAlert, event: string): string {
  const { kind, model, actor, facts = [] } = alert;
  const happened = eventKind(event);
  const { name, isOfLastDay } = readSubject(alertSubject(alert));
  const { who, phrases } = titles[kind](name, facts);
  const trouble = phrases['opened'] ?? event;
  const when = isOfLastDay ? ' (last 24 hours)' : '';
  const does = deeds[happened];
  if (actor !== undefined && actor !== null && does !== undefined)
    return `${model}: ${actor} ${does} that ${who ?? 'it'} ${trouble}${when}`;
  const phrase = phrases[happened === 'snooze-ended' ? 'repeated' : happened] ?? trouble;
  const alone = happened === 'unacknowledged' ? ', and nobody has acknowledged it' : '';
  return `${model}${who === undefined ? '' : `: ${who}`} ${phrase}${when}${alone}`;
}
