/** The main trend as a picture of its own, for an e-mail. */

import { metricTable } from '../../core/performance/metrics.ts';
import { axisText } from '../chart-parts.ts';
import { drawPicture } from '../charts.ts';
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
  const option = trendOption(trend, metric, size.width);
  const limits = limitsText(metric, trend.limits);
  return drawPicture(
    {
      ...option,
      title: {
        text: `${metricLabel(metric)} over ${trend.length}, each day, with its 95% interval`,
        subtext: `${metricTable[metric].direction === 'higher-is-better' ? 'Higher' : 'Lower'} is better. Dots: single days. Grey: provisional.${limits === '' ? '' : ` Dashed: limits.`}`,
        left: 12,
        top: 8,
        itemGap: 3,
        textStyle: { fontSize: 13, color: 'var(--ink)', fontWeight: 'bold' },
        subtextStyle: { ...axisText, fontSize: 11 },
      },
      grid: { left: 52, right: 28, top: 72, bottom: 28, outerBoundsMode: 'none' },
    },
    size,
  );
}
