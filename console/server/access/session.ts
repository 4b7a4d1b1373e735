/** Who has signed in. */

import type { Context } from 'hono';

import { dropCookie, readCookie, writeCookie, type Cookies } from './cookies.ts';
import type { Viewer } from './roles.ts';

interface Session {
  readonly viewer: Viewer;
  /** In epoch milliseconds. */
  readonly until: number;
}

/** Kept for longer than any session lasts, so that somebody whose session has ended is told so. */
const sessionCookie = { name: 'tidewatch_session', seconds: 30 * 24 * 60 * 60 };

/** @param until when it ends, in epoch milliseconds */
export async function beginSession(
  c: Context,
  cookies: Cookies,
  viewer: Viewer,
  until: number,
): Promise<void> {
  await writeCookie(c, cookies, sessionCookie, { viewer, until } satisfies Session);
}

export function endSession(c: Context, cookies: Cookies): void {
  dropCookie(c, cookies, sessionCookie);
}

/** Who has signed in; `ended` where that was too long ago, or with another secret. */
export async function readSession(
  c: Context,
  cookies: Cookies,
  now: number,
): Promise<Viewer | 'ended' | undefined> {
  const session = await readCookie<Session>(c, cookies, sessionCookie);
  if (session === undefined) return undefined;
  return session === 'void' || session.until <= now ? 'ended' : session.viewer;
}
