/** What a monitor says about its performance report, under `report:`. */

import { z } from 'zod';

import { emailAddress } from '../monitor/fields.ts';
import { durationMs, isDuration } from '../window.ts';

export const reportSettingsSchema = z.strictObject({
  recipients: z
    .array(emailAddress)
    .default([])
    .refine(
      (addresses) => new Set(addresses.map((address) => address.toLowerCase())).size === addresses.length,
      'names an address twice',
    )
    .describe('Who gets the weekly report by e-mail, one message each; if empty, it is not scheduled.'),
  window: z
    .string()
    .refine(
      (text) => isDuration(text) && durationMs(text) > 0 && /[dw]$/.test(text),
      'write whole days or weeks, for example "7d"',
    )
    .default('7d')
    .describe('The days that it covers, up to the midnight before it is written.'),
});
