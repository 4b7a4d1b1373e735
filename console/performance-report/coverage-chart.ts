/** Of which share of each day's predictions is the actual known? */

import { formatShare } from '../../core/number-text.ts';
import { axisText, chartText, gridLine } from '../chart-parts.ts';
import type { ChartOption } from '../charts.ts';
import { nameAxis } from '../name-axis.ts';

/** A bar a day; none where nothing was predicted. */
export function coverageOption(
  days: readonly { readonly name: string; readonly share: number | undefined }[],
): ChartOption {
  return {
    textStyle: chartText,
    grid: { left: 46, right: 20, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: nameAxis(days.map(({ name }) => name)),
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      axisLine: { show: false },
      splitNumber: 2,
      axisLabel: { ...axisText, formatter: formatShare },
      splitLine: gridLine,
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '20%',
        itemStyle: { color: 'var(--current-light)', borderColor: 'var(--current)', borderWidth: 1 },
        data: days.map(({ share }) => share ?? '-'),
      },
    ],
  };
}
