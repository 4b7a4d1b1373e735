/** Pages: what is stored, drawn, in the frame. */

import type { Hono } from 'hono';

import { takeDraft } from './access/draft.ts';
import type { Known } from './access/guard.ts';
import { takeNotice } from './access/notice.ts';
import type { PageRoute, View } from './page.ts';
import { notFound, refusalOf } from './problems.ts';
import { readAsked } from './read-asked.ts';
import { pathOf } from './request.ts';
import type { Site } from './site.ts';

export function servePages(app: Hono<Known>, site: Site, pages: readonly PageRoute[]): void {
  const { cookies, now, temporalUiUrl, respond, respondProblem } = site;
  for (const { path, section, role, show } of pages) {
    app.get(path, async (c) => {
      const viewer = c.get('viewer');
      const refusal = refusalOf(viewer, role);
      if (refusal !== undefined) return respondProblem(c, refusal);
      const draft = await takeDraft(c, cookies);
      const view: View = { now: now(), path: pathOf(c), viewer, temporalUiUrl, draft: draft?.fields ?? {} };
      const shown = await readAsked(c, site, (asked) => show(asked, view));
      if (shown === undefined) return respondProblem(c, notFound());
      const notice = draft?.notice ?? (await takeNotice(c, cookies));
      return respond(c, { ...shown, section, viewer, ...(notice && { notice }) });
    });
  }
}
