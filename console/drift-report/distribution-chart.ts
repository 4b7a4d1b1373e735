/** The two distributions of a column over each other. */

import { fewestBars } from '../../core/drift/bar-edges.ts';
import type {
  CategoricalDistribution,
  ContinuousDistribution,
  Distribution,
} from '../../core/drift/distribution.ts';
import { countText } from '../../core/performance/metrics.ts';
import { formatShare } from '../../core/number-text.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import type { Html } from '../html.ts';
import { formatApart } from '../numbers.ts';
import { axisLine, axisText, chartText, chartWidth, gridLine, niceTicks } from '../chart-parts.ts';
import { shorten, visibleName } from '../names.ts';

export type DrawnDistribution = Exclude<Distribution, { readonly notComputable: string }>;

/** The reference is a filled shape, the current window a line: colour is not what tells them apart. */
export function distributionChart(id: string, label: string, distribution: DrawnDistribution): Html {
  const height = distributionHeight(distribution);
  return drawChart(distributionOption(distribution), { id, label, width: chartWidth, height });
}

export function distributionOption(distribution: DrawnDistribution): ChartOption {
  const option =
    distribution.kind === 'continuous'
      ? continuousOption(distribution)
      : categoricalOption(rowsOf(distribution));
  return { textStyle: chartText, ...option };
}

export function distributionHeight(distribution: DrawnDistribution): number {
  return distribution.kind === 'continuous' ? 200 : 40 + 22 * rowsOf(distribution).length;
}

const sides = ['reference', 'current'] as const;

const shareAxis = {
  type: 'value',
  // Not 120%.
  max: ({ max }: { readonly max: number }) => (max > 0.8 ? 1 : null),
  splitNumber: 2,
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { ...axisText, formatter: formatShare },
  splitLine: gridLine,
} as const;

function continuousOption({ edges, bars, below, above }: ContinuousDistribution): ChartOption {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  const width = high - low;
  const laneWidth = 0.05 * width;
  // What lies outside stands apart, in a lane of its own.
  const lanes = [
    { shares: below, start: low - 0.08 * width, words: 'below' },
    { shares: above, start: high + 0.03 * width, words: 'above' },
  ].filter(({ shares }) => shares.reference + shares.current > 0);
  const words = new Map(lanes.map(({ start, words }) => [start + laneWidth / 2, words]));
  const ticks = edges.length <= fewestBars ? middlesOf(edges) : niceTicks(low, high);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : width;
  const away = (tick: number): boolean =>
    [...words.keys()].every((lane) => Math.abs(tick - lane) > 0.12 * width);
  const ends = lanes.flatMap(({ start }) => [start, start + laneWidth]);
  return {
    grid: { left: 44, right: 14, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      min: Math.min(low, ...ends),
      max: Math.max(high, ...ends),
      axisLine,
      axisTick: { show: true, lineStyle: { color: 'var(--axis)' }, customValues: ticks },
      splitLine: { show: false },
      axisLabel: {
        ...axisText,
        customValues: [...ticks.filter(away), ...words.keys()],
        formatter: (value: number) => words.get(value) ?? formatApart(value, step),
        hideOverlap: true,
      },
    },
    yAxis: shareAxis,
    series: sides.map((side) => ({
      type: 'line',
      step: 'end',
      showSymbol: false,
      clip: false,
      silent: true,
      emphasis: { disabled: true },
      ...outlines[side],
      data: [
        ...outline(edges, bars[side]),
        ...lanes.flatMap(({ shares, start }) => [
          [high, '-'],
          ...outline([start, start + laneWidth], [shares[side]]),
        ]),
      ],
    })),
  };
}

/** Halfway between two numbers of a column of steps lies the edge of its bars. */
function middlesOf(edges: readonly number[]): number[] {
  // Through a text, so that the value of a bar of tenths is a tenth.
  return edges.slice(1).map((edge, bar) => Number(((edges[bar]! + edge) / 2).toPrecision(12)));
}

const outlines = {
  reference: {
    lineStyle: { color: 'var(--reference-edge)', width: 1 },
    areaStyle: { color: 'var(--reference)', opacity: 1 },
  },
  current: {
    lineStyle: { color: 'var(--current)', width: 2 },
    areaStyle: { color: 'var(--current)', opacity: 0.14 },
  },
} as const;

/** The corners of bars; each holds until the next one. */
function outline(edges: readonly number[], shares: readonly number[]): number[][] {
  return [[edges[0]!, 0], ...shares.map((share, bar) => [edges[bar]!, share]), [edges.at(-1)!, 0]];
}

interface Row {
  readonly name: string;
  readonly shares: Sides<number>;
}

function rowsOf({ levels, others, unseen }: CategoricalDistribution): readonly Row[] {
  const rows = levels.map(({ level, shares }) => ({ name: shorten(visibleName(level), 17), shares }));
  if (others.levels > 0) rows.push({ name: countText(others.levels, 'other'), shares: others.shares });
  if (unseen.reference + unseen.current > 0) rows.push({ name: 'not in reference', shares: unseen });
  return rows;
}

function categoricalOption(rows: readonly Row[]): ChartOption {
  return {
    grid: { left: 128, right: 22, top: 6, bottom: 26, outerBoundsMode: 'none' },
    xAxis: { ...shareAxis, splitNumber: 4 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLine,
      axisTick: { show: false },
      axisLabel: { ...axisText, interval: 0 },
    },
    series: sides.map((side) => ({
      type: 'bar',
      barCategoryGap: '24%',
      barGap: '0%',
      silent: true,
      emphasis: { disabled: true },
      itemStyle: fills[side],
      data: rows.map(({ shares }) => shares[side]),
    })),
  };
}

const fills = {
  reference: { color: 'var(--reference)', borderColor: 'var(--reference-edge)', borderWidth: 1 },
  current: { color: 'var(--current-light)', borderColor: 'var(--current)', borderWidth: 1.5 },
} as const;
