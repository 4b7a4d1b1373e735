/** What people ask of an alert: the updates of `alertLifecycle`, each with one JSON object. */

import { z } from 'zod';

import { snoozeProblem } from '../core/alert/change.ts';
import type { AlertChangeName } from '../core/alert/change.ts';
import { reasonOf } from '../core/errors.ts';
import { durationMs, isDuration, parseInstant } from '../core/window.ts';
import { check, problemsOf, type Checked, type Problem } from './checked.ts';
import { by, note } from './update-fields.ts';

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
  acknowledge: z.strictObject({ by: by(), note: note().optional(), since }),
  snooze: z
    .strictObject({
      by: by(),
      note: note().optional(),
      until: until.optional(),
      for: length.optional(),
      since,
    })
    .refine((snooze) => (snooze.until === undefined) !== (snooze.for === undefined), {
      message: 'write either "for" or "until"',
    }),
  resolve: z.strictObject({ by: by(), note: note().optional(), since }),
  comment: z.strictObject({ by: by(), note: note() }),
} as const satisfies Record<AlertChangeName, z.ZodType>;

/** A right object of each, for whoever has typed a wrong one. */
export const updateExamples = {
  acknowledge: { by: 'anna', note: 'looking into it' },
  snooze: { by: 'anna', for: '4h' },
  resolve: { by: 'anna', note: 'the sensor was replaced' },
  comment: { by: 'anna', note: 'seen since the deployment' },
} as const;

export type AlertUpdateRequest<Name extends AlertChangeName> = z.output<(typeof schemas)[Name]>;
export const alertUpdates = Object.keys(schemas) as AlertChangeName[];

/** The object of an update, or what is wrong with it. */
export function checkUpdate<Name extends AlertChangeName>(
  name: Name,
  request: unknown,
): Checked<AlertUpdateRequest<Name>> {
  return check(schemas[name], request) as Checked<AlertUpdateRequest<Name>>;
}

/** What is wrong with the object of an update, for who asks before it is sent. */
export function problemsOfUpdate(name: AlertChangeName, request: unknown): readonly Problem[] {
  return problemsOf(checkUpdate(name, request));
}

function problemOf(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch (error) {
    return reasonOf(error);
  }
}
