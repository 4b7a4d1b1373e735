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
  enabled: z.boolean().default(true),
  /** Versions, and baselines, are compared on the outcomes of so many days. */
  window: dailyDuration.default('7d'),
  /** Version -> share of the rows that it is meant to get, where several serve; others are not held against a share. */
  split: z
    .record(z.string(), z.number().positive('write a share above 0, for example 0.5').max(1))
    .optional(),
  weakSlices: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** A slice is judged by how much days differ: the more days, the smaller the slices that are found. */
      window: dailyDuration
        .refine(
          (text) => !isDuration(text) || durationMs(text) >= fewestSliceDays * dayMs,
          'write at least a week, for example "30d"',
        )
        .default('30d'),
      /** Outcomes that are looked at, with their features. */
      sample: z.int().min(1_000).max(100_000).default(20_000),
      minimumRows: z.int().min(10).default(30),
      /** How much worse than elsewhere: 0.2 is 20% more loss. */
      effect: z.number().positive('write a share above 0, for example 0.2').default(0.2),
      /** Expected share of false ones among the slices found. */
      alpha: z.number().positive().max(0.5, 'write a share of false ones, for example 0.05').default(0.05),
    })
    .prefault({}),
});
