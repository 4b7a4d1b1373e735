/** What a monitor says about its comparisons, under `performance.comparisons:`. */

import { z } from 'zod';

import { dayMs, durationMs, isDuration } from '../window.ts';

/** Fewer days do not show how much days differ. */
const fewestSliceDays = 7;

const dailyDuration = z
  .string()
  .refine(
    (text) => isDuration(text) && durationMs(text) > 0 && /[dw]$/.test(text),
    'write whole days or weeks, for example "7d"',
  );

export const comparisonSettingsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether versions and baselines are compared.'),
  window: dailyDuration
    .default('7d')
    .describe('Compare versions and baselines on the outcomes of this many days.'),
  split: z
    .record(z.string(), z.number().positive('write a share above 0, for example 0.5').max(1))
    .optional()
    .describe(
      'Version -> its intended share of rows, if several serve; others are not checked against a share.',
    ),
  weakSlices: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether weak slices are looked for.'),
      window: dailyDuration
        .refine(
          (text) => !isDuration(text) || durationMs(text) >= fewestSliceDays * dayMs,
          'write at least a week, for example "30d"',
        )
        .default('30d')
        .describe(
          'A slice is judged by how much days differ: the more days, the smaller the slices that are found.',
        ),
      sample: z
        .int()
        .min(1_000)
        .max(100_000)
        .default(20_000)
        .describe('Outcomes to look at, with their features.'),
      minimumRows: z.int().min(10).default(30).describe('Rows that a slice must have.'),
      effect: z
        .number()
        .positive('write a share above 0, for example 0.2')
        .default(0.2)
        .describe('How much worse than elsewhere: 0.2 is 20% more loss.'),
      alpha: z
        .number()
        .positive()
        .max(0.5, 'write a share of false ones, for example 0.05')
        .default(0.05)
        .describe('Expected share of false ones among the slices found.'),
    })
    .prefault({})
    .describe('Slices of one or two features in which the model is much worse.'),
});
