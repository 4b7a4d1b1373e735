/** What a monitor says about when its performance is judged and by which horizons, under `performance:`. */

import { z } from 'zod';

import { durationLike } from '../monitor/fields.ts';
import { durationMs, isDuration } from '../window.ts';

const duration = durationLike('6h');

/** When the actuals of a window are enough to judge by: from this coverage on, or from this age on, whatever comes first. */
export const gateSchema = z.strictObject({
  coverage: z
    .number()
    .min(0)
    .max(1, 'write a share from 0 to 1')
    .default(0.8)
    .describe('Outcomes / predictions of the window.'),
  age: duration.default('24h').describe('Since its end.'),
});

const intervalLevel = z
  .number()
  .gt(0, 'write a level between 0 and 1, for example 0.05')
  .lt(1, 'write a level between 0 and 1, for example 0.95');

/** Which quantiles of the actual the bounds of a prediction's interval are meant to be: [0.05, 0.95] is a 90% interval. */
export const intervalLevelsSchema = z
  .tuple([intervalLevel, intervalLevel])
  .refine(([low, high]) => low < high, 'write the lower level first, for example [0.05, 0.95]');

const horizon = z
  .strictObject({
    min: duration.optional().describe('From this lead time on.'),
    max: duration.optional().describe('Up to this lead time, not included.'),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'write min, max or both')
  .refine(
    ({ min = '0h', max }) =>
      max === undefined || !isDuration(min) || !isDuration(max) || durationMs(min) < durationMs(max),
    'min must be below max (max itself is not included)',
  );

/**
 * Forecasts by how long before their event they were issued, as named ranges: from `min` up to, not including, `max`. Each
 * is evaluated as the segment `horizon=<name>`; ranges may overlap.
 */
export const horizonsSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,40}$/, 'name it with lower-case letters, digits, "_" and "-"'),
  horizon,
);

export type Horizons = z.output<typeof horizonsSchema>;

/** A named range of lead times, in milliseconds; `to` itself is not included. */
export interface LeadRange {
  readonly segment: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Which lead times (event time - issued at) belong to which segment? An open end is infinite: a forecast that was issued
 * after its event belongs to every horizon without `min`.
 *
 * @example leadRanges({ short: { max: '6h' } }) // [{ segment: 'horizon=short', from: -Infinity, to: 21_600_000 }]
 */
export function leadRanges(horizons: Horizons): LeadRange[] {
  return Object.entries(horizons).map(([name, { min, max }]) => ({
    segment: `horizon=${name}`,
    from: min === undefined ? -Infinity : durationMs(min),
    to: max === undefined ? Infinity : durationMs(max),
  }));
}
