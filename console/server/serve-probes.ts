/** What is served to everybody: probes of orchestrators, and what pages load beside their HTML. */

import type { Hono } from 'hono';

import { reasonOf } from '../../core/errors.ts';
import type { Known } from './access/guard.ts';
import { assets } from './assets.ts';
import type { Site } from './site.ts';

export function serveProbes(app: Hono<Known>, { checkSchema }: Site): void {
  app.get('/healthz', (c) => c.json({ alive: true }));
  app.get('/readyz', async (c) => {
    const reason = await checkSchema().then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    return reason === undefined ? c.json({ ready: true }) : c.json({ ready: false, reason }, 503);
  });
}

export function serveAssets(app: Hono<Known>): void {
  for (const [path, { type, text }] of Object.entries(assets)) {
    app.get(path, (c) => {
      c.header('cache-control', 'public, max-age=31536000, immutable');
      return c.body(text, 200, { 'content-type': type });
    });
  }
}
