/** An action with its audit row, and what the next page says of it. */

import type { Context } from 'hono';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import { leaveNotice, type Cookies } from './access/session.ts';
import { noteOutcome, noteRequest } from './audit.ts';
import type { ActionAsked, ActionRoute } from './page.ts';

interface Around {
  readonly database: Database;
  readonly cookies: Cookies;
  readonly log: (error: unknown) => void;
}

/** Does it, or says why not; returns where to go then. */
export async function answerAction(
  c: Context,
  { database, cookies, log }: Around,
  { action, subject, act, back }: ActionRoute,
  asked: ActionAsked,
): Promise<string> {
  const auditId = await noteRequest(database, {
    viewer: asked.viewer,
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
