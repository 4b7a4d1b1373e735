/** From a value and its spread to an interval, on the scale on which the value scatters evenly. */

import type { Spread } from './spread.ts';
import { fewestHours } from './spread.ts';

/** Holds the truth in 95 of 100 windows. */
export interface MetricInterval {
  readonly low: number;
  readonly high: number;
}

export type IntervalOrReason = MetricInterval | { readonly notComputable: string };

/**
 * - `any`: of either sign, as it is.
 * - `loss`: above 0. The scatter of a mean loss grows with the loss, by the 3/2th power where errors are normal: 1 over its root
 *   scatters evenly (without skewness). The upper end is a series in place of its inverse, which large spreads would turn
 *   infinite.
 * - `share`: from 0 to 1, scattering as a share does: Wilson's interval, for the number of independent rows that would have
 *   this spread.
 */
export type Scale = 'any' | 'loss' | 'share';

const intervalOn: Readonly<Record<Scale, (value: number, halfWidth: number) => MetricInterval>> = {
  any: (value, halfWidth) => ({ low: value - halfWidth, high: value + halfWidth }),
  loss: (value, halfWidth) => {
    const ratio = halfWidth / value;
    return {
      low: value / (1 + ratio / 2) ** 2,
      high: value * (1 + ratio * (1 + ratio * (3 / 4 + ratio * (1 / 2 + ratio * (5 / 16))))),
    };
  },
  share: (value, halfWidth) => wilson(value, halfWidth ** 2 / (value * (1 - value))),
};

/** What rounding makes of a spread of 0, as a share of the value. */
const rounding = 1e-9;

/**
 * The interval of a value, or why there is none. It rests on so many `hours`; of a share of 0 or 1, which
 * does not tell how it scatters, each of them counts as one row.
 */
export function intervalAround(
  value: number,
  scale: Scale,
  spread: Spread | undefined,
  hours: number,
): IntervalOrReason {
  if (spread === undefined || hours < fewestHours) return tooFewHours(hours);
  if (scale === 'share' && (value <= 0 || value >= 1)) return wilson(value, normalQuantileSquared / hours);
  if (spread.halfWidth <= rounding * Math.abs(value)) return nothingVaries;
  const interval = intervalOn[scale](value, spread.halfWidth);
  return Number.isFinite(interval.low) && Number.isFinite(interval.high)
    ? interval
    : { notComputable: 'the errors are too large for a number' };
}

export const nothingVaries = {
  notComputable: 'every hour has the same value, which does not tell how far another one may lie',
};

export function tooFewHours(hours: number): { readonly notComputable: string } {
  return {
    notComputable: `outcomes in ${hours === 1 ? '1 hour' : `${hours} hours`}, at least ${fewestHours} are needed`,
  };
}

const normalQuantileSquared = 1.959963984540054 ** 2;

/** `inverseSize` is the squared quantile over the number of rows. Source: Wilson (1927), JASA 22. */
export function wilson(share: number, inverseSize: number): MetricInterval {
  const middle = (share + inverseSize / 2) / (1 + inverseSize);
  const halfWidth = Math.sqrt(inverseSize * share * (1 - share) + inverseSize ** 2 / 4) / (1 + inverseSize);
  return {
    low: Math.max(0, Math.min(share, middle - halfWidth)),
    high: Math.min(1, Math.max(share, middle + halfWidth)),
  };
}
