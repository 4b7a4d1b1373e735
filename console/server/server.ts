/** The console as one web application: who may look, then a page of the table of routes. */

import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { HTTPException } from 'hono/http-exception';
import { timing } from 'hono/timing';

import { reasonOf } from '../../core/errors.ts';
import { oneLine } from '../../core/alert/message.ts';
import type { Database } from '../../sql/database.ts';
import { renderFrame, type Frame } from '../layout/frame.ts';
import { themeOf } from '../layout/theme.ts';
import { guard, knownHosts, localPath, type Known } from './access/guard.ts';
import { loginPage } from './access/login.ts';
import type { Access } from './access/roles.ts';
import { beginSession, endSession, takeNotice, type Cookies } from './access/session.ts';
import { roleOfToken } from './access/token.ts';
import type { ConsoleActions } from './actions.ts';
import { answerAction } from './answer-action.ts';
import { answerDrawing, drawingFormats } from './answer-drawing.ts';
import { assets, readAssetVersion } from './assets.ts';
import type { Asked, View } from './page.ts';
import { forbidden, notFound, problemOf, type Problem } from './problems.ts';
import { routes, type Routes } from './routes.ts';
import { openSchemaCheck } from './schema-check.ts';
import { documentPolicy, ownPolicy, securityHeaders } from './security-headers.ts';

export interface ConsoleDependencies {
  readonly database: Database;
  readonly access: Access;
  /** The console as people reach it, where that is not where it listens. */
  readonly publicUrl?: string;
  readonly temporalUiUrl: string;
  readonly actions: ConsoleActions;
  /** Stored reports and runbooks: pages of their own, by their path. */
  readonly documents: (path: string) => Promise<Document | undefined>;
  /** The PNG of an SVG. */
  readonly pngOf: (svg: string) => Uint8Array;
  readonly now: () => number;
  /** Takes what was not foreseen. */
  readonly log: (error: unknown) => void;
}

export interface Document {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const themeName = 'tidewatch_theme';
const yearSeconds = 365 * 24 * 60 * 60;

/** A form of the console is a few fields. */
const mostBytes = 64 * 1024;

/** So long a page may ask the database; the browser of a person waits no longer. */
const statementTimeout = '5s';

/** The application; `listen.ts` serves it. */
export async function consoleApp(
  dependencies: ConsoleDependencies,
  { pages, drawings, actions }: Routes = routes,
): Promise<Hono<Known>> {
  const { database, access, publicUrl, now, log } = dependencies;
  const cookies: Cookies = {
    secret: access.cookieSecret,
    isSecure: publicUrl?.startsWith('https:') ?? false,
  };
  const assetVersion = await readAssetVersion();
  const checkSchema = openSchemaCheck(database, now);
  const app = new Hono<Known>();

  const respond = (
    c: Context<Known>,
    frame: Omit<Frame, 'theme' | 'assetVersion' | 'path'>,
    status: Problem['status'] | 200,
  ): Response => {
    c.header('cache-control', 'private, no-cache');
    const theme = themeOf(getCookie(c, themeName));
    const canSignOut = access.everybody === undefined && frame.viewer !== undefined;
    return c.html(
      renderFrame({ ...frame, theme, assetVersion, path: pathOf(c), ...(canSignOut && { canSignOut }) }),
      status,
    );
  };
  const respondProblem = (c: Context<Known>, { title, main, status }: Problem): Response => {
    // Unset where the problem came before it was known who looks.
    const viewer = c.get('viewer') as Known['Variables']['viewer'] | undefined;
    return respond(c, { title, main, ...(viewer && { viewer }) }, status);
  };

  app.use(timing({ total: true }), ownPolicy, securityHeaders(), compress(), etag());
  if (access.everybody !== undefined) app.use(knownHosts(publicUrl));
  app.use(
    csrf({ origin: (origin, c) => origin === new URL(c.req.url).origin || isPublished(origin, publicUrl) }),
  );
  app.use(bodyLimit({ maxSize: mostBytes }));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return error.status === 403
        ? respondProblem(c, forbidden('This form was not sent from a page of this console.'))
        : error.getResponse();
    }
    const { foreseen, ...problem } = problemOf(error);
    if (!foreseen) log(error);
    return respondProblem(c, problem);
  });

  app.get('/healthz', (c) => c.json({ alive: true }));
  app.get('/readyz', async (c) => {
    const reason = await checkSchema().then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    return reason === undefined ? c.json({ ready: true }) : c.json({ ready: false, reason }, 503);
  });
  for (const [path, { type, text }] of Object.entries(assets)) {
    app.get(path, (c) => {
      c.header('cache-control', 'public, max-age=31536000, immutable');
      return c.body(text, 200, { 'content-type': type });
    });
  }
  app.post('/theme', async (c) => {
    const { theme, back } = await formOf(c);
    setCookie(c, themeName, themeOf(theme), {
      path: '/',
      sameSite: 'Lax',
      httpOnly: true,
      maxAge: yearSeconds,
    });
    return c.redirect(localPath(back), 303);
  });
  app.get('/login', (c) => {
    const { to, why } = c.req.query();
    return respond(
      c,
      { title: 'Sign in', main: loginPage({ to: localPath(to), ...(why === 'ended' && { why }) }) },
      200,
    );
  });
  app.post('/login', async (c) => {
    const { to, name = '', token = '' } = await formOf(c);
    const role = await roleOfToken(access.tokens, token);
    if (role === undefined) {
      return respond(c, { title: 'Sign in', main: loginPage({ to: localPath(to), why: 'wrong' }) }, 403);
    }
    await beginSession(
      c,
      cookies,
      { name: oneLine(name).slice(0, 80).trim() || `the ${role} token`, role },
      now(),
    );
    return c.redirect(localPath(to), 303);
  });
  app.post('/logout', (c) => {
    endSession(c, cookies);
    return c.redirect('/login', 303);
  });

  app.use(guard(access, cookies, now));
  app.use(async (_, next) => {
    await checkSchema();
    await next();
  });
  /** Reads what is asked for, all of it at one instant. */
  const read = <T>(c: Context<Known>, load: (asked: Asked) => Promise<T>): Promise<T> =>
    database.snapshot(async (connection) => {
      // Compiling a query costs more than any of these pages takes.
      await connection.query(
        `select set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
        [statementTimeout],
      );
      const query = new URL(c.req.url).searchParams;
      return load({ connection, parameters: c.req.param(), query, now: now() });
    });
  for (const { path, section, show } of pages) {
    app.get(path, async (c) => {
      const viewer = c.get('viewer');
      const view: View = { now: now(), path: pathOf(c), viewer, temporalUiUrl: dependencies.temporalUiUrl };
      const shown = await read(c, (asked) => show(asked, view));
      if (shown === undefined) return respondProblem(c, notFound());
      const notice = await takeNotice(c, cookies);
      return respond(c, { ...shown, section, viewer, ...(notice && { notice }) }, 200);
    });
  }
  for (const path of ['/reports/:kind/:model/:start/:end', '/runbooks', '/runbooks/:name']) {
    app.get(path, async (c) => {
      const found = await dependencies.documents(new URL(c.req.url).pathname);
      if (found?.status !== 200) return respondProblem(c, notFound());
      c.set('policy', documentPolicy);
      c.header('cache-control', 'private, no-cache');
      return c.body(found.body, 200, { 'content-type': found.type });
    });
  }
  for (const { path, draw } of drawings) {
    for (const format of drawingFormats) {
      app.get(`${path}.${format}`, async (c) => {
        const drawing = await read(c, draw);
        return drawing === undefined
          ? respondProblem(c, notFound())
          : answerDrawing(c, drawing, format, dependencies.pngOf);
      });
    }
  }
  for (const route of actions) {
    app.post(route.path, async (c) => {
      const viewer = c.get('viewer');
      if (viewer.role !== 'operator') {
        return respondProblem(c, forbidden(`${viewer.name} may look, but not act. Sign in as an operator.`));
      }
      const asked = {
        parameters: c.req.param(),
        form: await formOf(c),
        viewer,
        now: now(),
        actions: dependencies.actions,
      };
      const back = await answerAction(c, { database, cookies, log }, route, asked);
      return c.redirect(localPath(back), 303);
    });
  }
  app.notFound((c) => respondProblem(c, notFound()));
  return app;
}

function pathOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

function isPublished(origin: string, publicUrl: string | undefined): boolean {
  return publicUrl !== undefined && origin === new URL(publicUrl).origin;
}

/** The fields of a form; files are none. */
async function formOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const fields = Object.entries(await c.req.parseBody());
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
