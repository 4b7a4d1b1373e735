/** Reads what is asked for, all of it at one instant. */

import type { Context } from 'hono';

import { TidewatchError } from '../../core/errors.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Known } from './access/guard.ts';
import type { Viewer } from './access/roles.ts';
import type { Asked } from './page.ts';
import type { Site } from './site.ts';

/** So long a page may ask the database; the browser of a person waits no longer. */
const statementTimeout = '5s';

export function readAsked<T>(c: Context<Known>, site: Site, load: (asked: Asked) => Promise<T>): Promise<T> {
  return readAs(c.get('viewer'), site, (connection) => {
    const query = new URL(c.req.url).searchParams;
    return load({ connection, parameters: c.req.param(), query, now: site.now() });
  });
}

/** What somebody sees of the database, at one instant. */
export function readAs<T>(
  viewer: Viewer,
  { database }: Pick<Site, 'database'>,
  read: (connection: Queryable) => Promise<T>,
): Promise<T> {
  return database.snapshot(async (connection) => {
    // Compiling a query costs more than any of these pages takes.
    await connection.query(
      `select set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
      [statementTimeout],
    );
    if (viewer.teams !== undefined) await showTeams(connection, viewer.teams);
    return read(connection);
  });
}

/**
 * From here on the policies of the tables let through what is of these teams.
 *
 * @throws TidewatchError `CONSOLE_TEAMS_TOGETHER` where nothing would keep the rest from being seen
 */
async function showTeams(connection: Queryable, teams: readonly string[]): Promise<void> {
  const [row] = await connection.query<{ user: string; apart: boolean }>(
    `select current_user as user, row_security_active('monitors') as apart, set_config('tidewatch.teams', $1, true)`,
    [teams.join(',')],
  );
  if (row?.apart !== true)
    throw new TidewatchError('CONSOLE_TEAMS_TOGETHER', { teams: teams.join(', '), user: row?.user ?? '' });
}
