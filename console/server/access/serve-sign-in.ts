/** Signing in, by token or at an OpenID provider, and out. */

import type { Hono } from 'hono';

import { reasonOf } from '../../../core/errors.ts';
import { noteAccess } from '../audit.ts';
import type { Site } from '../site.ts';
import { addressOf } from './address.ts';
import { dropDraft } from './draft.ts';
import { openEntrance } from './entrance.ts';
import { localPath, type Known } from './guard.ts';
import { loginReasons } from './login.ts';
import { openProvider } from './oidc.ts';
import { forgetIdToken, readIdToken, serveOidc } from './serve-oidc.ts';
import { serveTokens } from './serve-tokens.ts';
import { endSession, readSession } from './session.ts';

export function serveSignIn(app: Hono<Known>, site: Site): void {
  const { access, publicUrl, cookies, database, now, log } = site;
  const provider =
    access.oidc === undefined || publicUrl === undefined ? undefined : openProvider(access.oidc, publicUrl);
  const entrance = openEntrance(site, provider?.name);

  app.get('/login', async (c) => {
    const { to, why: asked } = c.req.query();
    if (access.everybody !== undefined) return c.redirect(localPath(to), 303);
    const why = loginReasons.find((reason) => reason === asked);
    const canSignOutThere = why === 'out' && (await readIdToken(c, cookies)) !== undefined;
    return entrance.show(c, { to: localPath(to), ...(why && { why }), canSignOutThere });
  });
  serveTokens(app, site, entrance);
  if (provider !== undefined) serveOidc(app, site, entrance, provider);

  app.post('/logout', async (c) => {
    const viewer = await readSession(c, cookies, now());
    endSession(c, cookies);
    dropDraft(c, cookies);
    const idToken = await readIdToken(c, cookies);
    const there = idToken && (await provider?.signOutUrl(idToken.text).catch(() => undefined));
    if (idToken !== undefined && there === undefined) forgetIdToken(c, cookies);
    if (viewer !== undefined && viewer !== 'ended') {
      const said = `${viewer.name} has signed out`;
      const event = { who: viewer, action: 'sign-out', subject: 'console', outcome: 'done', said } as const;
      // Whoever wants to be signed out is, whether that is noted or not.
      await noteAccess(database, { ...event, address: addressOf(c, access.proxies) }).catch(
        (error: unknown) => log(new Error(`a sign-out was not recorded: ${reasonOf(error)}`)),
      );
    }
    return c.redirect('/login?why=out', 303);
  });
}
