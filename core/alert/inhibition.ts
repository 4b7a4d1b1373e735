/** Why people are not told of an alert for now: maintenance, or another alert that explains it. */

import { formatInstant } from '../window.ts';
import type { AlertKind, Severity } from './alert.ts';
import { inhibitionRulesOf } from './default-inhibition.ts';
import type { InhibitionRule, InstallationSettings } from './installation-settings.ts';
import { fitsPattern } from './routes.ts';

/** An alert that is not resolved. */
export interface OpenAlert {
  readonly model: string;
  readonly alertKey: string;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly severity: Severity;
}

export interface Hold {
  /** In words. */
  readonly reason: string;
  /** When it ends, in epoch milliseconds; without it, when the other alert does. */
  readonly until?: number;
}

/**
 * Why are people not told of an alert now? A maintenance window of its model comes first, then the rules of inhibition in their
 * order; an alert that an earlier rule holds back itself holds back nothing. Null: they are told.
 *
 * @param open the other open alerts of its model; the alert itself may be among them
 * @param now the wall clock, epoch milliseconds
 * @example
 * const drift = { model: 'bike-demand', alertKey: 'drift:bike-demand:hum', kind: 'drift', subject: 'hum', severity: 'critical' };
 * const maintenance = [{ model: 'bike-*', from: '2026-11-29T08:00:00Z', to: '2026-11-29T10:00:00Z', reason: 'the feed moves' }];
 * const settings = installationSettingsSchema.parse({ maintenance });
 * heldBack(drift, [], settings, parseInstant('2026-11-29T09:00:00Z')).reason // 'maintenance until 2026-11-29T10:00:00Z: the feed moves'
 */
export function heldBack(
  alert: OpenAlert,
  open: readonly OpenAlert[],
  settings: Pick<InstallationSettings, 'maintenance' | 'inhibition' | 'defaultInhibition'>,
  now: number,
): Hold | null {
  const window = settings.maintenance.find(
    ({ model, from, to }) =>
      [model].flat().some((pattern) => fitsPattern(pattern, alert.model)) &&
      Date.parse(from) <= now &&
      now < Date.parse(to),
  );
  if (window !== undefined) {
    const until = Date.parse(window.to);
    return { reason: `maintenance until ${formatInstant(until)}: ${window.reason}`, until };
  }
  const source = inhibitorOf(alert, open, inhibitionRulesOf(settings));
  return source === undefined ? null : { reason: `held back by ${source.alertKey}` };
}

function inhibitorOf(
  alert: OpenAlert,
  open: readonly OpenAlert[],
  rules: readonly InhibitionRule[],
): OpenAlert | undefined {
  for (const [index, rule] of rules.entries()) {
    if (!isSide(rule.target, alert)) continue;
    const found = open.find(
      (source) =>
        source.model === alert.model &&
        source.alertKey !== alert.alertKey &&
        isSide(rule.source, source) &&
        (rule.equal === 'model' || source.subject === alert.subject) &&
        inhibitorOf(source, open, rules.slice(0, index)) === undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSide({ kind, severity, subject }: InhibitionRule['source'], alert: OpenAlert): boolean {
  return (
    (kind === undefined || [kind].flat().includes(alert.kind)) &&
    (severity === undefined || [severity].flat().includes(alert.severity)) &&
    (subject === undefined || [subject].flat().some((pattern) => fitsPattern(pattern, alert.subject)))
  );
}
