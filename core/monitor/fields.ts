/** What people write in several places of their YAML, checked and explained alike. */

import { z } from 'zod';

import { isDuration, isTimeZone } from '../window.ts';

/**
 * A length of time.
 *
 * @param example of the place where it is written
 * @example durationLike('3h').safeParse('3 hours').error.issues[0].message
 * // 'write a number and m, h, d or w, for example "3h"'
 */
export function durationLike(example: string, units = 'm, h, d or w'): z.ZodString {
  return z.string().refine(isDuration, `write a number and ${units}, for example "${example}"`);
}

/** A time zone that the runtime knows. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'is not a time zone; write for example "America/New_York" or "UTC"');

/** Where mail goes. */
export const emailAddress = z.email('is not an e-mail address');
