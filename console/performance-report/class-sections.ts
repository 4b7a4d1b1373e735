/** What only classifications have: calibration, thresholds, and which class is taken for which. */

import { formatShare } from '../../core/number-text.ts';
import { axisLine, axisText, chartText, chartWidth, gridLine } from '../chart-parts.ts';
import { drawChart, type ChartOption } from '../charts.ts';
import { html, type Html } from '../html.ts';
import { shorten } from '../names.ts';
import type { Calibration, Section, Thresholds } from './performance-report.ts';
import { section } from './section.ts';

const shareAxis = {
  type: 'value',
  min: 0,
  max: 1,
  axisLine,
  interval: 0.25,
  axisLabel: { ...axisText, formatter: formatShare },
  splitLine: gridLine,
} as const;

const named = (name: string, gap: number) =>
  ({ name, nameLocation: 'middle', nameGap: gap, nameTextStyle: axisText }) as const;

export function calibrationSection(content: Section<Calibration>): Html {
  return section('calibration', 'Calibration', content, (calibration) => {
    const { of, bins } = calibration;
    const total = bins.reduce((sum, { outcomes }) => sum + outcomes, 0);
    const off = bins.reduce(
      (sum, { predicted, observed, outcomes }) => sum + (outcomes / total) * Math.abs(predicted - observed),
      0,
    );
    const words = `probabilities of "${shorten(of, 40)}" are off by ${formatShare(off)} on average`;
    return html`<figure>
      <figcaption>
        <b>Predicted probability against what happened</b>
        <span class="muted">${words}; larger points hold more outcomes</span>
      </figcaption>
      ${drawChart(calibrationOption(calibration, total), { id: 'calibration-c', label: `Calibration: ${words}`, width: chartWidth, height: 300 })}
    </figure>`;
  });
}

function calibrationOption({ bins }: Calibration, total: number): ChartOption {
  return {
    textStyle: chartText,
    grid: { left: 64, right: 24, top: 10, bottom: 42, outerBoundsMode: 'none' },
    xAxis: { ...shareAxis, ...named('predicted probability', 26) },
    yAxis: { ...shareAxis, ...named('share that happened', 42) },
    series: [
      {
        type: 'line',
        silent: true,
        clip: false,
        lineStyle: { color: 'var(--current)', width: 1.5 },
        itemStyle: { color: 'var(--current)' },
        symbol: 'circle',
        showAllSymbol: true,
        data: bins.map(({ predicted, observed, outcomes }) => ({
          value: [predicted, observed],
          symbolSize: 4 + 14 * Math.sqrt(outcomes / total),
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: 'var(--ink)', width: 1, type: 'dashed' },
          data: [[{ coord: [0, 0] }, { coord: [1, 1] }]],
        },
      },
    ],
  };
}

const curves = [
  { of: 'precision', type: 'solid', color: 'var(--current)' },
  { of: 'recall', type: 'dashed', color: 'var(--critical)' },
  { of: 'f1', type: 'dotted', color: 'var(--ink)' },
] as const;

export function thresholdsSection(content: Section<Thresholds>): Html {
  return section('thresholds', 'Thresholds', content, ({ of, points }) => {
    const best = points.reduce<(typeof points)[number] | undefined>(
      (most, point) => ((point.f1 ?? -1) > (most?.f1 ?? -1) ? point : most),
      undefined,
    );
    const words =
      best?.f1 === undefined
        ? 'F1 could not be computed'
        : `F1 of "${shorten(of, 40)}" is highest, ${formatShare(best.f1)}, from a probability of ${formatShare(best.threshold)} on`;
    return html`<figure>
      <figcaption>
        <b>If "${shorten(of, 40)}" were said from a probability on</b>
        <span class="key precision">precision</span> <span class="key recall">recall</span>
        <span class="key f1">F1</span>
      </figcaption>
      ${drawChart(
        {
          textStyle: chartText,
          grid: { left: 64, right: 24, top: 10, bottom: 42, outerBoundsMode: 'none' },
          xAxis: { ...shareAxis, ...named('threshold', 26) },
          yAxis: shareAxis,
          series: curves.map(({ of, type, color }) => ({
            type: 'line',
            silent: true,
            symbol: 'none',
            lineStyle: { color, type, width: 1.8 },
            data: points.map((point) => [point.threshold, point[of] ?? '-']),
          })),
        },
        {
          id: 'thresholds-c',
          label: `Precision, recall and F1 by threshold: ${words}`,
          width: chartWidth,
          height: 260,
        },
      )}
      <p class="muted">${words}.</p>
    </figure>`;
  });
}
