/** What a request says. */

import type { Context } from 'hono';

/** What was asked for, with its query. */
export function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

// The database stores neither, and whatever is sent is noted in the audit.
const unstorable = /[\0\p{Surrogate}]/gu;

/** The fields of a form; files are none. What no text of the database can hold is marked. */
export async function formOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const fields = Object.entries(await c.req.parseBody());
  const storable = (text: string): string => text.replaceAll(unstorable, '\u{FFFD}');
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (typeof value === 'string' ? [[storable(name), storable(value)]] : [])),
  );
}
