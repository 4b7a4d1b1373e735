/** What both ways to sign in have in common: the page, who is let in, and who is not. */

import type { Context } from 'hono';

import { minuteMs } from '../../../core/window.ts';
import { noteAccess } from '../audit.ts';
import type { Site } from '../site.ts';
import { addressOf, networkOf } from './address.ts';
import { localPath, type Known } from './guard.ts';
import { loginPage, type LoginPage } from './login.ts';
import type { Viewer } from './roles.ts';
import { beginSession } from './session.ts';

type Shown = Omit<LoginPage, 'hasTokens' | 'provider'>;

export interface Refused {
  /** What they have tried: `token`, or the name of the provider. */
  readonly way: string;
  readonly who: { readonly name: string; readonly identity?: string };
  readonly outcome: 'refused' | 'failed';
  readonly said: string;
}

export interface Entrance {
  show(c: Context<Known>, shown: Shown, status?: 403 | 429 | 503): Response;
  /** The answer to somebody who tries too often; undefined where they may try. */
  holdOff(c: Context<Known>, to: string): Response | undefined;
  /** Begins a session, and goes on to where they wanted to. */
  admit(
    c: Context<Known>,
    viewer: Viewer,
    from: { readonly way: string; readonly to: string },
  ): Promise<Response>;
  /** Says why not; counts as one try of their address, unless nobody could have got in. */
  refuse(c: Context<Known>, refused: Refused, shown: Shown): Promise<Response>;
}

/** @param provider the name of the OpenID provider, where there is one */
export function openEntrance(site: Site, provider: string | undefined): Entrance {
  const { access, cookies, database, guesses, refusals, now, respond } = site;
  const hasTokens = Object.keys(access.tokens).length > 0;
  const show: Entrance['show'] = (c, shown, status) => {
    const main = loginPage({ ...shown, hasTokens, ...(provider !== undefined && { provider }) });
    return respond(c, { title: 'Sign in', main }, status);
  };
  return {
    show,
    holdOff: (c, to) => {
      const wait = guesses.wait(networkOf(addressOf(c, access.proxies)), now());
      if (wait === 0) return undefined;
      refusals.count();
      c.header('retry-after', String(Math.ceil(wait / 1000)));
      const said = `Too many sign-ins from your address have failed. Try again in ${minutesText(wait)}.`;
      return show(c, { to: localPath(to), said }, 429);
    },
    admit: async (c, viewer, { way, to }) => {
      const said = `${viewer.name} has signed in`;
      const event = { who: viewer, action: 'sign-in', subject: way, outcome: 'done', said } as const;
      await noteAccess(database, { ...event, address: addressOf(c, access.proxies) });
      await beginSession(c, cookies, viewer, now() + access.sessionMs);
      return c.redirect(localPath(to), 303);
    },
    refuse: async (c, { way, ...refused }, shown) => {
      const address = addressOf(c, access.proxies);
      if (refused.outcome === 'refused') guesses.take(networkOf(address), now());
      await refusals.note({ ...refused, address, action: 'sign-in', subject: way }, now());
      return show(c, shown, refused.outcome === 'failed' ? 503 : 403);
    },
  };
}

function minutesText(ms: number): string {
  const minutes = Math.ceil(ms / minuteMs);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
