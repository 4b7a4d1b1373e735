/** Lets nobody in who has not said who they are. */

import type { Context, MiddlewareHandler } from 'hono';

import { isLoopback, type Access, type Viewer } from './roles.ts';
import { readSession, type Cookies } from './session.ts';
import { roleOfToken } from './token.ts';

/** What the middleware knows of a request. */
export interface Known {
  Variables: {
    readonly viewer: Viewer;
    /** What a browser may do with this answer, where that is not what it may do with a page. */
    readonly policy?: string;
  };
}

/**
 * Sets the viewer of a request: by the token of its `Authorization: Bearer`, by its session, or everybody's. A browser
 * without one is sent to sign in, and comes back.
 */
export function guard(access: Access, cookies: Cookies, now: () => number): MiddlewareHandler<Known> {
  return async (c, next) => {
    const viewer = access.everybody ?? (await viewerOf(c, access, cookies, now()));
    if (viewer === undefined || viewer === 'ended') {
      if (c.req.header('authorization') !== undefined) return c.text('this token is not known\n', 401);
      const asked = new URLSearchParams({ to: returnPath(c), ...(viewer === 'ended' && { why: 'ended' }) });
      return c.redirect(`/login?${asked.toString()}`, 303);
    }
    c.set('viewer', viewer);
    await next();
    return undefined;
  };
}

async function viewerOf(
  c: Context,
  { tokens }: Access,
  cookies: Cookies,
  now: number,
): Promise<Viewer | 'ended' | undefined> {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (bearer === undefined) return readSession(c, cookies, now);
  const role = await roleOfToken(tokens, bearer.trim());
  return role && { name: `the ${role} token`, role };
}

/** Where to go after signing in: what was asked for, or the page that a form was on. */
function returnPath(c: Context): string {
  const url = new URL(c.req.url);
  if (c.req.method === 'GET') return url.pathname + url.search;
  const referrer = c.req.header('referer') ?? '';
  return URL.canParse(referrer) ? localPath(new URL(referrer).pathname) : '/';
}

/**
 * A path of this console, whatever was given: nobody is sent elsewhere after signing in.
 *
 * @example ['/models/a?x=1', '//evil.example', '/\\evil.example', undefined].map(localPath) // ['/models/a?x=1', '/', '/', '/']
 */
export function localPath(given: string | undefined): string {
  if (given === undefined || !given.startsWith('/')) return '/';
  const base = 'http://console.invalid';
  if (!URL.canParse(given, base)) return '/';
  const { origin, pathname, search } = new URL(given, base);
  return origin === base && !pathname.startsWith('//') ? pathname + search : '/';
}

/**
 * A console that everybody may use answers to names of this machine only: otherwise a page of anybody's, whose name is
 * made to mean 127.0.0.1, would be of the same origin.
 */
export function knownHosts(publicUrl: string | undefined): MiddlewareHandler {
  const published = publicUrl === undefined ? undefined : new URL(publicUrl).host;
  return async (c, next) => {
    const { host, hostname } = new URL(c.req.url);
    if (!isLoopback(hostname) && host !== published) {
      return c.text('this console answers to 127.0.0.1 and localhost only; see TIDEWATCH_CONSOLE_URL\n', 421);
    }
    await next();
    return undefined;
  };
}
