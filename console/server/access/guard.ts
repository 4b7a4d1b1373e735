/** Lets nobody in who has not said who they are. */

import type { Context, MiddlewareHandler } from 'hono';

import { formOf } from '../request.ts';
import type { Site } from '../site.ts';
import { addressOf, networkOf } from './address.ts';
import type { Cookies } from './cookies.ts';
import { keepDraft } from './draft.ts';
import { isLoopback, type Viewer } from './roles.ts';
import { readSession } from './session.ts';
import { roleOfToken } from './token.ts';

/** What the middleware knows of a request. */
export interface Known {
  Variables: {
    readonly viewer: Viewer;
    /** Migrations that this console does not know and can work with. */
    readonly newer: readonly string[];
    /** What a browser may do with this answer, where that is not what it may do with a page. */
    readonly policy?: string;
  };
}

/**
 * Sets the viewer of a request: by the token of its `Authorization: Bearer`, by its session, or everybody's. A browser
 * without one is sent to sign in, and comes back; what it has sent is kept for then.
 */
export function guard(site: Site): MiddlewareHandler<Known> {
  const { access, cookies, now } = site;
  return async (c, next) => {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (access.everybody === undefined && c.req.header('authorization') !== undefined) {
      const found = await viewerOfToken(c, site, bearer?.trim() ?? '');
      if (found instanceof Response) return found;
      c.set('viewer', found);
      return next();
    }
    const viewer = access.everybody ?? (await readSession(c, cookies, now()));
    if (viewer === undefined || viewer === 'ended') return toSignIn(c, cookies, viewer);
    c.set('viewer', viewer);
    return next();
  };
}

/** A script has no page to be told on. */
async function viewerOfToken(
  c: Context,
  { access, guesses, refusals, now }: Site,
  token: string,
): Promise<Viewer | Response> {
  const address = addressOf(c, access.proxies);
  const wait = guesses.wait(networkOf(address), now());
  if (wait > 0) {
    refusals.count();
    c.header('retry-after', String(Math.ceil(wait / 1000)));
    return c.text('too many tokens of this address were not known\n', 429);
  }
  const role = await roleOfToken(access.tokens, token);
  if (role !== undefined) return { name: `the ${role} token`, role };
  guesses.take(networkOf(address), now());
  const said = 'This token is not known.';
  const event = {
    who: { name: 'a script' },
    action: 'sign-in',
    subject: 'token',
    outcome: 'refused',
    said,
  } as const;
  await refusals.note({ ...event, address }, now());
  return c.text('this token is not known\n', 401);
}

async function toSignIn(c: Context, cookies: Cookies, session: 'ended' | undefined): Promise<Response> {
  const to = returnPath(c);
  const isForm = c.req.method === 'POST';
  if (isForm) await keepDraft(c, cookies, to, await formOf(c));
  const why = isForm ? 'unsent' : session;
  return c.redirect(`/login?${new URLSearchParams({ to, ...(why && { why }) }).toString()}`, 303);
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
