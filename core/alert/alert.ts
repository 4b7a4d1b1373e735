/** The words of alerts: what an alert is about, how bad it is, and what names it. */

export const alertKinds = [
  'drift',
  'prediction-drift',
  'actuals-drift',
  'dataset-drift',
  'concept-drift',
  'data-quality',
  'missing-data',
  'freshness',
  'degradation',
  'restated',
  'retraining',
  'dead-man',
  'delivery-failing',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** From the least to the worst. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One number or word of an alert, ready to be shown. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** A page of Tidewatch that an alert points to. */
export interface PageLink {
  readonly label: string;
  /** From the root of wherever the worker answers, such as /reports/drift. */
  readonly path: string;
}

/**
 * What names an alert? The same trouble always has the same key, so that it is one alert however often it is observed.
 *
 * @example alertKey('degradation', 'bike-demand', 'performance') // 'degradation:bike-demand:performance'
 */
export function alertKey(kind: AlertKind, model: string, subject: string): string {
  return `${kind}:${model}:${subject}`;
}

/**
 * What names one episode of an alert, that of its opening and of what followed it?
 *
 * @example episodeKey({ alertKey: 'drift:bike-demand:hum', episode: 2 }) // 'drift:bike-demand:hum#2'
 */
export function episodeKey({
  alertKey: key,
  episode,
}: {
  readonly alertKey: string;
  readonly episode: number;
}): string {
  return `${key}#${episode}`;
}

/** Is the first severity worse than the second? */
export function isWorse(severity: Severity, than: Severity): boolean {
  return severities.indexOf(severity) > severities.indexOf(than);
}

/**
 * What kind of event is it? Events of one episode have different names: the second of a kind ends in `.2`, and so on.
 *
 * @example eventKind('repeated.3') // 'repeated'
 */
export function eventKind(event: string): string {
  return event.replace(/\.\d+$/, '');
}

/**
 * A retraining that failed or was rolled back is told and stays until somebody sees to it. A restated verdict is over as soon as it is told:
 * it must not leave anything open with those who keep books of their own.
 */
const endings: ReadonlySet<string> = new Set(['resolved', 'kept', 'rejected', 'cancelled', 'restated']);

/**
 * Is an alert over after such an event?
 *
 * @example [endsAlert('resolved.2'), endsAlert('failed'), endsAlert('rolled-back')] // [true, false, false]
 */
export function endsAlert(event: string): boolean {
  return endings.has(eventKind(event));
}

/**
 * The name of the n-th event of its kind in an episode.
 *
 * @example [eventName('escalated', 1), eventName('escalated', 2)] // ['escalated', 'escalated.2']
 */
export function eventName(kind: string, n: number): string {
  return n === 1 ? kind : `${kind}.${n}`;
}

/**
 * What tells an alert from others of its kind and model?
 *
 * @example alertSubject({ kind: 'drift', model: 'bike-demand', alertKey: 'drift:bike-demand:hum' }) // 'hum'
 */
export function alertSubject({
  kind,
  model,
  alertKey: key,
}: {
  readonly kind: AlertKind;
  readonly model: string;
  readonly alertKey: string;
}): string {
  return key.slice(alertKey(kind, model, '').length);
}

/**
 * The workflow id of an alert's life cycle: one run at a time.
 *
 * @example lifecycleId('drift:bike-demand:dataset') // 'alert-lifecycle:drift:bike-demand:dataset'
 */
export function lifecycleId(alertKey: string): string {
  return `alert-lifecycle:${alertKey}`;
}
