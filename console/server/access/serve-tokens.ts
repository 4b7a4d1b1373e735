/** Signing in with the token of a role. */

import type { Hono } from 'hono';

import { oneLine } from '../../../core/alert/message.ts';
import { formOf } from '../request.ts';
import type { Site } from '../site.ts';
import type { Entrance } from './entrance.ts';
import { localPath, type Known } from './guard.ts';
import { roleOfToken } from './token.ts';

export function serveTokens(app: Hono<Known>, { access, checkSchema }: Site, entrance: Entrance): void {
  app.post('/login', async (c) => {
    const { to = '/', name: given = '', token = '' } = await formOf(c);
    const held = entrance.holdOff(c, to);
    if (held !== undefined) return held;
    await checkSchema();
    const role = await roleOfToken(access.tokens, token);
    const name = oneLine(given).slice(0, 80).trim();
    if (role !== undefined)
      return entrance.admit(c, { name: name || `the ${role} token`, role }, { way: 'token', to });
    const said = 'This token is not known.';
    const refused = { way: 'token', who: { name: name || 'somebody' }, outcome: 'refused', said } as const;
    return entrance.refuse(c, refused, { to: localPath(to), why: 'wrong' });
  });
}
