/** Pages: what is stored, drawn, in the frame. */

import type { Context, Hono } from 'hono';

import { readForgotten } from '../../sql/read-removals.ts';
import { takeDraft } from './access/draft.ts';
import type { Known } from './access/guard.ts';
import { takeNotice } from './access/notice.ts';
import type { PageRoute, View } from './page.ts';
import { forgotten, notFound, refusalOf, type Problem } from './problems.ts';
import { readAsked } from './read-asked.ts';
import { pathOf } from './request.ts';
import type { Site } from './site.ts';
import type { TemporalAnswer } from './temporal-now.ts';

const notAsked: TemporalAnswer = { unknown: 'Temporal was not asked' };

export function servePages(app: Hono<Known>, site: Site, pages: readonly PageRoute[]): void {
  const { askTemporal, cookies, now, temporalUiUrl, respond, respondProblem } = site;
  for (const { path, section, role, asksTemporal, load } of pages) {
    app.get(path, async (c) => {
      const viewer = c.get('viewer');
      const refusal = refusalOf(viewer, role);
      if (refusal !== undefined) return respondProblem(c, refusal);
      const draft = await takeDraft(c, cookies);
      const [draw, temporal] = await Promise.all([
        readAsked(c, site, load),
        asksTemporal ? askTemporal(c.req.param('model')!) : notAsked,
      ]);
      if (draw === undefined) return respondProblem(c, await missingPage(c, site));
      const view: View = {
        now: now(),
        path: pathOf(c),
        viewer,
        temporalUiUrl,
        newer: c.get('newer'),
        temporal,
        draft: draft?.fields ?? {},
      };
      const shown = draw(view);
      const notice = draft?.notice ?? (await takeNotice(c, cookies));
      return respond(c, { ...shown, section, viewer, ...(notice && { notice }) });
    });
  }
}

/** Why there is no such page, where that is known. */
async function missingPage(c: Context<Known>, site: Site): Promise<Problem> {
  const model = c.req.param('model');
  // No text of Postgres holds a NUL.
  if (model === undefined || model.includes('\0')) return notFound();
  const at = await readAsked(c, site, ({ connection }) => readForgotten(connection, model));
  return at === null ? notFound() : forgotten(model, at);
}
