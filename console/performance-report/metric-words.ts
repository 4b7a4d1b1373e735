/** Numbers of metrics as the report has them. */

import type { ComparedMetric } from '../../core/comparison/compare-losses.ts';
import type { SliceLoss } from '../../core/comparison/weak-slices/weak-slice-in-words.ts';
import {
  betterBy,
  distinctTexts,
  metricTable,
  metricText,
  percentText,
  type MetricName,
} from '../../core/performance/metrics.ts';
import { html, type Part } from '../html.ts';
import type { Limits, Measured } from './performance-report.ts';

/** Three digits say enough of a number that has an interval. */
const digits = 3;

/** @example metricLabel('rmse') // 'RMSE' */
export function metricLabel(metric: MetricName): string {
  return metricTable[metric].label;
}

/** @example shortMetric('rmse', 51.2345) // '51.2' */
export function shortMetric(metric: MetricName, value: number): string {
  return metricText(metric, value, digits);
}

/**
 * A value with its interval.
 *
 * @example measuredText('rmse', { value: 51.23, interval: [47.1, 55.4] }) // '51.2 (47.1 to 55.4)'
 */
export function measuredText(metric: MetricName, measured: Measured): string {
  if ('notComputable' in measured) return `not computable: ${measured.notComputable}`;
  const interval = intervalText(metric, measured.interval);
  return interval === ''
    ? shortMetric(metric, measured.value)
    : `${shortMetric(metric, measured.value)} (${interval})`;
}

/** @example intervalText('accuracy', [0.81, 0.9]) // '81% to 90%' */
function intervalText(metric: MetricName, interval: readonly [number, number] | undefined): string {
  return interval === undefined ? '' : interval.map((end) => shortMetric(metric, end)).join(' to ');
}

/** The value, and below it in grey the interval. */
export function measuredCell(metric: MetricName, measured: Measured): Part {
  if ('notComputable' in measured) return html`<span class="muted">${measured.notComputable}</span>`;
  return [
    shortMetric(metric, measured.value),
    measured.interval !== undefined &&
      html`<br /><span class="muted whole">${intervalText(metric, measured.interval)}</span>`,
  ];
}

/**
 * How a value stands to a baseline, in words. Only intervals that do not overlap make a difference clear.
 *
 * @example differenceWords('rmse', { value: 60, interval: [57, 63] }, { value: 50, interval: [48, 52] }) // '20% worse'
 * @example differenceWords('rmse', { value: 51, interval: [47, 55] }, { value: 50, interval: [48, 52] }) // '2% worse, within chance'
 */
export function differenceWords(metric: MetricName, current: Measured, baseline: Measured): string {
  if ('notComputable' in current || 'notComputable' in baseline) return '';
  const better = betterBy(metric, current.value, baseline.value);
  if (better === undefined) return '';
  if (better === 0) return 'the same';
  return `${sizeText(metric, Math.abs(better), baseline.value)} ${better > 0 ? 'better' : 'worse'}${overlap(current, baseline) ? ', within chance' : ''}`;
}

/** Ratios and scores differ by points: 2% of an accuracy of 90% is not what people mean. */
function sizeText(metric: MetricName, difference: number, baseline: number): string {
  const { unit } = metricTable[metric];
  if (unit === 'ratio') return `${Number((100 * difference).toPrecision(2))} points`;
  if (unit === 'score' || metric === 'bias' || baseline === 0) return metricText(metric, difference, 2);
  return percentText(difference / Math.abs(baseline), 2);
}

/** Where only one has an interval, the other is a point. */
function overlap(a: Measured, b: Measured): boolean {
  if ('notComputable' in a || 'notComputable' in b) return false;
  if (a.interval === undefined && b.interval === undefined) return false;
  const [x, y] = [a, b].map(({ value, interval = [value, value] }) => interval) as [Ends, Ends];
  return x[0] <= y[1] && y[0] <= x[1];
}

type Ends = readonly [low: number, high: number];

/** @example limitsText('rmse', { warning: 65, critical: 80 }) // 'warning 65, critical 80' */
export function limitsText(metric: MetricName, { warning, critical }: Limits = {}): string {
  const texts = [
    ...(warning === undefined ? [] : [`warning ${metricText(metric, warning)}`]),
    ...(critical === undefined ? [] : [`critical ${metricText(metric, critical)}`]),
  ];
  return texts.join(', ');
}

/** A value of what versions are compared by. */
export function comparedText(metric: ComparedMetric, value: number): string {
  if (metric === 'conversion') return shortMetric('accuracy', value);
  return metric === 'mean_actual' ? shortMetric('mae', value) : shortMetric(metric, value);
}

/** Two values with as many digits as it takes to tell them apart, at least so many as elsewhere. */
export function apart(metric: ComparedMetric, a: number, b: number): readonly [string, string] {
  const short = [comparedText(metric, a), comparedText(metric, b)] as const;
  if (short[0] !== short[1]) return short;
  return distinctTexts(
    metric === 'conversion' ? 'accuracy' : metric === 'mean_actual' ? 'mae' : metric,
    a,
    b,
  );
}

/** What a slice is weak in, and its values. */
export function lossText(loss: SliceLoss, value: number): string {
  return shortMetric(loss === 'error_rate' ? 'accuracy' : loss, value);
}

export function lossLabel(loss: SliceLoss): string {
  return loss === 'error_rate' ? 'share of wrong classes' : metricLabel(loss);
}
