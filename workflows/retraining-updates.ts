/** What people ask of a retraining: the updates of `retraining`, each with one JSON object. */

import { z } from 'zod';

import type { RetrainingChangeName } from '../core/retraining/change.ts';
import { durationMs, isDuration } from '../core/window.ts';
import { check, problemsOf, type Checked, type Problem } from './checked.ts';
import { by, note } from './update-fields.ts';

const decision = z.strictObject({ by: by(), note: note().optional() });

const schemas = {
  approve: decision,
  reject: decision,
  cancel: decision,
  extend: z.strictObject({
    by: by(),
    note: note().optional(),
    for: z.string().refine((text) => isDuration(text) && durationMs(text) > 0, {
      message: 'write a number and h, d or w, for example "3d"',
    }),
  }),
} as const satisfies Record<RetrainingChangeName, z.ZodType>;

/** A right object of each, for whoever has typed a wrong one. */
export const requestExamples = {
  approve: { by: 'anna', note: 'the numbers are fine' },
  reject: { by: 'anna', note: 'not before the holidays' },
  cancel: { by: 'anna', note: 'the training data were wrong' },
  extend: { by: 'anna', for: '3d' },
} as const;

export interface RetrainingRequest {
  readonly by: string;
  readonly note?: string | undefined;
  readonly for?: string | undefined;
}

/** The object of an update, or what is wrong with it. */
export function checkRequest(name: RetrainingChangeName, request: unknown): Checked<RetrainingRequest> {
  return check(schemas[name], request);
}

/** What is wrong with the object of an update, for who asks before it is sent. */
export function problemsOfRequest(name: RetrainingChangeName, request: unknown): readonly Problem[] {
  return problemsOf(checkRequest(name, request));
}
