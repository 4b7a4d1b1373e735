/** Which version serves: the stages of the versions of a model, as a retraining changes them. */

import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { RetrainingRun } from './store.ts';

/** The version that is registered as the champion. */
export async function findChampion(connection: Queryable, model: string): Promise<string | null> {
  const [row] = await connection.query<{ version: string }>(
    `select version from model_versions where model = $1 and stage = 'champion'`,
    [model],
  );
  return row?.version ?? null;
}

/**
 * Whose version it is that a run of some instant speaks for: the champion as it was just before. The champion of today with every
 * promotion and rollback since taken back, the last first, so that what happened at one instant is told apart by its order; before
 * the first one, by the instants of promotion of the versions that were registered. Without a champion, the version that served
 * the newest prediction before an instant.
 */
export async function findServingVersion(
  connection: Queryable,
  model: string,
  { asOf, before }: { readonly asOf: number; readonly before: number },
): Promise<string | null> {
  const [row] = await connection.query<{ version: string | null }>(
    `with changes as (
       select promoted_as_of as at, started_at, 1 as step, champion_version as before from retraining_runs
       where model = $1 and promoted_as_of >= $3
       union all
       select ended_as_of, started_at, 2, challenger_version from retraining_runs
       where model = $1 and state = 'rolled-back' and ended_as_of >= $3
     )
     select coalesce(
       (select before from changes order by at, started_at, step limit 1),
       (select version from model_versions
        where model = $1 and stage = 'champion' and (promoted_at is null or promoted_at < $3)),
       (select version from model_versions
        where model = $1 and promoted_at < $3 and (archived_at is null or archived_at >= $3)
        order by promoted_at desc, version limit 1),
       (select version from predictions where model = $1 and role = 'serving' and event_time < $2
        order by event_time desc, prediction_id desc limit 1),
       (select version from model_versions where model = $1 and stage = 'champion')
     ) as version`,
    [model, toTimestamp(before), toTimestamp(asOf)],
  );
  return row?.version ?? null;
}

/** Lets a candidate predict in the shadow. */
export async function castShadow(connection: Queryable, model: string, version: string): Promise<void> {
  await connection.execute(
    `update model_versions set stage = 'shadow' where model = $1 and version = $2 and stage = 'candidate'`,
    [model, version],
  );
}

/** Makes one version the champion, and lets the other one, which was, go on in the shadow. */
export async function exchangeChampion(
  connection: Queryable,
  model: string,
  { to, from, asOf }: { readonly to: string; readonly from: string | null; readonly asOf: number },
): Promise<void> {
  // First: there is never a second champion.
  await connection.execute(
    `update model_versions set stage = 'shadow' where model = $1 and stage = 'champion' and version <> $2`,
    [model, to],
  );
  // A version that nobody registered may have served.
  for (const version of from === null ? [to] : [from, to]) {
    await connection.execute(
      `insert into model_versions (model, version, stage, registered_at) values ($1, $2, 'shadow', $3)
       on conflict do nothing`,
      [model, version, toTimestamp(asOf)],
    );
  }
  await connection.execute(
    `update model_versions set stage = 'champion', promoted_at = $3, archived_at = null
     where model = $1 and version = $2 and stage <> 'champion'`,
    [model, to, toTimestamp(asOf)],
  );
}

/** Takes a version that does not serve out of the running. */
export async function archiveVersion(
  connection: Queryable,
  model: string,
  version: string | null,
  asOf: number,
): Promise<void> {
  await connection.execute(
    `update model_versions set stage = 'archived', archived_at = $3
     where model = $1 and version = $2 and stage in ('candidate', 'shadow')`,
    [model, version, toTimestamp(asOf)],
  );
}

/** Both versions of a retraining, when it has both. */
export function versionsOf(
  run: RetrainingRun,
): { readonly champion: string; readonly challenger: string } | null {
  const { champion_version: champion, challenger_version: challenger } = run;
  return champion === null || challenger === null ? null : { champion, challenger };
}
