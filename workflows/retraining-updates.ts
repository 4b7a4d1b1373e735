/** What people ask of a retraining: the updates of `retraining`, each with one JSON object. */

import { z } from 'zod';

import type { RetrainingChangeName } from '../core/retraining/change.ts';
import { durationMs, isDuration } from '../core/window.ts';
import { by, note } from './alert-updates.ts';
import { decodeWith } from './input.ts';

const decision = z.strictObject({ by, note: note.optional() });

const schemas = {
  approve: decision,
  reject: decision,
  cancel: decision,
  extend: z.strictObject({
    by,
    note: note.optional(),
    for: z.string().refine((text) => isDuration(text) && durationMs(text) > 0, {
      message: 'write a number and h, d or w, for example "3d"',
    }),
  }),
} as const satisfies Record<RetrainingChangeName, z.ZodType>;

const examples = {
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

/**
 * The object of an update, checked.
 *
 * @throws ApplicationFailure (non-retryable, type `INVALID_INPUT`) that lists every problem and shows a right object
 */
export function decodeRequest(name: RetrainingChangeName, request: unknown): RetrainingRequest {
  return decodeWith({ name, schema: schemas[name], example: examples[name] }, request);
}

/** What is wrong with the object of an update, for who asks before it is sent; '' is the object itself. */
export function problemsOfRequest(
  name: RetrainingChangeName,
  request: unknown,
): readonly { readonly field: string; readonly reason: string }[] {
  const { error } = schemas[name].safeParse(request);
  return (error?.issues ?? []).map(({ path, message }) => ({ field: path.join('.'), reason: message }));
}
