/** The metrics of a window beside those of the reference. */

import type { Limits, MetricRow } from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { isMetricName, metricTable, type MetricName } from '../../core/performance/metrics.ts';
import type { WindowNumbers } from './evaluations.ts';

export function limitsOf({ performance }: Monitor, metric: MetricName): Limits | undefined {
  const limits: Readonly<
    Partial<Record<MetricName, { warning?: number | undefined; critical?: number | undefined }>>
  > = performance.limits;
  const limit = limits[metric];
  if (limit === undefined) return undefined;
  return {
    ...(limit.warning !== undefined && { warning: limit.warning }),
    ...(limit.critical !== undefined && { critical: limit.critical }),
  };
}

/** The main one first, then those that the monitor limits, then the others of the task. */
export function metricRows(
  monitor: Monitor,
  main: MetricName,
  current: WindowNumbers,
  reference: WindowNumbers,
  noReference: string | undefined,
): readonly MetricRow[] {
  const names = Object.keys(metricTable)
    .filter(isMetricName)
    .filter((name) => metricTable[name].task === monitor.task);
  const rank = (name: MetricName): number =>
    name === main ? 0 : limitsOf(monitor, name) !== undefined ? 1 : 2;
  return names
    .toSorted((a, b) => rank(a) - rank(b))
    .map((metric) => {
      const limits = limitsOf(monitor, metric);
      return {
        metric,
        current: current.metrics[metric] ?? { notComputable: 'the stored evaluation does not hold it' },
        reference:
          noReference === undefined
            ? (reference.metrics[metric] ?? { notComputable: 'the stored evaluation does not hold it' })
            : { notComputable: noReference },
        ...(limits !== undefined && { limits }),
      };
    });
}
