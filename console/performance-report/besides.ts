/** What else speaks in a report, each with the section that says more. */

import { countText } from '../../core/performance/metrics.ts';
import type { Beside } from '../beside-list.ts';
import { lossLabel, lossText } from './metric-words.ts';
import type { PerformanceReport, ReportedComparison, Slices } from './performance-report.ts';
import { isAbsent } from './section.ts';

/** Of drift, data quality, estimates, baselines and weak slices: what there is to be said in a line. */
export function besides(report: PerformanceReport): readonly Beside[] {
  const { drift, quality, slices, baselines, version } = report;
  return [
    !isAbsent(drift) && { place: 'drift', name: 'Data drift', ...drift.verdict },
    !isAbsent(quality) && { place: 'quality', name: 'Data quality', ...quality.verdict },
    ...lostBaselines(baselines, version),
    !isAbsent(slices) && slices.slices.length > 0 && weakestSlice(slices),
  ].filter((beside) => beside !== false);
}

function weakestSlice({ loss, slices }: Slices): Beside {
  const [{ name, value, rest }] = slices as [Slices['slices'][number]];
  return {
    place: 'slices',
    name: 'Weak slices',
    level: 'warning',
    reason: `${countText(slices.length, 'slice')}, first of all ${name}: ${lossLabel(loss)} ${lossText(loss, value)} against ${lossText(loss, rest)} elsewhere`,
  };
}

/** A model that is no better than something simpler, whatever the metric, is worth a line. */
function lostBaselines(
  baselines: PerformanceReport['baselines'],
  version: string | undefined,
): readonly Beside[] {
  if (isAbsent(baselines)) return [];
  const own = baselines.comparisons.filter(({ subject }) => subject === version);
  const against = (wanted: ReportedComparison['verdict']): readonly string[] => [
    ...new Set(own.filter(({ verdict }) => verdict === wanted).map(({ against }) => against)),
  ];
  const lost = against('not-better');
  const unclear = against('unclear').filter((baseline) => !lost.includes(baseline));
  if (lost.length === 0 && unclear.length === 0) return [];
  const words = [
    ...(lost.length === 0 ? [] : [`worse than ${lost.join(' and ')}`]),
    ...(unclear.length === 0 ? [] : [`not clearly better than ${unclear.join(' and ')}`]),
  ];
  const level = lost.length > 0 ? 'warning' : 'insufficient-data';
  return [{ place: 'baselines', name: 'Baselines', level, reason: words.join('; ') }];
}
