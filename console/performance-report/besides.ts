/** What else speaks in a report, each with the section that says more. */

import { countText } from '../../core/performance/metrics.ts';
import type { Verdict } from '../../core/verdict.ts';
import { lossLabel, lossText } from './metric-words.ts';
import type { PerformanceReport, Slices } from './performance-report.ts';
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

/** A model that is no better than something simpler is worth a line, whatever the metric. */
function lostBaselines(baselines: PerformanceReport['baselines']): readonly Beside[] {
  if (isAbsent(baselines)) return [];
  const lost = baselines.comparisons.filter(
    ({ verdict }) => verdict === 'not-better' || verdict === 'unclear',
  );
  const first = lost.filter(({ against }, i) => lost.findIndex((one) => one.against === against) === i);
  return first.map(({ reason }) => ({ place: 'baselines', name: 'Baseline', level: 'warning', reason }));
}
