/** What people and programs give to workflows, held against a schema. */

import type { z } from 'zod';

export interface Problem {
  /** Where: the names on the way, with dots between; '' is the whole. */
  readonly field: string;
  readonly reason: string;
}

export type Checked<T> = { readonly data: T } | { readonly problems: readonly Problem[] };

/** What the schema makes of a value, or every problem of it. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): Checked<z.output<Schema>> {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return { data };
  return {
    problems: error.issues.map(({ path, message }) => ({ field: path.join('.'), reason: message })),
  };
}

export function problemsOf(checked: Checked<unknown>): readonly Problem[] {
  return 'problems' in checked ? checked.problems : [];
}
