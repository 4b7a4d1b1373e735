/** Reads what is asked for, all of it at one instant. */

import type { Context } from 'hono';

import type { Asked } from './page.ts';
import type { Site } from './site.ts';

/** So long a page may ask the database; the browser of a person waits no longer. */
const statementTimeout = '5s';

export function readAsked<T>(
  c: Context,
  { database, now }: Site,
  load: (asked: Asked) => Promise<T>,
): Promise<T> {
  return database.snapshot(async (connection) => {
    // Compiling a query costs more than any of these pages takes.
    await connection.query(
      `select set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
      [statementTimeout],
    );
    const query = new URL(c.req.url).searchParams;
    return load({ connection, parameters: c.req.param(), query, now: now() });
  });
}
