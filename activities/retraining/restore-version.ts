/** Which version serves, changed by a person: one that served before serves again. */

import { TidewatchError } from '../../core/errors.ts';
import { lockUntilCommit, type Database, type Queryable } from '../../sql/database.ts';
import { archiveVersion, exchangeChampion, findChampion } from './stages.ts';
import { findRunningRetraining } from './store.ts';

export interface Restoration {
  /** What serves again. */
  readonly version: string;
  /** What has served until now. */
  readonly replaced: string;
}

export interface RestorationRequest {
  readonly model: string;
  /** By default the one that was replaced last, unless that was rolled back. */
  readonly version?: string | undefined;
}

/**
 * What would serve again.
 *
 * @throws TidewatchError `VERSION_NOT_RESTORED` while a retraining is under way, or where no such version has served before
 */
export async function planRestoration(
  connection: Queryable,
  { model, version }: RestorationRequest,
): Promise<Restoration> {
  const refuse = (reason: string): TidewatchError =>
    new TidewatchError('VERSION_NOT_RESTORED', { model, reason });
  if ((await findRunningRetraining(connection, model)) !== undefined)
    throw refuse(
      `a retraining is under way; \`tidewatch retrainings cancel ${model}\` rolls back what it has promoted`,
    );
  const replaced = await findChampion(connection, model);
  if (replaced === null) throw refuse('no version is registered as its champion');
  if (version === replaced) throw refuse(`version ${version} serves already`);
  const served = await listReplaced(connection, model);
  const restored = served.find((one) =>
    version === undefined ? !one.isRolledBack : one.version === version,
  );
  if (restored === undefined) {
    const names = served.map((one) => one.version).join(', ');
    throw refuse(
      names === ''
        ? 'no other version has served before'
        : version === undefined
          ? `all others were rolled back (${names}); name one to restore it all the same`
          : `version ${version} has not served before; these have: ${names}`,
    );
  }
  return { version: restored.version, replaced };
}

/**
 * Lets a version serve again that served before, and takes its successor out of the running; a reference that the successor brought
 * ends. Runs of days before this moment still speak for the version that served then.
 *
 * @throws TidewatchError `VERSION_NOT_RESTORED`
 */
export async function restoreVersion(database: Database, request: RestorationRequest): Promise<Restoration> {
  const { model } = request;
  return database.transaction(async (connection) => {
    await lockUntilCommit(connection, `retraining:${model}`);
    const restoration = await planRestoration(connection, request);
    const { version: to, replaced: from } = restoration;
    const [row] = await connection.query<{ now: number }>('select now() as now');
    await exchangeChampion(connection, model, { to, from, asOf: row!.now });
    await archiveVersion(connection, model, from, row!.now);
    await connection.execute(
      `update reference_handovers set active_until = greatest(active_from, now())
       where model = $1 and active_until is null`,
      [model],
    );
    return restoration;
  });
}

interface Replaced extends Record<string, unknown> {
  readonly version: string;
  readonly isRolledBack: boolean;
}

/** Versions that have served, those that were replaced last first. */
async function listReplaced(connection: Queryable, model: string): Promise<Replaced[]> {
  return connection.query<Replaced>(
    `select version, exists (
         select from retraining_runs run
         where run.model = $1 and run.challenger_version = known.version and run.state = 'rolled-back'
       ) as "isRolledBack"
     from model_versions known
     where model = $1 and stage = 'archived' and (promoted_at is not null or exists (
       select from retraining_runs run
       where run.model = $1 and run.champion_version = known.version and run.promoted_as_of is not null))
     order by archived_at desc nulls last, version`,
    [model],
  );
}
