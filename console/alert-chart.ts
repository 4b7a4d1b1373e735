/** The metric that an alert is about, as a picture of its own for an e-mail. */

import { seriesNumber } from '../core/alert/series.ts';
import type { AlertSeries } from '../core/alert/message.ts';
import { axisText, chartText, gridLine, limitLine } from './chart-parts.ts';
import { drawPicture } from './charts.ts';
import { timeAxis } from './time-axis.ts';

/** As wide as mail programs show a message. */
const size = { width: 600, height: 220 } as const;

/** The text of an SVG file: a line through the values, and the limit as a dashed one. */
export function alertPicture({ label, unit, limit, points }: AlertSeries): string {
  const format = (value: number): string => seriesNumber(value, unit);
  const shown = [...points.map(([, value]) => value), ...(limit === undefined ? [] : [limit])];
  return drawPicture(
    {
      textStyle: chartText,
      title: {
        text: label,
        left: 12,
        top: 8,
        textStyle: { fontSize: 13, color: 'var(--ink)', fontWeight: 'bold' },
      },
      grid: { left: 52, right: 28, top: 44, bottom: 28, outerBoundsMode: 'none' },
      xAxis: timeAxis(points.map(([at]) => at)),
      yAxis: {
        type: 'value',
        min: Math.min(0, ...shown),
        max: ({ max }: { max: number }) => 1.1 * Math.max(max, ...shown),
        axisLine: { show: false },
        axisTick: { show: false },
        splitNumber: 3,
        axisLabel: { ...axisText, formatter: format, showMaxLabel: false },
        splitLine: gridLine,
      },
      series: [
        {
          type: 'line',
          silent: true,
          lineStyle: { color: 'var(--current)', width: 2 },
          itemStyle: { color: 'var(--current)' },
          symbol: 'circle',
          symbolSize: 4,
          showAllSymbol: true,
          clip: false,
          data: points.map(([at, value]) => [at, value]),
          ...(limit !== undefined && {
            markLine: {
              silent: true,
              symbol: 'none',
              data: [limitLine(limit, 'critical', `limit ${format(limit)}`)],
            },
          }),
        },
      ],
    },
    size,
  );
}
