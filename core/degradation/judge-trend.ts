/** Does a metric get worse from day to day? */

import type { MetricName } from '../performance/metrics.ts';
import { countText, metricTable, metricText } from '../performance/metrics.ts';
import { leastSquaresSlope } from '../statistics/least-squares.ts';
import { dayMs, formatWindow, type Window } from '../window.ts';
import { durationText } from './duration-text.ts';
import type { DegradationEvidence, Interval } from './evidence.ts';
import type { Judgement, Measurement } from './judgement.ts';
import { unjudgeable } from './judgement.ts';
import { dailyNumbers, intervalText, newestMeasured } from './measure.ts';
import type { TrendCondition } from './rules.ts';
import { windowText } from './window-text.ts';

/** Two points always lie on a line. */
const fewestDays = 3;

/** Does the least-squares line through the daily numbers get worse by more than the limit, a day? */
export function judgeTrend(condition: TrendCondition, evidence: DegradationEvidence): Judgement {
  const { trend: metric, over, perDay, certainty = 'interval' } = condition;
  const { direction, label } = metricTable[metric];
  const { window, measured } = newestMeasured(over, evidence, (window) =>
    lineOf(condition, window, evidence),
  );
  const span = window.end === evidence.day ? `over ${durationText(over)}` : `of ${windowText(window)}`;
  const what = `trend of ${direction === 'closer-to-zero-is-better' ? `|${label}|` : label} ${span}`;
  const sign = direction === 'higher-is-better' ? -1 : 1;
  const limit = `${signed(metric, sign * perDay)} a day`;
  const measurement: Measurement = {
    label: `trend of ${label}`,
    over,
    window: formatWindow(window),
    value: measured.enough ? { value: measured.slope } : { notComputable: measured.why },
    text: measured.enough ? `${signed(metric, measured.slope)} a day` : measured.why,
    ...(measured.enough && { interval: measured.interval }),
    limit,
    sampleSize: measured.sampleSize,
  };
  if (!measured.enough) return unjudgeable(what, measured.why, measurement);
  const { slope, interval, days } = measured;
  const worst = sign * slope > perDay;
  const side = sign === 1 ? 'above' : 'below';
  const surest = sign === 1 ? interval[0] : -interval[1];
  const fires = worst && (certainty === 'point' || surest > perDay);
  const held = worst ? `is ${side} ${limit}${fires ? '' : ', but not surely'}` : `is not ${side} ${limit}`;
  const basis = [
    intervalText(metric, interval),
    `${days} of ${countText(daysOf(window), 'day')}`,
    countText(measured.sampleSize, 'outcome'),
  ];
  return {
    answer: fires ? 'fires' : 'fine',
    reason: `${what} ${measurement.text} ${held} (${basis.join(', ')})`,
    measured: [measurement],
  };
}

type Line =
  | {
      readonly enough: true;
      readonly slope: number;
      readonly interval: Interval;
      readonly days: number;
      readonly sampleSize: number;
    }
  | { readonly enough: false; readonly why: string; readonly sampleSize: number };

function lineOf(condition: TrendCondition, window: Window, evidence: DegradationEvidence): Line {
  const metric = condition.trend;
  const numbers = dailyNumbers(metric, condition, window, evidence);
  const sampleSize = numbers.reduce((sum, number) => sum + number.sampleSize, 0);
  const days = daysOf(window);
  const needed = Math.max(fewestDays, Math.ceil(days / 2));
  if (numbers.length < needed) {
    const why = `${numbers.length} of ${countText(days, 'day')} could be evaluated, at least ${needed} are needed`;
    return { enough: false, why, sampleSize };
  }
  const isDistance = metricTable[metric].direction === 'closer-to-zero-is-better';
  const points = numbers.map(({ end, value }) => ({
    x: end / dayMs,
    y: isDistance ? Math.abs(value) : value,
  }));
  return { enough: true, ...leastSquaresSlope(points, 0.95), days: numbers.length, sampleSize };
}

function daysOf({ start, end }: Window): number {
  return Math.round((end - start) / dayMs);
}

function signed(metric: MetricName, change: number): string {
  return `${change > 0 ? '+' : ''}${metricText(metric, change)}`;
}
