/** What a monitor says about its data quality, under `quality:`. */

import { z } from 'zod';

import { durationLike } from '../monitor/fields.ts';
import { builtInChecks } from './check.ts';

const age = durationLike('3h');

export const qualitySettingsSchema = z.strictObject({
  ignore: z
    .array(z.enum(builtInChecks))
    .default([])
    .describe('Checks that are computed and shown, but never counted.'),
  freshness: z
    .strictObject({
      predictions: age.optional().describe('By default twice what is usual.'),
      actuals: age.optional().describe('By default twice what is usual.'),
    })
    .prefault({})
    .describe('How old the newest prediction and the newest actual may be.'),
});
