/** Signing in at an OpenID provider: there, and back. */

import type { Context, Hono } from 'hono';

import { TidewatchError, type ErrorCode } from '../../../core/errors.ts';
import { minuteMs } from '../../../core/window.ts';
import type { Site } from '../site.ts';
import { dropCookie, readCookie, takeCookie, writeCookie, type Cookies } from './cookies.ts';
import type { Entrance, Refused } from './entrance.ts';
import { localPath, type Known } from './guard.ts';
import { callbackPath, type BegunSignIn, type Provider } from './oidc.ts';
import { readSession } from './session.ts';

interface Pending extends BegunSignIn {
  readonly to: string;
  /** In epoch milliseconds. */
  readonly until: number;
}

/** Long enough to find a second factor. */
const pendingMs = 10 * minuteMs;
/** Kept for longer than it holds, so that whoever comes back late is told so. */
const pendingCookie = { name: 'tidewatch_sign_in', seconds: 60 * 60 };

/** What is wrong with the provider or the configuration: whoever signs in can do nothing about it. */
const failures = new Set<ErrorCode>(['OIDC_UNREACHABLE', 'OIDC_WRONG_ISSUER', 'OIDC_CLIENT_REFUSED']);

export function serveOidc(app: Hono<Known>, site: Site, entrance: Entrance, provider: Provider): void {
  const { cookies, checkSchema, now, log } = site;

  /** What did not work out, on the page to sign in. */
  const explain = (c: Context<Known>, error: unknown, to: string): Promise<Response> => {
    if (!(error instanceof TidewatchError)) throw error;
    const isFailure = failures.has(error.code);
    if (isFailure) log(error);
    const { name = 'somebody', identity } = error.details as {
      readonly name?: string;
      readonly identity?: string;
    };
    const refused: Refused = {
      way: provider.name,
      who: { name, ...(identity !== undefined && { identity }) },
      outcome: isFailure ? 'failed' : 'refused',
      said: error.message,
    };
    const isOther = error.code === 'OIDC_NO_ROLE';
    return entrance.refuse(c, refused, { to: localPath(to), said: error.message, asAnother: isOther });
  };

  app.get('/login/oidc', async (c) => {
    const { to = '/', as } = c.req.query();
    const held = entrance.holdOff(c, to);
    if (held !== undefined) return held;
    await checkSchema();
    try {
      const { url, begun } = await provider.begin(as === 'another' ? 'login' : undefined);
      const pending: Pending = { ...begun, to: localPath(to), until: now() + pendingMs };
      await writeCookie(c, cookies, pendingCookie, pending);
      c.header('cache-control', 'no-store');
      return c.redirect(url, 303);
    } catch (error) {
      return explain(c, error, to);
    }
  });

  app.get(callbackPath, async (c) => {
    const pending = await takeCookie<Pending>(c, cookies, pendingCookie);
    const to = pending?.to ?? '/';
    const held = entrance.holdOff(c, to);
    if (held !== undefined) return held;
    await checkSchema();
    c.header('cache-control', 'no-store');
    try {
      if (pending === undefined) throw new TidewatchError('SIGN_IN_UNKNOWN');
      if (pending.until <= now())
        throw new TidewatchError('SIGN_IN_EXPIRED', { minutes: pendingMs / minuteMs });
      const { viewer, idToken } = await provider.finish(new URL(c.req.url).search, pending);
      await keepIdToken(c, cookies, idToken);
      return await entrance.admit(c, viewer, { way: provider.name, to });
    } catch (error) {
      return explain(c, error, to);
    }
  });

  app.get('/login/oidc/out', async (c) => {
    const viewer = await readSession(c, cookies, now());
    // Nobody else sends somebody there who has not signed out here.
    if (viewer !== undefined && viewer !== 'ended') return c.redirect('/', 303);
    const idToken = await readIdToken(c, cookies);
    forgetIdToken(c, cookies);
    const there = idToken && (await provider.signOutUrl(idToken.text).catch(() => undefined));
    return c.redirect(there ?? '/login?why=out', 303);
  });
}

/** By which the provider knows whom to sign out. */
interface IdToken {
  /** Absent where it is longer than a cookie may be: then the provider asks. */
  readonly text?: string;
}

const idTokenCookie = { name: 'tidewatch_id_token', seconds: 24 * 60 * 60 };

async function keepIdToken(c: Context, cookies: Cookies, text: string): Promise<void> {
  const written = await writeCookie(c, cookies, idTokenCookie, { text } satisfies IdToken);
  if (written === 'too-long') await writeCookie(c, cookies, idTokenCookie, {} satisfies IdToken);
}

export async function readIdToken(c: Context, cookies: Cookies): Promise<IdToken | undefined> {
  const token = await readCookie<IdToken>(c, cookies, idTokenCookie);
  return token === 'void' ? undefined : token;
}

export function forgetIdToken(c: Context, cookies: Cookies): void {
  dropCookie(c, cookies, idTokenCookie);
}
