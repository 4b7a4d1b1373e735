/** How has the main metric moved? */

import type { MetricName } from '../../core/performance/metrics.ts';
import { chartWidth } from '../chart-parts.ts';
import { drawChart } from '../charts.ts';
import { html, type Html } from '../html.ts';
import { instantText } from '../instant-text.ts';
import { shorten, visibleName } from '../names.ts';
import { thinned } from '../thinned.ts';
import { limitsText, metricLabel, shortMetric } from './metric-words.ts';
import type { PerformanceReport, Trend } from './performance-report.ts';
import { section } from './section.ts';
import { trendOption } from './trend-chart.ts';

export function trendSection({ trend, metric }: PerformanceReport): Html {
  return section('trend', `${metricLabel(metric)} through time`, trend, (trend) => trendChart(trend, metric));
}

/** The chart twice: one for desks, one for phones, on which the texts of the other could not be read. */
export function trendChart(trend: Trend, metric: MetricName): Html {
  const label = trendWords(trend, metric);
  return html`<figure class="wide-figure">
    <figcaption>
      <b>${metricLabel(metric)} over ${trend.length}, each day</b>
      ${trend.points.some(({ interval }) => interval !== undefined) && html`<span class="key interval">95% interval</span>`}
      <span class="key day">single days</span>
      ${trend.points.some(({ state }) => state === 'provisional') && html`<span class="key provisional">provisional</span>`}
      ${limitsText(metric, trend.limits) !== '' && html`<span class="key limit">limits</span>`}
      ${(trend.restated ?? []).length > 0 && html`<span class="muted">ring: first value of a window that was restated</span>`}
      ${trend.marks.some(({ kind }) => kind === 'promotion') && html`<span class="muted">upright line: another version was promoted</span>`}
      ${trend.marks.some(({ kind }) => kind === 'retraining') && html`<span class="muted">dotted: retrained, not promoted</span>`}
    </figcaption>
    <div class="on-desk">
      ${drawChart(trendOption(trend, metric, 960), { id: 'trend-w', label, width: 960, height: 280 })}
    </div>
    <div class="on-phone">
      ${drawChart(trendOption(forPhones(trend), metric, chartWidth), { id: 'trend-n', label, width: chartWidth, height: 230 })}
    </div>
  </figure>`;
}

/** More points than pixels of two would only take time to draw. */
function forPhones({ points, days, ...trend }: Trend): Trend {
  return { ...trend, points: thinned(points, 95), days: thinned(days, 95) };
}

/**
 * What the chart says, for those who do not see it.
 *
 * @example 'RMSE over 7 days, 56 windows from 2011-03-26 to 2011-05-20: from 48.1 to 80.1; limits: warning 65, critical 80; the last 7 are provisional'
 */
export function trendWords(
  { length, points, limits, marks, restated = [] }: Trend,
  metric: MetricName,
): string {
  const values = points.flatMap(({ value }) => value ?? []);
  const provisional = points.filter(({ state }) => state === 'provisional').length;
  const [first, last] = [points[0]!.windowEnd, points.at(-1)!.windowEnd].map(instantText);
  const moved =
    values.length === 0
      ? 'no value'
      : `from ${shortMetric(metric, values[0]!)} to ${shortMetric(metric, values.at(-1)!)}`;
  return [
    `${metricLabel(metric)} over ${length}, ${points.length} windows from ${first} to ${last}: ${moved}`,
    ...(limitsText(metric, limits) === '' ? [] : [`limits: ${limitsText(metric, limits)}`]),
    ...marks.map(
      ({ at, kind, label }) =>
        `${kind === 'promotion' ? 'promoted' : 'retrained'} ${shorten(visibleName(label), 40)} on ${instantText(at)}`,
    ),
    ...(provisional === 0 ? [] : [`the last ${provisional} are provisional`]),
    ...(restated.length === 0 ? [] : [`restated: ${restated.length}, with rings at their first values`]),
  ].join('; ');
}
