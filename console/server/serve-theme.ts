/** Keeps the theme that somebody has chosen. */

import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';

import { themeOf } from '../layout/theme.ts';
import { localPath, type Known } from './access/guard.ts';
import { formOf } from './request.ts';
import { themeCookie } from './theme-cookie.ts';

const yearSeconds = 365 * 24 * 60 * 60;

export function serveTheme(app: Hono<Known>): void {
  app.post('/theme', async (c) => {
    const { theme, back } = await formOf(c);
    setCookie(c, themeCookie, themeOf(theme), {
      path: '/',
      sameSite: 'Lax',
      httpOnly: true,
      maxAge: yearSeconds,
    });
    return c.redirect(localPath(back), 303);
  });
}
