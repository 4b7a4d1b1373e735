/** What a monitor says about its data quality, under `quality:`. */

import { z } from 'zod';

import { durationLike } from '../monitor/fields.ts';
import { builtInChecks } from './check.ts';

const age = durationLike('3h');

export const qualitySettingsSchema = z.strictObject({
  /** Checks that are computed and shown, but never counted. */
  ignore: z.array(z.enum(builtInChecks)).default([]),
  /** How old the newest prediction and the newest actual may be; by default twice what is usual. */
  freshness: z.strictObject({ predictions: age.optional(), actuals: age.optional() }).prefault({}),
});
