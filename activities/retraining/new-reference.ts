import type { Monitor } from '../../core/monitor/schema.ts';
import { referenceOf } from '../../core/retraining/reference-window.ts';
import {
  formatDay,
  floorToDay,
  durationMs,
  parseWindow,
  type Window,
  type WindowText,
} from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit, toTimestamp } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, resolveAlert } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { driftKinds } from '../drift/report-drift.ts';
import { findMonitor } from '../monitors/store.ts';
import { fixedReference } from '../profiles/active-reference.ts';
import { profileLock, profileWindow } from '../profiles/profile-hours.ts';
import type { RetrainingKey } from './retraining-run.ts';
import { policyOf } from './retraining-run.ts';

export interface ReferenceHandover {
  /** `handed back`: the promotion was taken back, and with it the reference. */
  readonly reference: 'kept' | 'handed over' | 'handed back';
  readonly reason: string;
  readonly pendingAlerts: readonly string[];
}

/**
 * Makes the training window of a promoted version the reference of its model, where the policy asks for it; takes that back where
 * the promotion was taken back. What it needs is profiled first, while drift is still measured against the former reference: every
 * window is compared with one of them, and none that was judged before is judged anew. Drift that was open against the former one
 * ends in words, for what it told of is what the new version was trained on.
 */
export function createHandOverReference(
  deps: Pick<ActivityDependencies, 'database' | 'context'>,
): (key: RetrainingKey) => Promise<ReferenceHandover> {
  return async function handOverReference({ model, retrainingId }) {
    const { database } = deps;
    const { monitor } = await findMonitor(database, model);
    const kept = (reason: string): ReferenceHandover => ({ reference: 'kept', reason, pendingAlerts: [] });
    if (policyOf(monitor).reference === 'keep') return kept('the policy keeps the reference');
    const run = await findPromotion(database, { model, retrainingId });
    if (run === undefined) return kept('nothing was promoted');
    if (run.isTakenBack) return handBack(database, { model, retrainingId });
    const window = referenceOf(run.training, run.leftOut);
    if (window === undefined) return kept('no whole day of the training window is without an exclusion');

    const activeFrom = await findActiveFrom(database, model, run.promotedAsOf);
    const end = floorToDay(activeFrom);
    const profiled = await profileWindow(deps, {
      monitor: { ...monitor, reference: fixedReference(window) },
      current: { start: end - durationMs(monitor.current), end },
      asOf: activeFrom,
    });
    if ('missing' in profiled) return kept(profiled.missing);
    return database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      const handover = { model, retrainingId, version: run.version, window, activeFrom };
      if (await insertHandover(connection, handover))
        await endDrift(connection, monitor, handover, runOf(deps.context()));
      return {
        reference: 'handed over',
        reason: inWords(handover),
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

interface Promotion {
  readonly version: string;
  readonly training: Window;
  readonly leftOut: readonly Window[];
  readonly promotedAsOf: number;
  readonly isTakenBack: boolean;
}

interface PromotionRow extends Record<string, unknown> {
  readonly version: string;
  readonly start: number;
  readonly end: number;
  readonly exclude: readonly WindowText[] | null;
  readonly promotedAsOf: number;
  readonly isTakenBack: boolean;
}

async function findPromotion(
  connection: Queryable,
  { model, retrainingId }: RetrainingKey,
): Promise<Promotion | undefined> {
  const [row] = await connection.query<PromotionRow>(
    `select challenger_version as version, training_start as start, training_end as "end",
       specification -> 'exclude' as exclude, promoted_as_of as "promotedAsOf",
       case
         when finished_at is not null then state <> 'kept'
         else not exists (
           select from model_versions version
           where version.model = $1 and version.version = run.challenger_version and stage = 'champion')
       end as "isTakenBack"
     from retraining_runs run
     where model = $1 and retraining_id = $2 and promoted_as_of is not null and challenger_version is not null`,
    [model, retrainingId],
  );
  return (
    row && {
      version: row.version,
      training: { start: row.start, end: row.end },
      leftOut: (row.exclude ?? []).map(parseWindow),
      promotedAsOf: row.promotedAsOf,
      isTakenBack: row.isTakenBack,
    }
  );
}

/** The end of the newest window that was judged, or the promotion: what was judged by then stays as it is. */
async function findActiveFrom(connection: Queryable, model: string, promotedAsOf: number): Promise<number> {
  const [row] = await connection.query<{ end: number | null }>(
    `select max(window_end) as "end" from drift_runs where model = $1`,
    [model],
  );
  return Math.max(promotedAsOf, row?.end ?? promotedAsOf);
}

interface Handover extends RetrainingKey {
  readonly version: string;
  readonly window: Window;
  readonly activeFrom: number;
}

/** Says whether this call has handed over. */
async function insertHandover(
  connection: Queryable,
  { model, retrainingId, version, window, activeFrom }: Handover,
): Promise<boolean> {
  const count = await connection.execute(
    `insert into reference_handovers (model, retraining_id, version, window_start, window_end, active_from)
     values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [
      model,
      retrainingId,
      version,
      toTimestamp(window.start),
      toTimestamp(window.end),
      toTimestamp(activeFrom),
    ],
  );
  return count > 0;
}

/** Has drift measured against the former reference again; also in the transaction of a caller. */
export async function handBack(
  connection: Queryable,
  { model, retrainingId }: RetrainingKey,
): Promise<ReferenceHandover> {
  await connection.execute(
    `update reference_handovers
     set active_until = greatest(active_from, (select max(window_end) from drift_runs where model = $1))
     where model = $1 and retraining_id = $2 and active_until is null`,
    [model, retrainingId],
  );
  // By this call, or by one that nobody heard of.
  const handedBack = await connection.query(
    'select from reference_handovers where model = $1 and retraining_id = $2',
    [model, retrainingId],
  );
  return handedBack.length > 0
    ? {
        reference: 'handed back',
        reason: 'drift is measured against the former reference again',
        pendingAlerts: [],
      }
    : { reference: 'kept', reason: 'the promotion was taken back', pendingAlerts: [] };
}

async function endDrift(
  connection: Queryable,
  { model, alerts }: Monitor,
  handover: Handover,
  provenance: ReturnType<typeof runOf>,
): Promise<void> {
  const open = await connection.query<{ kind: (typeof driftKinds)[number]; subject: string }>(
    `select kind, subject from alerts
     where model = $1 and kind = any($2) and state <> 'resolved'
     order by kind, subject`,
    [model, driftKinds],
  );
  for (const alert of open) {
    await resolveAlert(connection, {
      ...alert,
      model,
      asOf: handover.activeFrom,
      summary: `${inWords(handover)}: what had drifted from the former one is what it was trained on`,
      facts: [],
      // At once: nothing is left to be compared with the former reference.
      alerts: { ...alerts, life: { ...alerts.life, resolveAfter: 1 } },
      provenance,
    });
  }
}

function inWords({ version, window }: Handover): string {
  // The last day itself, as people count.
  return `the reference is now the training window of version ${version}, ${formatDay(window.start)} to ${formatDay(window.end - 1)}`;
}
