/** The main metric through time, with its intervals and limits: on the page, and as a picture of its own in an e-mail. */

import { dayMs, parseInstant } from '../../core/window.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { axisText, chartText, gridLine, halo, limitLine } from '../chart-parts.ts';
import type { ChartOption } from '../charts.ts';
import { shorten } from '../names.ts';
import { timeAxis } from '../time-axis.ts';
import { band } from './band.ts';
import { shortMetric } from './metric-words.ts';
import type { Trend, TrendMark, TrendPoint } from './performance-report.ts';

/** Room for so many characters of a mark's label. */
const longestLabel = 14;

/** A line for each version with its interval as a band, days as dots, first values of restated windows as rings, and what happened as upright lines. */
export function trendOption(trend: Trend, metric: MetricName, width: number): ChartOption {
  const { points, days, limits, restated = [] } = trend;
  const ends = points.map(({ windowEnd }) => parseInstant(windowEnd));
  const range = rangeOf(trend);
  const runs = runsOf(points);
  const inRange = (values: Trend['days']): number[][] =>
    values
      .filter(({ value }) => value >= range.min && value <= range.max)
      .map(({ windowEnd, value }) => [parseInstant(windowEnd), value]);
  const [dots, rings] = [inRange(days), inRange(restated)];
  const firstProvisional = points.find(({ state }) => state === 'provisional');
  return {
    textStyle: chartText,
    grid: { left: 46, right: 24, top: 30, bottom: 26, outerBoundsMode: 'none' },
    xAxis: timeAxis(ends, width < 600 ? 4 : 8),
    yAxis: {
      type: 'value',
      ...range,
      axisLine: { show: false },
      axisTick: { show: false },
      splitNumber: 4,
      axisLabel: {
        ...axisText,
        formatter: (value: number) => shortMetric(metric, value),
        showMinLabel: false,
        showMaxLabel: false,
      },
      splitLine: gridLine,
    },
    series: [
      ...runs.map((run) =>
        band(
          run.flatMap(({ windowEnd, interval }) =>
            interval === undefined
              ? []
              : [{ at: parseInstant(windowEnd), low: interval[0], high: interval[1] }],
          ),
        ),
      ),
      {
        type: 'scatter',
        silent: true,
        // All dots as one path: 190 elements would take as long as all the rest of the chart. ECharts fails over a path without any.
        large: dots.length > 0,
        largeThreshold: 0,
        symbolSize: 3.5,
        itemStyle: { color: 'var(--axis)' },
        data: dots,
      },
      ...runs.map((run) => ({
        type: 'line' as const,
        silent: true,
        emphasis: { disabled: true },
        lineStyle: { color: 'var(--current)', width: 2 },
        itemStyle: { color: 'var(--current)' },
        // One point alone would be no line.
        symbol: run.length === 1 ? 'circle' : 'none',
        symbolSize: 6,
        data: run.map(({ windowEnd, value }) => [parseInstant(windowEnd), value ?? '-']),
      })),
      ...(rings.length === 0
        ? []
        : [
            {
              type: 'scatter' as const,
              silent: true,
              symbol: 'circle',
              symbolSize: 7,
              itemStyle: { color: 'transparent', borderColor: 'var(--muted)', borderWidth: 1.5 },
              data: rings,
            },
          ]),
      {
        type: 'line',
        silent: true,
        data: [],
        markLine: {
          silent: true,
          symbol: 'none',
          data: [
            ...limitLines(limits, metric, range),
            ...referenceLine(trend, range),
            ...markLines(trend.marks, ends),
          ],
        },
        ...(firstProvisional !== undefined && {
          markArea: {
            silent: true,
            itemStyle: { color: 'var(--axis)', opacity: 0.16 },
            data: [
              [
                { xAxis: Math.max(ends[0]!, parseInstant(firstProvisional.windowEnd) - dayMs / 2) },
                { xAxis: ends.at(-1)! },
              ],
            ],
          },
        }),
      },
    ],
  };
}

/** Points of one version on end; another version begins another line. */
function runsOf(points: readonly TrendPoint[]): TrendPoint[][] {
  const runs: TrendPoint[][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    if (last?.[0]?.version === point.version) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** All values and limits; intervals, single days and first values only as far as they leave these readable. */
function rangeOf({ points, days, limits, reference, restated = [] }: Trend): Range {
  const firm = [
    ...points.flatMap(({ value }) => value ?? []),
    ...Object.values(limits).filter((limit) => limit !== undefined),
    ...(reference === undefined ? [] : [reference]),
  ];
  const loose = [
    ...points.flatMap(({ interval }) => interval ?? []),
    ...[...days, ...restated].map(({ value }) => value),
  ];
  const [low, high] = [smallest(firm), largest(firm)];
  const span = high > low ? high - low : Math.abs(high) * 0.2 || 1;
  const min = Math.max(low - span, Math.min(low, smallest(loose)));
  const max = Math.min(high + span, Math.max(high, largest(loose)));
  const margin = 0.06 * (max - min || span);
  const isPositive = low >= 0 && smallest(loose) >= 0;
  return { min: isPositive ? Math.max(0, min - margin) : min - margin, max: max + margin };
}

const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** Words of limits that are nearer than this share of the height would be on top of each other. */
const nearLimits = 0.15;

/** Where two are near, the words of the lower one are below it. */
function limitLines(limits: Trend['limits'], metric: MetricName, { min, max }: Range): object[] {
  const { warning, critical } = limits;
  const isNear =
    warning !== undefined &&
    critical !== undefined &&
    Math.abs(warning - critical) < nearLimits * (max - min);
  const lower = isNear ? Math.min(warning, critical) : undefined;
  return (['warning', 'critical'] as const).flatMap((level) => {
    const limit = limits[level];
    if (limit === undefined) return [];
    // Equal ones are one line, named once.
    if (isNear && warning === critical)
      return level === 'critical'
        ? limitLine(limit, level, `warning and critical ${shortMetric(metric, limit)}`)
        : [];
    return limitLine(
      limit,
      level,
      `${level} ${shortMetric(metric, limit)}`,
      limit === lower ? 'below' : 'above',
    );
  });
}

function referenceLine({ reference }: Trend, { min, max }: Range): object[] {
  if (reference === undefined || reference < min || reference > max) return [];
  return [
    {
      yAxis: reference,
      lineStyle: { color: 'var(--reference-edge)', width: 1, type: 'solid' },
      label: { ...axisText, ...halo, position: 'insideEndBottom', formatter: 'reference' },
    },
  ];
}

/** Only marks that have room beside the one before are named. */
function markLines(marks: readonly TrendMark[], ends: readonly number[]): object[] {
  const [first, last] = [ends[0]!, ends.at(-1)!];
  let named = -Infinity;
  return marks.flatMap(({ at, kind, label }) => {
    const instant = parseInstant(at);
    if (instant < first || instant > last) return [];
    const hasRoom = instant - named > 0.14 * (last - first);
    if (hasRoom) named = instant;
    const align =
      instant - first < 0.1 * (last - first)
        ? 'left'
        : last - instant < 0.1 * (last - first)
          ? 'right'
          : 'center';
    return {
      xAxis: instant,
      lineStyle: {
        color: 'var(--ink)',
        width: 1,
        type: kind === 'promotion' ? ('solid' as const) : ('dotted' as const),
      },
      label: {
        ...axisText,
        show: hasRoom,
        position: 'end',
        align,
        formatter: `${kind === 'promotion' ? 'new ' : ''}${shorten(label, longestLabel)}`,
      },
    };
  });
}
