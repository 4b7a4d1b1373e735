/** What a monitor says about the life of its alerts, under `alerts.life:`. */

import { z } from 'zod';

import { durationLike } from '../monitor/fields.ts';
import { durationMs, isDuration } from '../window.ts';

const duration = durationLike('2d');

const interval = z
  .string()
  .refine(
    (text) => isDuration(text) && durationMs(text) > 0,
    'write "never", or a number above 0 and m, h, d or w, for example "24h"',
  );

const backOff = z
  .strictObject({
    first: interval.describe('The first wait.'),
    factor: z
      .number()
      .min(1, 'write 1 or more; 1 always waits the same')
      .max(10)
      .default(2)
      .describe('Each wait is this many times the one before.'),
    longest: interval.describe('No wait is longer.'),
  })
  .refine(
    ({ first, longest }) =>
      !isDuration(first) || !isDuration(longest) || durationMs(longest) >= durationMs(first),
    { path: ['longest'], message: 'is shorter than first' },
  );

const repeatInterval = z.union(
  [z.literal('never'), interval, backOff],
  'write "never", an interval such as "24h", or { first: 1h, factor: 2, longest: 8h }',
);

/**
 * How alerts end, come back and are repeated.
 *
 * @example alertLifeSchema.parse({}).resolveAfter // 2
 */
export const alertLifeSchema = z.strictObject({
  resolveAfter: z
    .int()
    .min(1, 'write 1 or more')
    .max(100)
    .default(2)
    .describe('Resolve after this many good observations in a row, of different instants.'),
  grace: duration
    .default('2d')
    .describe(
      'Trouble that returns this soon after the instant that the resolving run spoke for reopens the same alert; by default as long as two daily runs take. "0m" never reopens, except for the very instant.',
    ),
  repeatInterval: z
    .strictObject({
      info: repeatInterval.default('never').describe('Of info alerts.'),
      warning: repeatInterval.default('24h').describe('Of warnings.'),
      critical: repeatInterval
        .default({ first: '1h', factor: 2, longest: '8h' })
        .describe('Of critical alerts.'),
    })
    .prefault({})
    .describe(
      'How often an open alert that nobody has acknowledged is repeated, by the wall clock: never, an interval, or growing waits.',
    ),
});

export type AlertLifeSettings = z.output<typeof alertLifeSchema>;
