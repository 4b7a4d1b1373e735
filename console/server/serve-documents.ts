/** Stored reports and runbooks, as they were made. */

import type { Hono } from 'hono';

import type { Known } from './access/guard.ts';
import { notFound } from './problems.ts';
import { readAs } from './read-asked.ts';
import { documentPolicy } from './security-headers.ts';
import type { Site } from './site.ts';

export function serveDocuments(app: Hono<Known>, site: Site, paths: readonly string[]): void {
  const { documents, respondProblem } = site;
  for (const path of paths) {
    app.get(path, async (c) => {
      const found = await readAs(c.get('viewer'), site, (connection) =>
        documents(new URL(c.req.url).pathname, connection),
      );
      if (found?.status !== 200) return respondProblem(c, notFound());
      c.set('policy', documentPolicy);
      c.header('cache-control', 'private, no-cache');
      return c.body(found.body, 200, { 'content-type': found.type });
    });
  }
}
