/** The rules of the life of one alert: the settings of its monitor, as they hold for its kind. */

import { durationMs } from '../window.ts';
import { severities } from './alert.ts';
import type { AlertKind, Severity } from './alert.ts';
import type { AlertLifeSettings } from './life-settings.ts';

/** How long to wait before an open alert is told again: first, then `factor` times as long, and so on. Milliseconds. */
export interface RepeatInterval {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

export interface LifeRules {
  /** Clean observations in a row after which an alert is resolved. */
  readonly resolveAfter: number;
  /** Trouble that comes back within this time of the resolving observation is the same episode. */
  readonly graceMs: number;
  /** Null: never, or nobody would be told. */
  readonly repeat: Readonly<Record<Severity, RepeatInterval | null>>;
  /** After how long without an acknowledgement more people are told; ascending. */
  readonly unacknowledgedMs: Readonly<Record<Severity, readonly number[]>>;
}

/** The part of a route that bears on an alert's life. */
interface WaitingRoute {
  readonly severity: readonly Severity[];
  /** It is told only of alerts that nobody has acknowledged for so long. */
  readonly unacknowledgedFor?: string | undefined;
}

/**
 * Does the first good news end it? A retraining ends, a process succeeds, a message is taken: that is seen once. A verdict on
 * data hovers at its limit.
 */
const endsAtOnce: Readonly<Record<AlertKind, boolean>> = {
  drift: false,
  'prediction-drift': false,
  'actuals-drift': false,
  'dataset-drift': false,
  'concept-drift': false,
  'data-quality': false,
  'missing-data': false,
  degradation: false,
  freshness: true,
  restated: true,
  retraining: true,
  'dead-man': true,
  'delivery-failing': true,
};

/**
 * The rules for an alert of this kind.
 *
 * @example
 * const settings = alertLifeSchema.parse({});
 * [lifeRules('drift', settings, []).resolveAfter, lifeRules('retraining', settings, []).resolveAfter] // [2, 1]
 */
export function lifeRules(
  kind: AlertKind,
  settings: AlertLifeSettings,
  routes: readonly WaitingRoute[],
): LifeRules {
  const bySeverity = <T>(rule: (severity: Severity) => T): Record<Severity, T> =>
    Object.fromEntries(severities.map((severity) => [severity, rule(severity)])) as Record<Severity, T>;
  return {
    resolveAfter: endsAtOnce[kind] ? 1 : settings.resolveAfter,
    graceMs: durationMs(settings.grace),
    repeat: bySeverity((severity) =>
      routes.some((route) => route.severity.includes(severity))
        ? repeatOf(settings.repeatInterval[severity])
        : null,
    ),
    unacknowledgedMs: bySeverity((severity) => waitsOf(routes, severity)),
  };
}

function repeatOf(interval: AlertLifeSettings['repeatInterval'][Severity]): RepeatInterval | null {
  if (interval === 'never') return null;
  const { first, factor, longest } =
    typeof interval === 'string' ? { first: interval, factor: 1, longest: interval } : interval;
  return { firstMs: durationMs(first), factor, longestMs: durationMs(longest) };
}

function waitsOf(routes: readonly WaitingRoute[], severity: Severity): number[] {
  const waits = routes.flatMap(({ severity: severities, unacknowledgedFor }) =>
    unacknowledgedFor !== undefined && severities.includes(severity) ? [durationMs(unacknowledgedFor)] : [],
  );
  return [...new Set(waits)].sort((a, b) => a - b);
}
