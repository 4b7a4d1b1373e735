/** The report in a few facts: what an e-mail says of it. */

import type { Fact } from '../../core/alert/alert.ts';
import { countText } from '../../core/performance/metrics.ts';
import { shorten, visibleName } from '../names.ts';
import { besides } from './besides.ts';
import { gapWords } from './estimates-section.ts';
import { differenceWords, measuredText, metricLabel } from './metric-words.ts';
import { outcomesText } from './headline.ts';
import type { PerformanceReport } from './performance-report.ts';
import { isAbsent } from './section.ts';

/** So many metrics beside the main one. */
const mostMetrics = 4;
const longestName = 80;

/** The metrics, on what they rest, the worst segment, what else speaks, and what was retrained. */
export function summaryFacts(report: PerformanceReport): readonly Fact[] {
  const { metric, metrics, window, segments, estimates, retrainings } = report;
  const others = metrics
    .filter((row) => row.metric !== metric && 'value' in row.current)
    .slice(0, mostMetrics);
  const worst = isAbsent(segments) ? undefined : segments.segments.find(({ value }) => 'value' in value);
  return [
    ...others.map((row) => ({
      name: metricLabel(row.metric),
      value: [measuredText(row.metric, row.current), differenceWords(row.metric, row.current, row.reference)]
        .filter((part) => part !== '')
        .join(', '),
    })),
    {
      name: 'Actuals',
      value: `${outcomesText(window)}${window.evaluation?.state === 'provisional' ? '; more may come' : ''}`,
    },
    ...(isAbsent(estimates) ? [] : [{ name: 'Estimated without actuals', value: gapWords(estimates) }]),
    ...(worst === undefined
      ? []
      : [
          {
            name: 'Worst segment',
            value: `${shorten(visibleName(worst.name), longestName)}: ${measuredText(metric, worst.value)}`,
          },
        ]),
    ...besides(report)
      .filter(({ level }) => level !== 'ok')
      .map(({ name, reason }) => ({ name, value: shorten(reason, 200) })),
    ...(isAbsent(retrainings)
      ? []
      : [
          {
            name: countText(retrainings.retrainings.length, 'retraining'),
            value: retrainings.retrainings.map(({ state }) => state).join(', '),
          },
        ]),
  ];
}
