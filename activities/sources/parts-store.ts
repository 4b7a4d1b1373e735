/** What has been read of a source; one function a statement. */

import type { Statement } from '../../sql/copy.ts';
import { hourMs, type Window } from '../../core/window.ts';
import { toTimestamp, type Queryable } from '../../sql/database.ts';

/** Which rows of which model, read in which way. */
export interface SourceKey {
  readonly model: string;
  readonly stream: 'predictions' | 'actuals';
  /** The same for the same rows read in the same way. */
  readonly source: string;
}

/** Part -> fingerprint. */
export async function readParts(
  connection: Pick<Queryable, 'query'>,
  { model, stream, source }: SourceKey,
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query<{ part: string; fingerprint: string }>(
    'select part, fingerprint from source_parts where model = $1 and stream = $2 and source = $3',
    [model, stream, source],
  );
  return new Map(rows.map(({ part, fingerprint }) => [part, fingerprint]));
}

const countHourOf = {
  predictions: `select count(*) as rows
    from (select from predictions
      where model = $1 and event_time >= $2 and event_time < $3 and source_key is not null limit $4) as rows`,
  actuals: `select count(*) as rows
    from (select from actuals where model = $1 and event_time >= $2 and event_time < $3 limit $4) as rows`,
} as const;

/** How many rows of an hour are stored that came from a source; no more than `most` are counted. */
export async function countHour(
  connection: Pick<Queryable, 'query'>,
  { model, stream }: Pick<SourceKey, 'model' | 'stream'>,
  hour: number,
  most: number,
): Promise<number> {
  const values = [model, toTimestamp(hour), toTimestamp(hour + hourMs), most];
  const [found] = await connection.query<{ rows: number }>(countHourOf[stream], values);
  return found!.rows;
}

/** Belongs into the transaction that stores the rows of these parts. */
export function partsStatement(
  { model, stream, source }: SourceKey,
  parts: ReadonlyMap<string, string>,
  span?: Window,
): Statement {
  return {
    text: `
      insert into source_parts (model, stream, source, part, fingerprint, window_start, window_end)
      select $1, $2, $3, part, fingerprint, $6, $7 from unnest($4::text[], $5::text[]) as read (part, fingerprint)
      on conflict on constraint source_parts_pkey do update
      set fingerprint = excluded.fingerprint, read_at = excluded.read_at, window_start = excluded.window_start,
        window_end = excluded.window_end
      where source_parts.fingerprint <> excluded.fingerprint`,
    values: [
      model,
      stream,
      source,
      [...parts.keys()],
      [...parts.values()],
      span === undefined ? null : toTimestamp(span.start),
      span === undefined ? null : toTimestamp(span.end),
    ],
  };
}

/** The parts that were read and may have events in a window: all but those whose first and last one are known, and are outside. */
export async function findPartsOf(
  connection: Pick<Queryable, 'query'>,
  { model, stream, source }: SourceKey,
  window: Window,
): Promise<ReadonlySet<string>> {
  const rows = await connection.query<{ part: string }>(
    `select part from source_parts
     where model = $1 and stream = $2 and source = $3
       and (window_start is null or (window_start < $5 and window_end >= $4))`,
    [model, stream, source, toTimestamp(window.start), toTimestamp(window.end)],
  );
  return new Set(rows.map(({ part }) => part));
}

/** Parts that need not be remembered: of other ways of reading, and those that are named. */
export async function forgetParts(
  connection: Pick<Queryable, 'execute'>,
  { model, stream, source }: SourceKey,
  parts: readonly string[],
): Promise<void> {
  await connection.execute(
    'delete from source_parts where model = $1 and stream = $2 and (source <> $3 or part = any($4))',
    [model, stream, source, parts],
  );
}
