/** What holds for every answer: its headers, forms of other sites, and what is shown where something goes wrong. */

import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { HTTPException } from 'hono/http-exception';
import { timing } from 'hono/timing';

import { knownHosts, type Known } from './access/guard.ts';
import { forbidden, problemOf } from './problems.ts';
import { ownPolicy, securityHeaders } from './security-headers.ts';
import type { Site } from './site.ts';

/** A form of the console is a few fields. */
const mostBytes = 64 * 1024;

export function protect(app: Hono<Known>, { access, publicUrl, log, respondProblem }: Site): void {
  app.use(timing({ total: true }), ownPolicy, securityHeaders(), compress(), etag());
  if (access.everybody !== undefined) app.use(knownHosts(publicUrl));
  const published = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  app.use(csrf({ origin: (origin, c) => origin === new URL(c.req.url).origin || origin === published }));
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
}
