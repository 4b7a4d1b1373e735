/** What a person asks of a retraining that is under way, recorded with who it was. */

import { TidewatchError } from '../../core/errors.ts';
import type { RetrainingChangeName, RetrainingView } from '../../core/retraining/change.ts';
import { answerChange, changeable } from '../../core/retraining/change.ts';
import { durationMs, formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { findMonitor } from '../monitors/store.ts';
import { isRequestRecorded, reachedInstant, recordRetrainingEvent } from './progress.ts';
import { storeApproval } from './request-approval.ts';
import type { RetrainingDependencies, RetrainingKey } from './retraining-run.ts';
import { requireRetraining } from './retraining-run.ts';
import type { RetrainingRun } from './store.ts';
import { tellOfStep } from './tell.ts';

export interface ChangeRetrainingInput extends RetrainingKey {
  /** The same again: done already. */
  readonly updateId: string;
  readonly change: RetrainingChangeName;
  readonly by: string;
  readonly note?: string | undefined;
  /** Of `extend`: for how much longer. */
  readonly for?: string | undefined;
}

/**
 * Carries out a request once, and gives how the retraining stands then; the first of two people decides.
 *
 * @throws TidewatchError `RETRAINING_NOT_CHANGED` with the reason
 */
export function createChangeRetraining(
  deps: Pick<RetrainingDependencies, 'database' | 'context'>,
): (input: ChangeRetrainingInput) => Promise<RetrainingView> {
  return async function changeRetraining({ model, retrainingId, updateId, change, by, note, for: longer }) {
    const { monitor } = await findMonitor(deps.database, model);
    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `retraining:${model}`);
      const run = await requireRetraining(connection, model, retrainingId);
      if (await isRequestRecorded(connection, run, updateId)) return viewOf(run);
      const answer = answerChange(changeable(run), change);
      if (typeof answer === 'object') {
        throw new TidewatchError('RETRAINING_NOT_CHANGED', { model, retrainingId, reason: answer.refused });
      }
      if (answer === 'agreed') return viewOf(run);
      const summary = await carryOut(connection, run, { change, by, note, for: longer });
      const asOf = await reachedInstant(connection, run);
      const event = { eventId: updateId, event: done[change], asOf, summary, actor: by, note };
      await recordRetrainingEvent(connection, run, event);
      // Nobody has to do anything any more. Of what ends it people hear with the end.
      if (change === 'approve') {
        const news = { event: done[change], severity: 'info', summary, asOf } as const;
        await tellOfStep(connection, monitor, run, runOf(deps.context()), news);
      }
      return viewOf(await requireRetraining(connection, model, retrainingId));
    });
  };
}

const done = {
  approve: 'approved',
  reject: 'rejected',
  cancel: 'cancelled',
  extend: 'extended',
} as const satisfies Record<RetrainingChangeName, string>;

async function carryOut(
  connection: Queryable,
  run: RetrainingRun,
  { change, by, note, for: longer }: Pick<ChangeRetrainingInput, 'change' | 'by' | 'note' | 'for'>,
): Promise<string> {
  const words = `${done[change]} by ${by}${note === undefined ? '' : `: ${note}`}`;
  if (change !== 'extend') {
    const asked = run.approval ?? { needed: false, reason: 'nobody was asked' };
    const decision = { decision: done[change], by, ...(note !== undefined && { note }) };
    await storeApproval(connection, run, { needed: asked.needed, reason: asked.reason, ...decision });
    return words;
  }
  const until = (run.waits_until ?? 0) + durationMs(longer ?? '');
  await connection.execute(
    'update retraining_runs set waits_until = $3 where model = $1 and retraining_id = $2',
    [run.model, run.retraining_id, toTimestamp(until)],
  );
  return `${words} (until ${formatInstant(until)})`;
}

function viewOf(run: RetrainingRun): RetrainingView {
  const { decision, by, note } = run.approval ?? {};
  return {
    model: run.model,
    retrainingId: run.retraining_id,
    state: run.state,
    ...(run.waits_until !== null && { waitsUntil: formatInstant(run.waits_until) }),
    ...(decision !== undefined && { decision }),
    ...(by !== undefined && { by }),
    ...(note !== undefined && { note }),
  };
}
