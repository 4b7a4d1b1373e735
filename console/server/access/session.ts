/** Signed cookies: who has signed in, and what the next page is to say. A cookie that was changed, or signed before the secret was, is none. */

import type { Context } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';

import { hourMs } from '../../../core/window.ts';
import type { Viewer } from './roles.ts';

const sessionName = 'tidewatch_session';
const noticeName = 'tidewatch_notice';

/** A working day, and not the next one. */
const sessionMs = 12 * hourMs;

export interface Cookies {
  readonly secret: string;
  /** Is the console reached by https? Then its cookies go no other way. */
  readonly isSecure: boolean;
}

const options = ({ isSecure }: Cookies) =>
  ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure }) as const;

/** Remembers who somebody is for twelve hours. */
export async function beginSession(c: Context, cookies: Cookies, viewer: Viewer, now: number): Promise<void> {
  const text = encodeURIComponent(JSON.stringify({ ...viewer, until: now + sessionMs }));
  await setSignedCookie(c, sessionName, text, cookies.secret, {
    ...options(cookies),
    maxAge: sessionMs / 1000,
  });
}

export function endSession(c: Context, cookies: Cookies): void {
  deleteCookie(c, sessionName, options(cookies));
}

/** Who has signed in; `ended` where that was too long ago, or with another secret. */
export async function readSession(
  c: Context,
  { secret }: Cookies,
  now: number,
): Promise<Viewer | 'ended' | undefined> {
  const text = await getSignedCookie(c, secret, sessionName);
  if (text === undefined) return undefined;
  if (text === false) return 'ended';
  // It is signed: it was written above.
  const { name, role, until } = JSON.parse(decodeURIComponent(text)) as Viewer & { readonly until: number };
  return until > now ? { name, role } : 'ended';
}

/** What an action has done or why not, for the page that is shown after it. */
export interface Notice {
  readonly level: 'done' | 'refused';
  readonly text: string;
}

export async function leaveNotice(c: Context, cookies: Cookies, notice: Notice): Promise<void> {
  const text = encodeURIComponent(JSON.stringify({ ...notice, text: notice.text.slice(0, 500) }));
  await setSignedCookie(c, noticeName, text, cookies.secret, { ...options(cookies), maxAge: 60 });
}

/** What was left for this page; it is shown once. */
export async function takeNotice(c: Context, cookies: Cookies): Promise<Notice | undefined> {
  const text = await getSignedCookie(c, cookies.secret, noticeName);
  if (text === undefined) return undefined;
  deleteCookie(c, noticeName, options(cookies));
  return text === false ? undefined : (JSON.parse(decodeURIComponent(text)) as Notice);
}
