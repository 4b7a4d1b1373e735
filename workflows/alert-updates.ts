/** What people ask of an alert: the updates of `alertLifecycle`, each with one JSON object. */

import { z } from 'zod';

import { snoozeProblem } from '../core/alert/change.ts';
import type { AlertChangeName } from '../core/alert/change.ts';
import { reasonOf } from '../core/errors.ts';
import { durationMs, isDuration, parseInstant } from '../core/window.ts';
import { decodeWith } from './input.ts';

/** A text for people to read; longer ones belong where they are linked from. */
export const note = z.string('write something').trim().min(1, 'write something').max(2_000);
export const by = z
  .string('write who you are, for example "anna"')
  .trim()
  .min(1, 'write who you are, for example "anna"')
  .max(100);

const until = z.string().superRefine((text, context) => {
  const problem = problemOf(() => snoozeProblem(parseInstant(text), Date.now()));
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const length = z.string().superRefine((text, context) => {
  const now = Date.now();
  const problem =
    isDuration(text) && durationMs(text) > 0
      ? snoozeProblem(now + durationMs(text), now)
      : 'write a number and m, h, d or w, for example "4h"';
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** How the alert was shown to who asks. */
const since = z
  .string()
  .refine((text) => problemOf(() => void parseInstant(text)) === undefined, {
    message: 'write an instant such as "2026-02-03T09:00:00Z"',
  })
  .optional();

const schemas = {
  acknowledge: z.strictObject({ by, note: note.optional(), since }),
  snooze: z
    .strictObject({ by, note: note.optional(), until: until.optional(), for: length.optional(), since })
    .refine((snooze) => (snooze.until === undefined) !== (snooze.for === undefined), {
      message: 'write either "for" or "until"',
    }),
  resolve: z.strictObject({ by, note: note.optional(), since }),
  comment: z.strictObject({ by, note }),
} as const satisfies Record<AlertChangeName, z.ZodType>;

const examples = {
  acknowledge: { by: 'anna', note: 'looking into it' },
  snooze: { by: 'anna', for: '4h' },
  resolve: { by: 'anna', note: 'the sensor was replaced' },
  comment: { by: 'anna', note: 'seen since the deployment' },
} as const;

export type AlertUpdateRequest<Name extends AlertChangeName> = z.output<(typeof schemas)[Name]>;
export const alertUpdates = Object.keys(schemas) as AlertChangeName[];

/**
 * The object of an update, checked.
 *
 * @throws ApplicationFailure (non-retryable, type `INVALID_INPUT`) that lists every problem and shows a right object
 */
export function decodeUpdate<Name extends AlertChangeName>(
  name: Name,
  request: unknown,
): AlertUpdateRequest<Name> {
  return decodeWith(
    { name, schema: schemas[name], example: examples[name] },
    request,
  ) as AlertUpdateRequest<Name>;
}

/** What is wrong with the object of an update, for who asks before it is sent; '' is the object itself. */
export function problemsOfUpdate(
  name: AlertChangeName,
  request: unknown,
): readonly { readonly field: string; readonly reason: string }[] {
  const { error } = schemas[name].safeParse(request);
  return (error?.issues ?? []).map(({ path, message }) => ({ field: path.join('.'), reason: message }));
}

function problemOf(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return reasonOf(error);
  }
}
