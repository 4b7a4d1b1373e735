/** What people write in several places of their YAML, checked and explained alike. */

import { z } from 'zod';

import { cronProblem } from '../process/cron.ts';
import { durationMs, isDuration, isInstant, isTimeZone } from '../window.ts';

/**
 * A length of time.
 *
 * @param example of the place where it is written
 * @example durationLike('3h').safeParse('3 hours').error.issues[0].message
 * // 'write a number and m, h, d or w, for example "3h"'
 */
export function durationLike(example: string, units = 'm, h, d or w'): z.ZodString {
  const words = `write a number and ${units}, for example "${example}"`;
  return z
    .string({ error: insteadOf(words) })
    .refine(isDuration, words)
    .meta({ title: 'duration' });
}

/**
 * What to write where something of another type stands; what is missing has words of its own.
 *
 * @example [insteadOf('write a name')({ input: 1 }), insteadOf('write a name')({})] // ['write a name', undefined]
 */
export function insteadOf(words: string): (issue: { readonly input?: unknown }) => string | undefined {
  return ({ input }) => (input === undefined ? undefined : words);
}

/** A length of time that ends at midnights. */
export const dailyDuration = durationLike('7d').refine(
  (text) => !isDuration(text) || (durationMs(text) > 0 && /[dw]$/.test(text)),
  'write whole days or weeks, for example "7d"',
);

/** A day in UTC. */
export const calendarDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'write a day, for example 2011-03-01')
  .refine((text) => isInstant(`${text}T00:00:00Z`), 'is not a day of the calendar')
  .meta({ title: 'day' });

export const share = z
  .number()
  .min(0, 'write a share from 0 to 1')
  .max(1, 'write a share from 0 to 1')
  .meta({ title: 'share' });

/** How often something happens, in five fields. */
export const cron = z
  .string()
  .superRefine((text, context) => {
    const message = cronProblem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ title: 'cron' });

/** A time zone that the runtime knows. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'is not a time zone; write for example "America/New_York" or "UTC"')
  .meta({ title: 'time zone' });

/** Where mail goes. */
export const emailAddress = z
  .email({
    error: ({ input }) =>
      typeof input === 'string' ? `${JSON.stringify(input)} is not an e-mail address` : undefined,
  })
  .meta({ title: 'e-mail address' });

/**
 * So many of so many, at most 100.
 *
 * @param what is counted
 * @example someOfMany('windows', '3 of 5').safeParse('6 of 5').error.issues[0].message
 * // 'write how many of how many windows, at most 100, for example "3 of 5"'
 */
export function someOfMany(what: string, example: string): z.ZodString {
  return z
    .string()
    .regex(/^[1-9]\d* of [1-9]\d*$/, `write for example "${example}"`)
    .refine((text) => {
      const [some = 0, all = 0] = text.split(' of ').map(Number);
      return some <= all && all <= 100;
    }, `write how many of how many ${what}, at most 100, for example "${example}"`);
}
