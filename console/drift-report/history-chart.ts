/** A statistic through time, with what is usual and where it matters. */

import { dayMs, formatInstant, parseInstant } from '../../core/window.ts';
import type { Level } from '../../core/verdict.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import type { Html } from '../html.ts';
import { axisLine, axisText, chartText, chartWidth, gridLine } from './chart-parts.ts';
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
  readonly height: number;
  readonly format: (value: number) => string;
}

/** The value of each window; the usual range is a band behind it, the floor a dashed line. */
export function historyChart(id: string, label: string, history: History): Html {
  const { points, floor, usual, height, format } = history;
  const ends = points.map(({ windowEnd }) => parseInstant(windowEnd));
  const [first, last] = [ends[0]!, ends.at(-1)!];
  const marks = evenly(ends);
  const option: ChartOption = {
    textStyle: chartText,
    grid: { left: 44, right: 26, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      min: first,
      max: last,
      axisLine,
      axisTick: { show: true, lineStyle: { color: 'var(--axis)' }, customValues: marks },
      splitLine: { show: false },
      axisLabel: {
        ...axisText,
        customValues: marks,
        formatter: last - first < fewDaysMs ? hourText : dayText,
      },
    },
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
  return drawChart(option, { id, label, width: chartWidth, height });
}

const fewDaysMs = 4 * dayMs;
const mostMarks = 5;

/** The last instant, and others before it at even steps. */
function evenly(instants: readonly number[]): number[] {
  const step = Math.ceil(instants.length / mostMarks);
  return instants.filter((_, i) => (instants.length - 1 - i) % step === 0);
}

/** @example 'May 13' */
function dayText(instant: number): string {
  return dayFormat.format(instant);
}

/** @example '14:00' */
function hourText(instant: number): string {
  return formatInstant(instant).slice(11, 16);
}

const dayFormat = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric' });
