/** A soak as one picture: memory, connections and queues over time, and the faults meanwhile. */

import { axisLine, axisText, chartText, gridLine } from '../../../console/chart-parts.ts';
import { drawPicture } from '../../../console/charts.ts';
import { series, type Sample, type Series } from './series.ts';

const width = 960;
const panelHeight = 210;
const top = 50;
/** Points of a line. */
const points = 180;

const colors = ['var(--current)', 'var(--critical)', 'var(--warning)', 'var(--ok)'];
const panels: readonly Series['of'][] = ['memory', 'connections and handles', 'queues'];

/** The highest of each stretch: nothing that has happened is left out. */
function thinned(samples: readonly Sample[], value: (sample: Sample) => number | null): [number, number][] {
  const length = Math.max(1, Math.ceil(samples.length / points));
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, i): [number, number][] => {
    const stretch = samples.slice(i * length, (i + 1) * length);
    const values = stretch.flatMap((sample) => value(sample) ?? []);
    if (values.length === 0) return [];
    return [[Number((stretch[0]!.seconds / 60).toFixed(2)), Number(Math.max(...values).toFixed(1))]];
  }).flat();
}

export function soakPicture(samples: readonly Sample[], title: string): string {
  const count = panels.length + 1;
  const place = (i: number): number => top + i * panelHeight + 45;
  const frames = Array.from({ length: count }, (_, i) => i);
  const lines = panels.flatMap((panel, i) =>
    series
      .filter(({ of }) => of === panel)
      .map(({ name, unit }, j) => ({
        name: unit === '' ? name : `${name}, ${unit}`,
        panel: i,
        color: colors[j]!,
        data: thinned(samples, ({ values }) => values[name]),
      })),
  );
  const faults = {
    name: 'faults so far',
    panel: panels.length,
    color: colors[0]!,
    data: thinned(samples, (sample) => sample.faults),
  };
  const all = [...lines, faults];
  return drawPicture(
    {
      textStyle: chartText,
      title: {
        text: title,
        left: 10,
        top: 8,
        textStyle: { ...chartText, fontSize: 16, color: 'var(--ink)' },
      },
      legend: frames.map((i) => ({
        data: all.filter(({ panel }) => panel === i).map(({ name }) => name),
        left: 50,
        top: place(i) - 28,
        icon: 'rect',
        itemWidth: 14,
        itemGap: 30,
        itemHeight: 3,
        textStyle: axisText,
      })),
      grid: frames.map((i) => ({ left: 60, right: 30, top: place(i), height: panelHeight - 75 })),
      xAxis: frames.map((i) => ({
        gridIndex: i,
        type: 'value' as const,
        max: 'dataMax' as const,
        axisLabel: { ...axisText, formatter: '{value} min' },
        axisLine,
        splitLine: { show: false },
      })),
      yAxis: frames.map((i) => ({
        gridIndex: i,
        type: 'value' as const,
        axisLabel: axisText,
        splitLine: gridLine,
        splitNumber: 4,
      })),
      series: all.map(({ name, panel, color, data }) => ({
        name,
        type: 'line' as const,
        xAxisIndex: panel,
        yAxisIndex: panel,
        data,
        showSymbol: false,
        itemStyle: { color },
        lineStyle: { color, width: 1.5 },
      })),
    },
    { width, height: top + count * panelHeight },
  );
}
