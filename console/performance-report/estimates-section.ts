/** What was estimated before the actuals came, and what came. */

import { parseInstant } from '../../core/window.ts';
import { axisText, chartText, chartWidth, gridLine } from '../chart-parts.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import { html, type Html } from '../html.ts';
import { dayText, timeAxis } from '../time-axis.ts';
import { band } from './band.ts';
import { metricLabel, shortMetric } from './metric-words.ts';
import type { Estimates, PerformanceReport } from './performance-report.ts';
import { section } from './section.ts';

export function estimatesSection({ estimates }: PerformanceReport): Html {
  return section('estimates', 'Estimated without actuals', estimates, (estimates) => {
    const { metric, length } = estimates;
    const words = gapWords(estimates);
    return html`<p>${words}.</p>
      <figure>
        <figcaption>
          <b>${metricLabel(metric)} over ${length}</b> <span class="key estimated">estimated</span>
          <span class="key interval">95% interval</span> <span class="key realized">realized</span>
        </figcaption>
        ${drawChart(option(estimates), { id: 'estimates-c', label: `${metricLabel(metric)}, estimated and realized: ${words}`, width: chartWidth, height: 210 })}
      </figure>`;
  });
}

/**
 * How far both lie apart.
 *
 * @example 'RMSE was estimated at 61.2 for the window to Jun 20, 58.7 came; over 42 windows both differ by 3.1 on average'
 */
export function gapWords({ metric, points }: Estimates): string {
  const label = metricLabel(metric);
  const last = points.at(-1);
  const gaps = points.flatMap(({ estimated, realized }) =>
    estimated === undefined || realized === undefined ? [] : Math.abs(estimated - realized),
  );
  const came = last?.realized === undefined ? 'no actuals yet' : `${shortMetric(metric, last.realized)} came`;
  const end = last === undefined ? '' : ` to ${dayText(parseInstant(last.windowEnd))}`;
  const now =
    last?.estimated === undefined
      ? `${label} could not be estimated for the window${end}`
      : `${label} was estimated at ${shortMetric(metric, last.estimated)} for the window${end}, ${came}`;
  if (gaps.length < 2) return now;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return `${now}; over ${gaps.length} windows both differ by ${shortMetric(metric, mean)} on average`;
}

function option({ metric, points }: Estimates): ChartOption {
  const at = (point: { readonly windowEnd: string }): number => parseInstant(point.windowEnd);
  return {
    textStyle: chartText,
    grid: { left: 46, right: 24, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: timeAxis(points.map(at)),
    yAxis: {
      type: 'value',
      scale: true,
      axisLine: { show: false },
      axisTick: { show: false },
      splitNumber: 3,
      axisLabel: { ...axisText, formatter: (value: number) => shortMetric(metric, value) },
      splitLine: gridLine,
    },
    // A line over weeks without estimates would claim what nobody estimated.
    series: withoutGaps(points).flatMap((run) => [
      band(
        run.flatMap((point) =>
          point.interval === undefined
            ? []
            : [{ at: at(point), low: point.interval[0], high: point.interval[1] }],
        ),
      ),
      line(
        run.map((point) => [at(point), point.estimated ?? '-']),
        'dashed',
        'var(--current)',
      ),
      line(
        run.map((point) => [at(point), point.realized ?? '-']),
        'solid',
        'var(--ink)',
      ),
    ]),
  };
}

/** Runs of points no further apart than three times the least distance of two. */
function withoutGaps(points: Estimates['points']): Estimates['points'][number][][] {
  const ends = points.map(({ windowEnd }) => parseInstant(windowEnd));
  const most = 3 * Math.min(...ends.slice(1).map((end, i) => end - ends[i]!));
  const runs: Estimates['points'][number][][] = [];
  points.forEach((point, i) => {
    if (i === 0 || ends[i]! - ends[i - 1]! > most) runs.push([]);
    runs.at(-1)!.push(point);
  });
  return runs;
}

function line(data: (number | string)[][], type: 'solid' | 'dashed', color: string) {
  return {
    type: 'line' as const,
    silent: true,
    symbol: data.length === 1 ? 'circle' : 'none',
    emphasis: { disabled: true },
    lineStyle: { color, width: 1.8, type },
    itemStyle: { color },
    data,
  };
}
