/** Owns `pg`: the pool, transactions, advisory locks, and the one place where rows are decoded. */

import type { PoolClient, QueryResult } from 'pg';
import { DatabaseError, Pool, TypeOverrides, types as pgTypes } from 'pg';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { tlsFaultOf, type TlsFault } from '../core/tls-fault.ts';
import { observeStatements, type ObserveStatement } from './observed-statements.ts';

// int8 and numeric come as strings by default: counts and ids here stay below 2^53. timestamptz becomes epoch
// milliseconds, the representation of instants everywhere in this code.
const types = new TypeOverrides();
const { INT8, NUMERIC, TIMESTAMPTZ } = pgTypes.builtins;
types.setTypeParser(INT8, Number);
types.setTypeParser(NUMERIC, Number);
const parseDate = pgTypes.getTypeParser(TIMESTAMPTZ);
types.setTypeParser(TIMESTAMPTZ, (text: string) => (parseDate(text) as Date).getTime());

type Row = Record<string, unknown>;

/** One raw connection, for COPY. */
export type Client = PoolClient;

/** What a statement function needs: the pool, or the connection of a transaction. */
export interface Queryable {
  query<R extends Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** How many rows a statement wrote. */
  execute(text: string, values?: readonly unknown[]): Promise<number>;
  /** Of a transaction: its connection, for COPY. */
  readonly client?: Client;
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction: commits what it did, or nothing of it. */
  transaction<T>(work: (connection: Queryable) => Promise<T>): Promise<T>;
  /** Runs `work` on what is stored at its first query, whatever is committed meanwhile; it cannot write. */
  snapshot<T>(work: (connection: Queryable) => Promise<T>): Promise<T>;
  withClient<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most; size it to the activities that run at once, plus two. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /**
   * Statements that are asked for side by side on one connection are sent together instead of each when the one before was answered:
   * a page of ten short statements waits once. COPY is not possible then.
   */
  readonly pipelined?: true;
  /** Told of each statement that is sent, begin and commit included. */
  readonly observe?: ObserveStatement | undefined;
  /** Settings of each session beside the time zone, which is UTC. */
  readonly settings?: Readonly<Record<string, string>>;
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNRESET',
  '57P03',
  '28P01',
  '3D000',
]);

/**
 * A pool of connections to Postgres. Opens no connection until the first query.
 *
 * @throws (each query) TidewatchError `POSTGRES_UNREACHABLE` when no connection can be had, `CONNECTION_REFUSED` when one side does not
 * trust the other, `POSTGRES_PASSWORD_MISSING`; the server's own error otherwise
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: verifiedUrl(options.url),
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: options.applicationName ?? 'tidewatch',
    options: Object.entries({ ...options.settings, timezone: 'UTC' })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types,
    ...(options.pipelined && { pipeline: true }),
  });
  // An idle connection that the server closes is replaced at the next query; without a listener it ends the process.
  pool.on('error', () => {});
  const { observe } = options;
  if (observe !== undefined) pool.on('connect', (client) => observeStatements(client, observe));

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw unreachable(options.url, error);
    }
  }

  async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await work(client);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  function inTransaction<T>(begin: string, work: (connection: Queryable) => Promise<T>): Promise<T> {
    return withClient(async (client) => {
      await client.query(begin);
      try {
        const result = await work(queryable(client));
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection that is gone has rolled back already.
        await client.query('rollback').catch(() => {});
        throw error;
      }
    });
  }

  return {
    query: (text, values) => withClient((client) => queryable(client).query(text, values)),
    execute: (text, values) => withClient((client) => queryable(client).execute(text, values)),
    transaction: (work) => inTransaction('begin', work),
    snapshot: (work) => inTransaction('begin isolation level repeatable read, read only', work),
    withClient,
    close: () => pool.end(),
  };
}

/** On a connection that is not pipelined, a statement that is asked for too early waits, and is not sent where the one before fails. */
function queryable(client: PoolClient): Queryable {
  let underWay: Promise<unknown> | undefined;
  async function send<R extends Row>(text: string, values?: readonly unknown[]): Promise<QueryResult<R>> {
    const ask = (): Promise<QueryResult<R>> =>
      client.query<R>(text, values === undefined ? undefined : [...values]);
    const answer = underWay === undefined || client.pipeline ? ask() : underWay.then(ask);
    underWay = answer;
    try {
      return await answer;
    } finally {
      if (underWay === answer) underWay = undefined;
    }
  }
  return {
    query: async <R extends Row>(text: string, values?: readonly unknown[]) =>
      (await send<R>(text, values)).rows,
    execute: async (text, values) => (await send(text, values)).rowCount ?? 0,
    client,
  };
}

/**
 * `require` and `verify-ca` verify as `verify-full` does: a server that is not verified may be anybody. The client says so at each
 * start; `no-verify` is for whom that is enough.
 */
function verifiedUrl(text: string): string {
  const url = new URL(text);
  const mode = url.searchParams.get('sslmode');
  if (url.searchParams.has('uselibpqcompat') || !['require', 'verify-ca'].includes(mode ?? '')) return text;
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}

const tlsRemedies: Readonly<Record<TlsFault, string>> = {
  authority:
    'Write &sslrootcert=<file> with the certificate of the authority that has signed it at the end of the URL of the database',
  expired: 'Let whoever runs the server renew it, and see that the clocks agree',
  name: 'Write in the URL of the database the name that it is for',
  'client certificate':
    'Write &sslcert=<file>&sslkey=<file> with a certificate and its key that the server accepts at the end of the URL of the database',
  'not offered': 'Turn TLS on in the server (ssl = on), or take sslmode out of the URL of the database',
};

function tlsProblem(address: string, error: unknown): TidewatchError | undefined {
  const refused = (reason: string, remedy: string): TidewatchError =>
    new TidewatchError('CONNECTION_REFUSED', { what: 'Postgres', address, reason, remedy }, { cause: error });
  const fault = tlsFaultOf(error);
  if (fault !== undefined) return refused(fault.words, tlsRemedies[fault.fault]);
  const { code, path, message } = error as { code?: string; path?: string; message: string };
  if (code === 'ENOENT' || code === 'EACCES')
    return refused(
      `${path ?? 'a file'} cannot be read (${code})`,
      'See sslrootcert, sslcert and sslkey in the URL of the database',
    );
  if (code === '28000' && message.includes('no encryption'))
    return refused(
      'it takes connections by TLS only',
      'Write ?sslmode=verify-full at the end of the URL of the database',
    );
  return undefined;
}

function unreachable(url: string, error: unknown): unknown {
  const code = (error as { code?: string }).code ?? '';
  const says = (words: string): boolean => error instanceof Error && error.message.includes(words);
  const { host, pathname } = new URL(url);
  // The client's own error, which has no code.
  if (says('client password must be a'))
    return new TidewatchError('POSTGRES_PASSWORD_MISSING', { address: host + pathname }, { cause: error });
  const refused = tlsProblem(host + pathname, error);
  if (refused !== undefined) return refused;
  if (!unreachableCodes.has(code) && !says('timeout')) return error;
  return new TidewatchError(
    'POSTGRES_UNREACHABLE',
    { address: host + pathname, reason: reasonOf(error) },
    { cause: error },
  );
}

/** Holds a lock of this name until the transaction ends; another transaction that asks for it waits. */
export async function lockUntilCommit(connection: Queryable, name: string): Promise<void> {
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`tidewatch:${name}`]);
}

/** Holds a lock of this name together with others that share it, until the transaction ends; one that wants it alone waits, and is waited for. */
export async function shareLockUntilCommit(connection: Queryable, name: string): Promise<void> {
  await connection.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [
    `tidewatch:${name}`,
  ]);
}

/** Holds locks of all these names until the transaction ends. Whoever asks for several has to name them in the same order. */
export async function lockAllUntilCommit(connection: Queryable, names: readonly string[]): Promise<void> {
  await connection.query(
    'select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as name',
    [names.map((name) => `tidewatch:${name}`)],
  );
}

/** Holds a lock of this name until the transaction ends, unless another transaction has it. */
export async function tryLockUntilCommit(connection: Queryable, name: string): Promise<boolean> {
  const [row] = await connection.query<{ locked: boolean }>(
    'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked',
    [`tidewatch:${name}`],
  );
  return row?.locked ?? false;
}

/** One connection, for whoever holds it already. */
export type HeldConnection = Pick<Database, 'query' | 'execute' | 'withClient'>;

/**
 * Runs `work` while it holds a lock of this name, on a connection of its own, which `work` may use; another session that asks for
 * it waits. It ends with the process, however that ends.
 */
export async function whileLocked<T>(
  database: Pick<Database, 'withClient'>,
  name: string,
  work: (connection: HeldConnection) => Promise<T>,
): Promise<T> {
  return database.withClient(async (client) => {
    await callOnLock(client, 'pg_advisory_lock', name);
    return workAndUnlock(client, name, work);
  });
}

/** The same; undefined, and nothing run, while another session has the lock. */
export async function tryWhileLocked<T>(
  database: Pick<Database, 'withClient'>,
  name: string,
  work: (connection: HeldConnection) => Promise<T>,
): Promise<T | undefined> {
  return database.withClient(async (client) =>
    (await callOnLock(client, 'pg_try_advisory_lock', name)) === false
      ? undefined
      : workAndUnlock(client, name, work),
  );
}

async function workAndUnlock<T>(
  client: Client,
  name: string,
  work: (connection: HeldConnection) => Promise<T>,
): Promise<T> {
  try {
    return await work({ ...queryable(client), withClient: (use) => use(client) });
  } finally {
    // A connection that is gone has given it back already.
    await callOnLock(client, 'pg_advisory_unlock', name).catch(() => {});
  }
}

async function callOnLock(client: Client, lock: string, name: string): Promise<unknown> {
  const [row] = await queryable(client).query(`select ${lock}(hashtextextended($1, 0)) as done`, [
    `tidewatch:${name}`,
  ]);
  return row!['done'];
}

/** unique_violation and deadlock_detected. */
const conflictCodes = new Set(['23505', '40P01']);

/** Did a transaction fail since a key is there already, or since another one writes the same rows in another order? */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && conflictCodes.has(error.code ?? '');
}

/** Is it nothing that the server does (feature_not_supported), such as COPY into a table with row-level security? */
export function isUnsupported(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000';
}

/** Did row-level security refuse a row? */
export function isOfAnotherTeam(error: unknown): boolean {
  return (
    error instanceof DatabaseError && error.code === '42501' && error.message.includes('row-level security')
  );
}

/** Classes of SQLSTATE: connection, transaction to be tried again, resources, a lock, an operator; and 25006, a server that is read-only. */
const passingCodes = /^(08|40|53|55|57)...$|^25006$|^E[A-Z_]+$/;

/** Is it the state of the server or of the connection that keeps a statement from being carried out, and not the statement? */
export function isPassing(error: unknown): boolean {
  if (error instanceof TidewatchError) return error.code === 'POSTGRES_UNREACHABLE';
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  // The client's own errors have no code.
  if (typeof code === 'string') return passingCodes.test(code);
  return /^Connection terminated|^Client has encountered a connection error/.test(error.message);
}

/** Did a statement wait for a lock for longer than it may (lock_not_available)? */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}

/** Is a table gone that a statement names (undefined_table)? */
export function isTableGone(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '42P01';
}

/** An instant as a statement takes it. */
export function toTimestamp(instant: number): string {
  return new Date(instant).toISOString();
}
