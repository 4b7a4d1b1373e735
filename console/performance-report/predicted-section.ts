/** What was predicted against what came, row by row. */

import { axisLine, axisText, chartText, chartWidth, gridLine } from '../chart-parts.ts';
import { drawChart } from '../charts.ts';
import { html, type Html } from '../html.ts';
import { formatCount, formatNumber } from '../numbers.ts';
import type { PredictedAgainstActual, Section } from './performance-report.ts';
import { section } from './section.ts';

export function predictedSection(content: Section<PredictedAgainstActual>): Html {
  return section('predicted', 'Predicted against actual', content, ({ points, outcomes }) => {
    const values = points.flat();
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const margin = 0.04 * (high - low) || 1;
    const range = { min: low >= 0 ? Math.max(0, low - margin) : low - margin, max: high + margin };
    const above = points.filter(([predicted, actual]) => actual > predicted).length;
    const sample =
      points.length < outcomes
        ? `a sample of ${formatCount(points.length)} of ${formatCount(outcomes)} outcomes`
        : `${formatCount(outcomes)} outcomes`;
    const axis = (name: string) =>
      ({
        type: 'value',
        ...range,
        name,
        nameLocation: 'middle',
        nameGap: name === 'actual' ? 34 : 24,
        nameTextStyle: axisText,
        axisLine,
        splitNumber: 4,
        axisLabel: { ...axisText, formatter: formatNumber, showMinLabel: false, showMaxLabel: false },
        splitLine: gridLine,
      }) as const;
    return html`<figure>
      <figcaption>
        <b>A point an outcome</b>
        <span class="muted">${sample}; on the line, prediction and actual agree</span>
      </figcaption>
      ${drawChart(
        {
          textStyle: chartText,
          grid: { left: 64, right: 24, top: 10, bottom: 42, outerBoundsMode: 'none' },
          xAxis: axis('predicted'),
          yAxis: axis('actual'),
          series: [
            {
              type: 'scatter',
              silent: true,
              symbolSize: 4,
              itemStyle: { color: 'var(--current)', opacity: 0.45 },
              data: points.map((point) => [...point]),
              markLine: {
                silent: true,
                symbol: 'none',
                label: { show: false },
                lineStyle: { color: 'var(--ink)', width: 1, type: 'solid' },
                data: [[{ coord: [range.min, range.min] }, { coord: [range.max, range.max] }]],
              },
            },
          ],
        },
        {
          id: 'predicted-c',
          label: `Predicted against actual, ${sample}: ${formatCount(above)} actuals above their prediction`,
          width: chartWidth,
          height: 330,
        },
      )}
    </figure>`;
  });
}
