/** What a monitor says about processes that do not succeed any more, under `alerts.deadMan:`. */

import { z } from 'zod';

/**
 * When a process that its schedules start is taken for dead.
 *
 * @example deadManSettingsSchema.parse({}).missedRuns // 2
 */
export const deadManSettingsSchema = z.strictObject({
  missedRuns: z
    .int()
    .min(1, 'write 1 or more')
    .max(100)
    .default(2)
    .describe(
      'After this many due runs in a row without a success. A run has an hour for it: with 1, one that takes longer counts as missed.',
    ),
});

export type DeadManSettings = z.output<typeof deadManSettingsSchema>;
