/** The console as one web application: what a request goes through, from top to bottom. */

import { Hono } from 'hono';

import { guard, type Known } from './access/guard.ts';
import { serveSignIn } from './access/serve-sign-in.ts';
import { notFound } from './problems.ts';
import { protect } from './protect.ts';
import { routes, type Routes } from './routes.ts';
import { serveActions } from './serve-actions.ts';
import { serveDocuments } from './serve-documents.ts';
import { serveDrawings, serveTables } from './serve-drawings.ts';
import { servePages } from './serve-pages.ts';
import { serveAssets, serveProbes } from './serve-probes.ts';
import { serveTheme } from './serve-theme.ts';
import { openSite, type ConsoleDependencies } from './site.ts';

/** The application; `listen.ts` serves it. */
export async function consoleApp(
  dependencies: ConsoleDependencies,
  table: Routes = routes,
): Promise<Hono<Known>> {
  const site = await openSite(dependencies);
  const app = new Hono<Known>();
  protect(app, site);
  serveProbes(app, site);
  serveAssets(app);
  serveTheme(app);
  serveSignIn(app, site);
  app.use(guard(site), async (c, next) => {
    c.set('newer', await site.checkSchema());
    await next();
  });
  servePages(app, site, table.pages);
  serveDocuments(app, site, table.documents);
  serveDrawings(app, site, table.drawings);
  serveTables(app, site, table.tables);
  serveActions(app, site, table.actions);
  app.notFound((c) => site.respondProblem(c, notFound()));
  return app;
}
