/** Logins of the Postgres server. They are of the whole server: whoever makes one drops it. */

import { randomBytes } from 'node:crypto';

import type { Queryable } from '../../sql/database.ts';

const password = 'of a test';

/** Makes a login of a name of its own; `options` as `create role` has them, such as `in role tidewatch_worker`. */
export async function createLogin(connection: Queryable, options: string): Promise<string> {
  const name = `login_${randomBytes(4).toString('hex')}`;
  await connection.execute(`create role ${name} login password '${password}' ${options}`);
  return name;
}

/** The URL of a database as that login. */
export const urlAs = (login: string, url: string): string =>
  Object.assign(new URL(url), { username: login, password }).href;
