/** What else speaks in a report, each with the section that says more. */

import { countText, type MetricName } from '../../core/performance/metrics.ts';
import type { Verdict } from '../../core/verdict.ts';
import { measuredText, metricLabel, shortMetric } from './metric-words.ts';
import type { PerformanceReport } from './performance-report.ts';
import { isAbsent } from './section.ts';

export interface Beside extends Verdict {
  readonly place: string;
  readonly name: string;
}

/** Of drift, data quality, estimates, baselines and weak slices: what there is to be said in a line. */
export function besides(report: PerformanceReport): readonly Beside[] {
  const { drift, quality, slices, baselines } = report;
  return [
    !isAbsent(drift) && { place: 'drift', name: 'Data drift', ...drift.verdict },
    !isAbsent(quality) && { place: 'quality', name: 'Data quality', ...quality.verdict },
    ...lostBaselines(baselines),
    !isAbsent(slices) && slices.slices.length > 0 && weakestSlice(slices.metric, slices.slices),
  ].filter((beside) => beside !== false);
}

function weakestSlice(
  metric: MetricName,
  slices: Extract<PerformanceReport['slices'], { slices: unknown }>['slices'],
): Beside {
  const [{ name, value, rest }] = slices as [(typeof slices)[number]];
  const others = rest === undefined ? '' : ` against ${shortMetric(metric, rest)} elsewhere`;
  return {
    place: 'slices',
    name: 'Weak slices',
    level: 'warning',
    reason: `${countText(slices.length, 'slice')}, the weakest ${name}: ${metricLabel(metric)} ${shortMetric(metric, value)}${others}`,
  };
}

/** A model that is no better than something simpler is worth a line. */
function lostBaselines(baselines: PerformanceReport['baselines']): readonly Beside[] {
  if (isAbsent(baselines)) return [];
  return baselines.comparisons
    .filter(
      ({ betterBy, interval }) =>
        (interval === undefined ? betterBy! <= 0 : interval[0] <= 0) && betterBy !== undefined,
    )
    .map(({ against, metric, value, againstValue, betterBy }): Beside => ({
      place: 'baselines',
      name: 'Baseline',
      level: 'warning',
      reason: `${betterBy! > 0 ? 'not clearly better than' : 'no better than'} ${against}${
        value === undefined || againstValue === undefined
          ? ''
          : `: ${metricLabel(metric)} ${measuredText(metric, { value })} against ${shortMetric(metric, againstValue)}`
      }`,
    }));
}
