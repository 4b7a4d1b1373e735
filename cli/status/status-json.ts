import { formatInstant, formatWindow } from '../../core/window.ts';
import type { ModelStatus } from './read-status.ts';

/** The status of a model for machines: instants as ISO 8601, null where there is none. */
export function statusJson(status: ModelStatus): unknown {
  const {
    checked,
    degradedSince,
    champion,
    performance,
    estimate,
    drift,
    alerts,
    rules,
    pause,
    waiting,
    changesUntil,
    ...rest
  } = status;
  const instant = (at: number | undefined): string | null => (at === undefined ? null : formatInstant(at));
  return {
    ...rest,
    arrived: { ...rest.arrived, predictedAt: instant(rest.arrived.predictedAt ?? undefined) },
    checked: instant(checked),
    degradedSince: instant(degradedSince),
    changesUntil: instant(changesUntil),
    champion: champion && { version: champion.version, since: instant(champion.since) },
    waiting: waiting && { ...waiting, window: formatWindow(waiting.window) },
    performance: performance && { ...performance, window: formatWindow(performance.window) },
    estimate: estimate && { ...estimate, window: formatWindow(estimate.window) },
    drift: drift && {
      ...drift,
      window: formatWindow(drift.window),
      qualitySince: instant(drift.qualitySince),
    },
    alerts: alerts.map(({ alertKey, severity, state, by, summary, now, observedAsOf, openedAsOf }) => ({
      key: alertKey,
      severity,
      state,
      by: by ?? null,
      summary,
      now,
      observedAsOf,
      openedAsOf,
    })),
    pause: pause === undefined ? null : { ...pause, since: instant(pause.since) },
    rules: rules.map(({ firingSince, ...rule }) => ({ ...rule, firingSince: instant(firingSince) })),
  };
}
