/** The main trend as a picture of its own, for an e-mail. */

import { metricTable } from '../../core/performance/metrics.ts';
import { drawPicture } from '../charts.ts';
import { titled } from '../titled.ts';
import { limitsText, metricLabel } from './metric-words.ts';
import type { PerformanceReport } from './performance-report.ts';
import { isAbsent } from './section.ts';
import { trendOption } from './trend-chart.ts';

/** As wide as mail programs show a message. */
const size = { width: 600, height: 280 } as const;

/** The text of an SVG file; undefined where there is no trend. */
export function trendPicture({
  trend,
  metric,
}: Pick<PerformanceReport, 'trend' | 'metric'>): string | undefined {
  if (isAbsent(trend)) return undefined;
  const limits = limitsText(metric, trend.limits);
  const better = metricTable[metric].direction === 'higher-is-better' ? 'Higher' : 'Lower';
  return drawPicture(
    titled(
      trendOption(trend, metric, size.width),
      `${metricLabel(metric)} over ${trend.length}, each day, with its 95% interval`,
      `${better} is better. Dots: single days. Grey: provisional.${limits === '' ? '' : ' Dashed: limits.'}`,
    ),
    size,
  );
}
