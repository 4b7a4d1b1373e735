/** Reads a table or view of Postgres: what has changed since the last time, by a column that says so or by hashes of its hours. */

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import {
  durationMs,
  floorToHour,
  formatInstant,
  hourMs,
  parseInstant,
  windowsOfHours,
  type Window,
} from '../../core/window.ts';
import { readVectors, valueAt } from '../../sql/binary-rows.ts';
import type { Client, Database } from '../../sql/database.ts';
import { identifierSql, textSql } from '../../sql/table-types.ts';
import { hourSql, isUsual, refuseLargeHours, timedOut, tookTooLong, unlessTooMany } from './large-hours.ts';
import {
  batchRows,
  mostRowsAnHour,
  SourceAway,
  SourceProblem,
  tooManyRows,
  type ChangesRequest,
  type ColumnsRequest,
  type RowReader,
  type SourceBatch,
} from './row-reader.ts';
import {
  describeTable,
  eventTimeIn,
  statementsOf,
  together,
  vectorsOf,
  type Statements,
  type Vectors,
} from './table-statements.ts';
import { columnProblems, type SourceColumn, type WantedColumn } from './wanted-columns.ts';

export interface TableRequest {
  readonly database: Database;
  readonly table: string;
  readonly wanted: readonly WantedColumn[];
  readonly all: readonly WantedColumn[];
  readonly stamped: boolean;
  readonly settings: {
    readonly timeZone?: string | undefined;
    readonly since?: string | undefined;
    readonly changed?: string | undefined;
    readonly overlap: string;
    readonly reread: string;
  };
}

/** What is remembered of a table whose rows say when they changed. */
const changedPart = 'changed';
/** That all of its hours have been looked at once. */
const allPart = 'all';
/** Of the rows whose event time is missing, infinite or of no century that a client takes: each is rejected with its reason. */
const oddPart = 'odd';

/** Rows that one query may give, where their number is known before: the longest that is lost with a connection. */
const rowsPerQuery = 1_000_000;

export function tableReader(request: TableRequest): RowReader {
  const { database, table, all, settings } = request;
  const check = async (
    client: Client,
  ): Promise<{ found: readonly SourceColumn[]; problems: readonly string[] }> => {
    const found = await describeTable(client, table);
    const { changed } = settings;
    const asked: readonly WantedColumn[] = [
      ...all,
      ...(changed === undefined ? [] : [{ what: 'changed', column: changed, use: 'instant' } as const]),
    ];
    return { found, problems: columnProblems(asked, found, settings.timeZone) };
  };
  return {
    name: table,
    problems: async () => {
      try {
        return (await readOnly(database, check)).problems;
      } catch (error) {
        if (error instanceof SourceProblem) return error.problems;
        throw error;
      }
    },
    readChanges: (changes) =>
      readOnly(database, async (client) => {
        const { found, problems } = await check(client);
        if (problems.length > 0) throw new SourceProblem(problems);
        const sql = statementsOf(request, settings, found);
        const snapshot = { client, cancel: await cancelOf(database, client) };
        return settings.changed === undefined || changes.window !== undefined
          ? readHours(snapshot, sql, request, changes)
          : readChanged(snapshot, sql, request, changes);
      }),
    readColumns: (asked) =>
      readOnly(database, async (client) => {
        const { found, problems } = await check(client);
        if (problems.length > 0) throw new SourceProblem(problems);
        await readColumns(client, request, found, asked);
      }),
  };
}

/** One snapshot of the source, in which nothing can be written. */
async function readOnly<T>(database: Database, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await database.withClient(async (client) => {
      await client.query('begin isolation level repeatable read, read only');
      try {
        return await work(client);
      } finally {
        // A connection that is gone has rolled back already.
        await client.query('rollback').catch(() => {});
      }
    });
  } catch (error) {
    throw asSourceError(error);
  }
}

/** A connection that reads, and what ends its query from another one: of a large table the first rows may tell that none can be stored. */
interface Snapshot {
  readonly client: Client;
  readonly cancel: () => Promise<unknown>;
}

async function cancelOf(database: Database, client: Client): Promise<Snapshot['cancel']> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return () => database.query('select pg_cancel_backend($1)', [rows[0]!.pid]);
}

async function readColumns(
  client: Client,
  request: TableRequest,
  found: readonly SourceColumn[],
  { wanted, window, only, take }: ColumnsRequest,
): Promise<void> {
  const { settings } = request;
  const { from, within, at } = statementsOf(request, settings, found);
  const { values, types } = vectorsOf(wanted, settings.timeZone, found);
  const since = sinceOf(request) ?? window.start;
  const source = only === undefined ? from : at(only.instants, only.entities);
  const condition = within(Math.max(since, window.start), window.end);
  await readVectors({ client }, `select ${values} from ${source} where ${condition}`, types, take);
}

/** Classes of SQLSTATE that the same query meets again: names, types, rights, values that cannot be converted. */
const lasting = /^(22|25006|3F|42)/;

function asSourceError(error: unknown): unknown {
  if (error instanceof TidewatchError && error.code.startsWith('POSTGRES_'))
    return new SourceAway(String(error.details['reason'] ?? 'it asks for a password, and the URL has none'), {
      cause: error,
    });
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error;
  if (code === timedOut) return tookTooLong(error);
  return lasting.test(code) ? new SourceProblem([reasonOf(error)], { cause: error }) : error;
}

function sinceOf({ settings }: TableRequest): number | undefined {
  return settings.since === undefined ? undefined : parseInstant(`${settings.since}T00:00:00Z`);
}

/** In the order in which rows changed, from a little before the newest change that was seen. */
async function readChanged(
  snapshot: Snapshot,
  sql: Statements,
  request: TableRequest,
  { known, take }: ChangesRequest,
): Promise<readonly string[]> {
  const changed = sql.changed!;
  const name = identifierSql(changed.name);
  const type = changed.isLocal ? 'timestamp' : 'timestamptz';
  const now = changed.isLocal ? `now() at time zone ${textSql(request.settings.timeZone ?? 'UTC')}` : 'now()';
  const before = known.get(changedPart);
  const within = sql.within(sinceOf(request), undefined);
  // A clock that is ahead must not keep later rows from being read.
  const mark = { values: `least(${name}::${type}, ${now})::text`, types: ['text'] } as const;
  const newest = (batch: string): string => (before !== undefined && before > batch ? before : batch);
  const overlap = `interval '${durationMs(request.settings.overlap) / 1000} seconds'`;
  const from = before === undefined ? 'true' : `${name} >= (${textSql(before)}::${type} - ${overlap})`;
  const looked = {
    source: `from ${sql.from} where (${name} is null or ${from}) and ${within}`,
    eventTime: sql.eventTime,
  };
  await unlessTooMany(snapshot.client, looked, async () => {
    // Also where Postgres expects few: it may be wrong by any factor, and whoever counts while reading has stored millions when there are too
    // many. Of a million rows it takes 0.2 s of 10 s.
    await refuseLargeHours(snapshot.client, looked);
    await eachBatch(
      snapshot,
      together(sql.vectors, mark),
      `from ${sql.from} where ${name} is not null and ${from} and ${within} order by ${name}`,
      async (rows) => {
        const last = rows.at(-1)?.at(-1);
        const done =
          typeof last === 'string' ? new Map([[changedPart, newest(last)]]) : new Map<string, string>();
        await take({ rows: rows.map((row) => row.slice(0, -1)), done });
      },
    );
    // Nobody can say whether these have changed: they are read each time.
    await eachBatch(snapshot, sql.vectors, `from ${sql.from} where ${name} is null and ${within}`, (rows) =>
      take({ rows, done: new Map() }),
    );
  });
  return [];
}

/** The hours of event time whose rows are not as they were. */
async function readHours(
  snapshot: Snapshot,
  sql: Statements,
  request: TableRequest,
  { known, asOf, window, take }: ChangesRequest,
): Promise<readonly string[]> {
  const since = sinceOf(request);
  const horizon = floorToHour(asOf - durationMs(request.settings.reread));
  const isFirst = !known.has(allPart);
  const start = window?.start ?? (isFirst ? undefined : horizon);
  const from = since === undefined || start === undefined ? (start ?? since) : Math.max(start, since);
  const looked = {
    source: `from ${sql.from} where ${sql.within(from, window?.end)}`,
    eventTime: sql.eventTime,
  };
  await unlessTooMany(snapshot.client, looked, () =>
    readHoursOf(snapshot, sql, request, looked.source, { known, take }),
  );
  if (window === undefined) await readOdd(snapshot, sql, known, take);
  if (isFirst && window === undefined) await take({ rows: [], done: new Map([[allPart, '']]) });
  // Hours that later runs do not look at by themselves.
  return [...known.keys()].filter((part) => part !== allPart && part !== oddPart && part < partOf(horizon));
}

/** Those that are not as they were of the hours that a query has rows of. */
async function readHoursOf(
  snapshot: Snapshot,
  sql: Statements,
  request: TableRequest,
  source: string,
  { known, take }: Pick<ChangesRequest, 'known' | 'take'>,
): Promise<void> {
  const { rows: counted } = await snapshot.client.query<{ hour: number; rows: number; hash: string }>(
    `select ${hourSql(sql.eventTime)} as hour, count(*)::float8 as rows,
       sum(${sql.hash})::text as hash
     ${source} and ${isUsual(sql.eventTime)} group by 1 order by 1`,
  );
  const large = counted.find(({ rows }) => rows > mostRowsAnHour);
  if (large !== undefined) throw new SourceProblem([tooManyRows(large.hour)]);
  const fingerprints = new Map(
    counted.map(({ hour, rows, hash }) => [hour, { rows, fingerprint: `${rows} ${hash}` }]),
  );
  const changed = [...fingerprints].filter(
    ([hour, { fingerprint }]) => known.get(partOf(hour)) !== fingerprint,
  );
  const timeAt = eventTimeIn(request.wanted);
  for (const range of rangesOf(changed.map(([hour, { rows }]) => ({ hour, rows })))) {
    let pending: number[] = hoursIn(range, fingerprints);
    await eachBatch(
      snapshot,
      sql.vectors,
      `from ${sql.from} where ${sql.within(range.start, range.end)} order by ${sql.eventTime}`,
      async (rows, isLast) => {
        const reached = isLast ? Infinity : floorToHour(Number(rows.at(-1)?.[timeAt]));
        const over = pending.filter((hour) => hour < reached);
        pending = pending.filter((hour) => hour >= reached);
        await take({
          rows,
          done: new Map(over.map((hour) => [partOf(hour), fingerprints.get(hour)!.fingerprint])),
        });
      },
    );
  }
}

/** Rows that are of no hour, where they are not as they were. */
async function readOdd(
  snapshot: Snapshot,
  sql: Statements,
  known: ChangesRequest['known'],
  take: ChangesRequest['take'],
): Promise<void> {
  const odd = `not ${isUsual(sql.eventTime)} and ${sql.within(undefined, undefined)}`;
  const { rows: counted } = await snapshot.client.query<{ rows: number; hash: string | null }>(
    `select count(*)::float8 as rows, sum(${sql.hash})::text as hash from ${sql.from} where ${odd}`,
  );
  if (counted[0]!.rows > mostRowsAnHour) throw new SourceProblem([tooManyRows(null)]);
  const fingerprint = `${counted[0]!.rows} ${counted[0]!.hash}`;
  if (counted[0]!.rows === 0 || known.get(oddPart) === fingerprint) return;
  await eachBatch(snapshot, sql.vectors, `from ${sql.from} where ${odd}`, (rows, isLast) =>
    take({ rows, done: new Map(isLast ? [[oddPart, fingerprint]] : []) }),
  );
}

function partOf(hour: number): string {
  return formatInstant(hour);
}

function hoursIn({ start, end }: Window, fingerprints: ReadonlyMap<number, unknown>): number[] {
  return [...fingerprints.keys()].filter((hour) => hour >= start && hour < end);
}

/** Consecutive hours as few windows, none with many more rows than one query may give. */
function rangesOf(hours: readonly { readonly hour: number; readonly rows: number }[]): Window[] {
  const rowsOf = new Map(hours.map(({ hour, rows }) => [hour, rows]));
  return windowsOfHours(rowsOf.keys()).flatMap(({ start, end }) => {
    const ranges: { start: number; end: number; rows: number }[] = [];
    for (let hour = start; hour < end; hour += hourMs) {
      const rows = rowsOf.get(hour) ?? 0;
      const last = ranges.at(-1);
      if (last !== undefined && last.rows + rows <= rowsPerQuery) {
        last.end = hour + hourMs;
        last.rows += rows;
      } else ranges.push({ start: hour, end: hour + hourMs, rows });
    }
    return ranges;
  });
}

/** The rows of a query, so many at a time. */
async function eachBatch(
  { client, cancel }: Snapshot,
  { values, types }: Vectors,
  source: string,
  work: (rows: SourceBatch['rows'], isLast: boolean) => Promise<void>,
): Promise<void> {
  let batch: unknown[][] = [];
  await readVectors(
    { client },
    `select ${values} ${source}`,
    types,
    async ({ rows, columns }) => {
      for (let row = 0; row < rows; row += 1) {
        batch.push(columns.map((column) => valueAt(column, row)));
        if (batch.length < batchRows) continue;
        await work(batch, false);
        batch = [];
      }
    },
    cancel,
  );
  await work(batch, true);
}
