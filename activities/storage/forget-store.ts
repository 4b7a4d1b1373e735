/** The statements that take a model out of the database. */

import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import { identifierSql } from '../../sql/table-types.ts';
import { messageTable, type ForgottenTable } from './forgotten-tables.ts';

/** Who owns the tables, and whether this session may do what the owner may. */
export async function readOwner(
  connection: Queryable,
): Promise<{ readonly owner: string; readonly user: string; readonly isOwner: boolean }> {
  const [row] = await connection.query<{ owner: string; user: string; isOwner: boolean }>(
    `select pg_get_userbyid(relowner) as owner, current_user as user, pg_has_role(relowner, 'usage') as "isOwner"
     from pg_class where oid = 'predictions'::regclass`,
  );
  return row!;
}

/** Table -> how many rows of the model it has; none without any. */
export async function countForgotten(
  connection: Queryable,
  tables: readonly ForgottenTable[],
  model: string,
  onTable: (name: string) => void = () => {},
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    onTable(name);
    const [row] = await connection.query<{ rows: number }>(
      `select count(*) as rows from ${identifierSql(name)} where model = $1`,
      [model],
    );
    if (row!.rows > 0) counts.set(name, row!.rows);
  }
  const [messages] = await connection.query<{ rows: number }>(
    `select count(*) as rows
     from (
       select message_id from alert_deliveries
       where message_id in (select message_id from alert_deliveries where model = $1)
       group by message_id
       having bool_and(model = $1)
     ) as of_no_other`,
    [model],
  );
  if (messages!.rows > 0) counts.set(messageTable, messages!.rows);
  return counts;
}

/** The tables, and the partitions of these, as they are named, that have a row of the model. */
export async function listWithRows(
  connection: Queryable,
  tables: readonly ForgottenTable[],
  model: string,
): Promise<readonly { readonly table: string; readonly part: string }[]> {
  const parts = await connection.query<{ table: string; part: string }>(
    `select parent.relname::text as table, part.relname::text as part
     from pg_inherits join pg_class parent on parent.oid = inhparent join pg_class part on part.oid = inhrelid
     where parent.relname = any ($1) and parent.relnamespace = current_schema()::regnamespace and parent.relkind = 'p'
     order by part.relname`,
    [tables.filter(({ isPartitioned }) => isPartitioned).map(({ name }) => name)],
  );
  const places = tables.flatMap(({ name, isPartitioned }) =>
    isPartitioned ? parts.filter(({ table }) => table === name) : [{ table: name, part: name }],
  );
  const found = new Set<number>();
  // A step into an index for each; hundreds of partitions in one statement would take longer to plan than to run.
  for (let start = 0; start < places.length; start += placesAtOnce) {
    const asked = places
      .slice(start, start + placesAtOnce)
      .map(
        ({ part }, i) =>
          `select ${start + i} as place where exists (select from ${identifierSql(part)} where model = $1)`,
      );
    const rows = await connection.query<{ place: number }>(asked.join(' union all '), [model]);
    for (const { place } of rows) found.add(place);
  }
  return places.filter((_, place) => found.has(place));
}
const placesAtOnce = 100;

/**
 * Deletes at most so many rows of the model; gives how many these were. Of a partition by its own name: the triggers that mark hours are
 * the parent's, and nothing is to be computed again.
 */
export function deleteSome(
  connection: Queryable,
  part: string,
  model: string,
  atMost: number,
): Promise<number> {
  const name = identifierSql(part);
  return connection.execute(
    `delete from ${name} where model = $1 and ctid = any (array(select ctid from ${name} where model = $1 limit $2))`,
    [model, atMost],
  );
}

/** The same of deliveries, with the messages that tell of nothing else. */
export async function deleteDeliveries(
  connection: Queryable,
  model: string,
  atMost: number,
): Promise<{ readonly deliveries: number; readonly messages: number }> {
  const [gone] = await connection.query<{ rows: number; messages: string[] }>(
    `with gone as (
       delete from alert_deliveries
       where model = $1 and ctid = any (array(select ctid from alert_deliveries where model = $1 limit $2))
       returning message_id
     )
     select count(*) as rows, coalesce(array_agg(distinct message_id::text) filter (where message_id is not null), '{}') as messages from gone`,
    [model, atMost],
  );
  const told = await connection.query<{ id: string }>(
    `select distinct message_id::text as id from alert_deliveries where message_id = any ($1::bigint[])`,
    [gone!.messages],
  );
  const messages = await connection.execute(
    'delete from alert_messages where message_id = any ($1::bigint[]) and message_id <> all ($2::bigint[])',
    [gone!.messages, told.map(({ id }) => id)],
  );
  return { deliveries: gone!.rows, messages };
}

export interface Forgetting {
  /** The audit event of who began it. */
  readonly id: number;
  readonly since: number;
}

/** Under this name it is in `audit_events`. */
export const forgetAction = 'model.forget';

/** The forgetting that is not done yet, as whoever began it has asked for it. */
export async function findForgetting(connection: Queryable, model: string): Promise<Forgetting | undefined> {
  const [row] = await connection.query<Forgetting & Record<string, unknown>>(
    `select audit_id as id, recorded_at as since from audit_events
     where model = $1 and subject = $1 and action = $2 and audit_id > coalesce((
       select max(audit_id) from audit_events where model = $1 and subject = $1 and action = $2 and outcome = 'done'), 0)
     order by audit_id limit 1`,
    [model, forgetAction],
  );
  return row;
}

/** Table -> how many rows a forgetting has deleted so far, whoever went on with it. */
export async function readAccount(
  connection: Queryable,
  model: string,
  { since }: Pick<Forgetting, 'since'>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<{ table: string; rows: number }>(
    `select table_name as table, row_count as rows from removals
     where model = $1 and reason = 'forgotten' and window_end = $2 order by table_name`,
    [model, toTimestamp(since)],
  );
  return new Map(rows.map(({ table, rows: count }) => [table, count]));
}

/** The models that anything is stored of: those that are watched, and those that have rows, a step into the index for each. */
export async function listStoredModels(connection: Queryable): Promise<readonly string[]> {
  const rows = await connection.query<{ model: string }>(
    `with recursive logged (model) as (
       select min(model) from predictions
       union all
       select (select min(model) from predictions where model > logged.model) from logged where logged.model is not null
     )
     select model from logged where model is not null
     union select model from monitors
     union select model from process_watermarks where model not like '\\_%'
     order by model`,
  );
  return rows.map(({ model }) => model);
}
