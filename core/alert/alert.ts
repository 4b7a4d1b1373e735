/** The words of alerts: what an alert is about, how bad it is, and what names it. */

export const alertKinds = ['drift', 'data-quality', 'concept-drift', 'degradation', 'retraining'] as const;
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

/** Is the first severity worse than the second? */
export function isWorse(severity: Severity, than: Severity): boolean {
  return severities.indexOf(severity) > severities.indexOf(than);
}
