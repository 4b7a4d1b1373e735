/** Is a value beyond a limit, and is that sure? */

import type { Direction, MetricName } from '../performance/metrics.ts';
import { metricTable } from '../performance/metrics.ts';
import type { Interval } from './evidence.ts';
import type { Certainty } from './rules.ts';

/** A number and how sure it is. */
export interface Uncertain {
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** `unsure`: the point is beyond the limit, the interval is not. */
export type Standing = 'beyond' | 'unsure' | 'within';

/**
 * How does a value stand to a limit? Beyond it is above for a metric that is better lower, below for one that is better
 * higher, and further from 0 for a bias. A value equal to the limit is within.
 *
 * With `interval` the whole 95% interval of the value must be beyond. A limit may have an interval of its own (that of a
 * baseline): then that of the difference must lie beyond 0, from both by the method of variance estimates recovery (Zou &
 * Donner 2008, Statistics in Medicine 27:1693), which takes the two as independent. A value without an interval counts as it is.
 *
 * @example [standing('rmse', { value: 5, interval: [4.2, 5.8] }, { value: 4 }, 'interval'), standing('rmse', { value: 5, interval: [3.9, 6.1] }, { value: 4 }, 'interval')]
 * // ['beyond', 'unsure']
 */
export function standing(
  metric: MetricName,
  measured: Uncertain,
  limit: Uncertain,
  certainty: Certainty,
): Standing {
  const value = badness(metric, measured);
  const most = badness(metric, limit);
  if (!(value.value > most.value)) return 'within';
  if (certainty === 'point' || value.interval === undefined) return 'beyond';
  const [low] = value.interval;
  const [, high] = most.interval ?? [most.value, most.value];
  if (high === most.value) return low > most.value ? 'beyond' : 'unsure';
  const reach = Math.hypot(value.value - low, high - most.value);
  return value.value - most.value > reach ? 'beyond' : 'unsure';
}

const badSides: Readonly<Record<Direction, string>> = {
  'lower-is-better': 'above',
  'higher-is-better': 'below',
  'closer-to-zero-is-better': 'further from 0 than',
  none: 'beyond',
};

/**
 * On which side of a limit is a metric bad, in words?
 *
 * @example badSide('accuracy') // 'below'
 */
export function badSide(metric: MetricName): string {
  return badSides[metricTable[metric].direction];
}

/** The same numbers, so that more is worse. */
function badness(metric: MetricName, { value, interval }: Uncertain): Uncertain {
  switch (metricTable[metric].direction) {
    case 'higher-is-better':
      return { value: -value, interval: interval && [-interval[1], -interval[0]] };
    case 'closer-to-zero-is-better':
      return { value: Math.abs(value), interval: interval && distances(interval) };
    case 'lower-is-better':
    case 'none':
      return { value, interval };
  }
}

function distances([low, high]: Interval): Interval {
  const [near, far] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b) as [number, number];
  return low <= 0 && high >= 0 ? [0, far] : [near, far];
}

/**
 * A baseline made worse: by a share of its size (`'20%'`), or by a number in the unit of the metric. Of a bias, the
 * distance from 0.
 *
 * @example [worsened('rmse', 50, '20%'), worsened('accuracy', 0.9, 0.05), worsened('r2', -0.5, '20%')] // [60, 0.85, -0.6]
 */
export function worsened(metric: MetricName, baseline: number, by: string | number): number {
  const step = typeof by === 'number' ? by : (Math.abs(baseline) * Number.parseFloat(by)) / 100;
  switch (metricTable[metric].direction) {
    case 'higher-is-better':
      return baseline - step;
    case 'closer-to-zero-is-better':
      return Math.abs(baseline) + step;
    case 'lower-is-better':
    case 'none':
      return baseline + step;
  }
}
