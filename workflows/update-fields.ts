/** What every update has: who asks, and what they say. */

import { z } from 'zod';

/** A text for people to read; longer ones belong where they are linked from. */
export const note = (): z.ZodString =>
  z.string('write something').trim().min(1, 'write something').max(2_000);

export const by = (): z.ZodString =>
  z
    .string('write who you are, for example "anna"')
    .trim()
    .min(1, 'write who you are, for example "anna"')
    .max(100);
