/** A statistic through time, with what is usual and where it matters. */

import { parseInstant } from '../../core/window.ts';
import type { Level } from '../../core/verdict.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import type { Html } from '../html.ts';
import { axisText, chartText, chartWidth, gridLine } from '../chart-parts.ts';
import { timeAxis } from '../time-axis.ts';
import type { Answer, HistoryPoint } from './drift-report.ts';

/** The same shapes as beside the words: colour is not the only sign. */
const symbols: Readonly<Record<Level, { symbol: string; symbolSize: number; itemStyle: { color: string } }>> =
  {
    ok: { symbol: 'circle', symbolSize: 6, itemStyle: { color: 'var(--current)' } },
    warning: { symbol: 'triangle', symbolSize: 9, itemStyle: { color: 'var(--warning)' } },
    critical: { symbol: 'diamond', symbolSize: 10, itemStyle: { color: 'var(--critical)' } },
    'insufficient-data': { symbol: 'circle', symbolSize: 6, itemStyle: { color: 'var(--unknown)' } },
  };

export interface History extends Pick<Answer, 'floor' | 'usual'> {
  readonly points: readonly HistoryPoint[];
  readonly format: (value: number) => string;
}

/** @param history its height is in the units of the picture */
export function historyChart(
  id: string,
  label: string,
  { height, ...history }: History & { readonly height: number },
): Html {
  return drawChart(historyOption(history), { id, label, width: chartWidth, height });
}

/** The value of each window; the usual range is a band behind it, the floor a dashed line. */
export function historyOption({ points, floor, usual, format }: History): ChartOption {
  const ends = points.map(({ windowEnd }) => parseInstant(windowEnd));
  return {
    textStyle: chartText,
    grid: { left: 44, right: 26, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: timeAxis(ends),
    yAxis: {
      type: 'value',
      axisLine: { show: false },
      axisTick: { show: false },
      min: 0,
      max: ({ max }: { max: number }) => 1.1 * Math.max(max, floor, usual?.high ?? 0),
      splitNumber: 2,
      axisLabel: { ...axisText, formatter: format, showMaxLabel: false },
      splitLine: gridLine,
    },
    series: [
      {
        type: 'line',
        silent: true,
        emphasis: { disabled: true },
        lineStyle: { color: 'var(--current)', width: 1.5 },
        clip: false,
        showAllSymbol: true,
        // A calm window is a point of the line; the current one has a dot in any case.
        data: points.map(({ value, level }, i) => ({
          value: [ends[i]!, value ?? '-'],
          ...symbols[level],
          ...(level === 'ok' && i < points.length - 1 && { symbol: 'none' }),
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: 'var(--limit)', width: 1.5, type: 'dashed' },
          data: [{ yAxis: floor }],
        },
        ...(usual !== undefined && {
          markArea: {
            silent: true,
            itemStyle: { color: 'var(--usual)' },
            data: [[{ yAxis: usual.low }, { yAxis: usual.high }]],
          },
        }),
      },
    ],
  };
}
