/** Is the database there, and fit for what Tidewatch does in it? */

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { minuteMs, secondMs } from '../../core/window.ts';
import { checkSchema, listMigrations, newerText } from '../../sql/migrator.ts';
import { neededOf, roles } from '../../sql/roles.ts';
import { neededOfTeam } from '../../sql/teams.ts';
import { connectionsOf } from '../../worker/task-queue-configuration.ts';
import { bytesText } from './bytes-text.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

/** The oldest server that the tests run on. */
const leastVersion = 15;

interface Server {
  readonly version: string;
  readonly isStandby: boolean;
  readonly database: string;
  readonly bytes: number;
}

export async function readServer({ database, environment }: Sources): Promise<Server> {
  if (!environment.hasDatabase) throw new Error('no DATABASE_URL that can be used, see environment');
  const [server] = await database.query<Server & Record<string, unknown>>(
    `select current_setting('server_version') as version, pg_is_in_recovery() as "isStandby",
       current_database() as database, pg_database_size(current_database()) as bytes`,
  );
  return server!;
}

export function judgeServer({ version, isStandby, database, bytes }: Server): Finding {
  const words = `answers, version ${version}, database ${database} of ${bytesText(bytes)}`;
  if (isStandby)
    return {
      level: 'critical',
      words: `${words}; it is a standby, which takes no writes`,
      fix: 'let DATABASE_URL lead to the primary, for example with target_session_attrs or through its own name',
    };
  if (Number.parseInt(version, 10) < leastVersion)
    return {
      level: 'warning',
      words: `${words}; Tidewatch is tested with ${leastVersion} and newer`,
      fix: `upgrade Postgres to ${leastVersion} or newer`,
    };
  return { level: 'ok', words };
}

interface Schema {
  /** The newest migration that this code knows. */
  readonly newest: string;
  /** Those that the database has beyond it. */
  readonly newer?: readonly string[];
  readonly problem?: { readonly code: string; readonly words: string };
}

export async function readSchema({ database }: Sources): Promise<Schema> {
  const newest = (await listMigrations()).at(-1)!.name;
  try {
    return { newest, newer: await checkSchema(database) };
  } catch (error) {
    if (!(error instanceof TidewatchError) || error.code === 'POSTGRES_UNREACHABLE') throw error;
    return { newest, problem: { code: error.code, words: reasonOf(error) } };
  }
}

export function judgeSchema({ newest, newer = [], problem }: Schema): Finding {
  if (newer.length > 0)
    return { level: 'warning', words: newerText(newer), fix: 'deploy the newer Tidewatch when it is ready' };
  if (problem === undefined) return { level: 'ok', words: `at ${newest.replace(/\.sql$/, '')}` };
  const { code, words } = problem;
  return { level: 'critical', words, ...(code === 'SCHEMA_BEHIND' && { fix: 'tidewatch migrate' }) };
}

interface Privileges {
  readonly user: string;
  readonly schema: string;
  readonly owner: string;
  /** Parts of an installation that the user may act as: the owner may all that they may. */
  readonly parts: readonly string[];
  /** `SELECT on predictions` and the like. */
  readonly missing: readonly string[];
  /** Rows are loaded through a temporary table. */
  readonly canMakeTemporaryTables: boolean;
}

export async function readPrivileges({ database }: Sources): Promise<Privileges> {
  const [row] = await database.query<
    Omit<Privileges, 'parts' | 'missing'> & { member: string[]; owns: boolean; team: boolean }
  >(
    `select current_user as "user", current_schema() as schema, rolname as owner,
       pg_has_role(relowner, 'USAGE') as owns,
       exists (select from pg_roles where starts_with(rolname, 'tidewatch_team_') and pg_has_role(oid, 'USAGE')) as team,
       array(select role from unnest($1::text[]) as role where to_regrole(role) is not null and pg_has_role(to_regrole(role), 'USAGE')) as member,
       has_database_privilege(current_database(), 'TEMPORARY') as "canMakeTemporaryTables"
     from pg_class join pg_roles on pg_roles.oid = relowner where pg_class.oid = 'predictions'::regclass`,
    [Object.values(roles)],
  );
  const { member, owns, team, ...privileges } = row!;
  const ofParts = Object.entries(roles).flatMap(([part, role]) => (member.includes(role) ? [part] : []));
  const isOfTeam = team && ofParts.length === 0;
  const parts = isOfTeam ? ['a team'] : ofParts;
  // Who is of no part is measured by what a worker needs.
  const needed = isOfTeam ? neededOfTeam() : neededOf(ofParts.length === 0 ? ['worker'] : ofParts);
  const missing = await database.query<{ missing: string }>(
    `select needed as missing
     from unnest($1::text[], $2::text[], $3::text[]) as needs (kind, object, privilege),
       lateral (select upper(privilege) || ' on ' || object as needed) as words
     where case kind
       when 'table' then to_regclass(object) is not null and not has_table_privilege(object, privilege)
       when 'sequence' then to_regclass(object) is not null and not has_sequence_privilege(object, privilege)
       else to_regprocedure(object) is not null and not has_function_privilege(object, privilege) end`,
    [
      needed.map(({ kind }) => kind),
      needed.map(({ object }) => object),
      needed.map(({ privilege }) => privilege),
    ],
  );
  return { ...privileges, parts: owns ? ['owner'] : parts, missing: missing.map(({ missing }) => missing) };
}

export function judgePrivileges(privileges: Privileges): Finding {
  const { user, schema, owner, parts, missing, canMakeTemporaryTables } = privileges;
  const details = [...missing, ...(canMakeTemporaryTables ? [] : ['making temporary tables'])];
  const acting = parts.length === 0 ? '' : `, as ${parts.join(' and ')}`;
  if (details.length === 0) return { level: 'ok', words: `${user} may do all that is needed${acting}` };
  return {
    level: 'critical',
    words: `${user} lacks what Tidewatch needs in the schema ${schema}${acting}`,
    details,
    fix:
      parts.length === 0
        ? `run \`tidewatch migrate --roles\` as "${owner}", then: grant ${roles.worker} to "${user}"`
        : `run \`tidewatch migrate --roles\` as "${owner}", which grants what is missing`,
  };
}

interface Connections {
  readonly most: number;
  readonly used: number;
  /** What one worker takes. */
  readonly worker: number;
}

export async function readConnections({ database, environment }: Sources): Promise<Connections> {
  const [row] = await database.query<{ most: number; used: number }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
       (select count(*) from pg_stat_activity where backend_type = 'client backend') as used`,
  );
  const { queues, maxConcurrentActivities } = environment.configuration;
  return { ...row!, worker: connectionsOf(queues, maxConcurrentActivities) };
}

export function judgeConnections({ most, used, worker }: Connections): Finding {
  const left = Math.max(0, most - used);
  const words = `${left} of ${most} left, a worker takes up to ${worker}`;
  if (left >= worker) return { level: 'ok', words };
  return {
    level: left < 3 ? 'critical' : 'warning',
    words,
    fix: 'raise max_connections, lower TIDEWATCH_MAX_CONCURRENT_ACTIVITIES, or end who holds them: psql "$DATABASE_URL" -c "select application_name, count(*) from pg_stat_activity group by 1 order by 2 desc"',
  };
}

interface Clocks {
  /** Postgres - this machine. */
  readonly aheadMs: number;
  /** What the way there and back leaves open, to each side. */
  readonly errorMs: number;
}

export async function readClocks({ database, now }: Sources): Promise<Clocks> {
  // The connection is there, so that only the way is measured.
  const { at, before, after } = await database.snapshot(async (connection) => {
    await connection.query('select 1');
    const before = now();
    const [row] = await connection.query<{ at: number }>('select clock_timestamp() as at');
    return { at: row!.at, before, after: now() };
  });
  return { aheadMs: at - (before + after) / 2, errorMs: (after - before) / 2 + 1 };
}

export function judgeClocks({ aheadMs, errorMs }: Clocks): Finding {
  const least = Math.max(0, Math.abs(aheadMs) - errorMs);
  if (least < secondMs) return { level: 'ok', words: 'Postgres and this machine agree to the second' };
  return {
    level: least < minuteMs ? 'warning' : 'critical',
    words: `that of Postgres is ${Math.round(least / secondMs)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
    fix: 'set both by NTP: timedatectl set-ntp true',
  };
}
