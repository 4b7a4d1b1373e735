import type { PushFacts } from '../workflows/push-metrics.ts';

/**
 * A warning for whoever waited for a run: its gauges are old, why, and who brings them up to date. Undefined where they were pushed, or
 * where the worker has no Pushgateway.
 */
export function unpushedNote({ metrics, metricsReason }: Partial<PushFacts>): string | undefined {
  if (metrics !== 'not pushed') return undefined;
  const why = metricsReason === undefined ? '.' : `: ${metricsReason.replace(/\.?$/, '.')}`;
  return `warning: the result is stored, but its gauges were not pushed${why} The worker goes on trying; the next run pushes them as well.`;
}
