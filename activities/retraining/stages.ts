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
