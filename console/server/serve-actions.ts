/** Actions: each with its audit row, and what the next page says of it. */

import type { Context, Hono } from 'hono';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { addressOf } from './access/address.ts';
import { localPath, type Known } from './access/guard.ts';
import { leaveNotice } from './access/notice.ts';
import { noteOutcome, noteRequest } from './audit.ts';
import type { ActionAsked, ActionRoute } from './page.ts';
import { refusalOf } from './problems.ts';
import { formOf } from './request.ts';
import type { Site } from './site.ts';

export function serveActions(app: Hono<Known>, site: Site, routes: readonly ActionRoute[]): void {
  for (const route of routes) {
    app.post(route.path, async (c) => {
      const viewer = c.get('viewer');
      const refusal = refusalOf(viewer, 'operator');
      if (refusal !== undefined) return site.respondProblem(c, refusal);
      const { now, actions } = site;
      const asked = { parameters: c.req.param(), form: await formOf(c), viewer, now: now(), actions };
      return c.redirect(localPath(await carryOut(c, site, route, asked)), 303);
    });
  }
}

/** Does it, or says why not; returns where to go then. */
async function carryOut(
  c: Context,
  { access, database, cookies, log }: Site,
  { action, subject, act, back }: ActionRoute,
  asked: ActionAsked,
): Promise<string> {
  const auditId = await noteRequest(database, {
    viewer: asked.viewer,
    address: addressOf(c, access.proxies),
    action,
    ...subject(asked),
    details: asked.form,
  });
  const [outcome, said] = await act(asked).then(
    (said) => ['done', said] as const,
    (error: unknown) => {
      const isForeseen = error instanceof TidewatchError;
      if (!isForeseen) log(error);
      const isRefused = isForeseen && error.code !== 'UPDATE_UNANSWERED';
      return [isRefused ? 'refused' : 'failed', reasonOf(error)] as const;
    },
  );
  await noteOutcome(database, auditId, outcome, said);
  await leaveNotice(c, cookies, { level: outcome === 'done' ? 'done' : 'refused', text: said });
  return back(asked);
}
