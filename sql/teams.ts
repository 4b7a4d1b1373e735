/**
 * Teams that share an installation, kept apart by row-level security: rows of a model are of the team that its monitor names. Off, as it is at
 * first, nothing is asked and every statement is planned as ever. On, whoever owns the tables still sees all of them.
 */

import type { Database, Queryable } from './database.ts';
import { asOwner, grants, readInstallation, roles, type Need } from './roles.ts';
import { identifierSql } from './table-types.ts';

/**
 * The group role of a team: its members see and write rows of its models, and of no others.
 *
 * @example teamRole('fraud') // 'tidewatch_team_fraud'
 */
export function teamRole(team: string): string {
  return `tidewatch_team_${team}`;
}

/** They tell nothing of a model, and every session reads them. */
const shared: ReadonlySet<string> = new Set(['schema_migrations', 'installation_settings']);

/** What a service of a team writes; beside that, its members read what a reader reads. */
const written: Readonly<Record<string, readonly string[]>> = {
  predictions: ['insert', 'update'],
  actuals: ['insert', 'update'],
  rejected_rows: ['insert'],
  ingest_progress: ['select', 'insert', 'update', 'delete'],
};

/** What a member of a team needs, a privilege at a time. */
export function neededOfTeam(): Need[] {
  const read = Object.entries(grants).flatMap(([object, { reader }]) =>
    reader === undefined ? [] : [{ kind: 'table' as const, object, privilege: 'select' }],
  );
  const own = Object.entries(written).flatMap(([object, privileges]) =>
    privileges.map((privilege) => ({ kind: 'table' as const, object, privilege })),
  );
  return [
    ...read,
    ...own,
    { kind: 'sequence', object: 'prediction_ids', privilege: 'usage' },
    { kind: 'function', object: 'ensure_partitions(timestamptz, timestamptz)', privilege: 'execute' },
  ];
}

interface Table {
  readonly name: string;
  readonly hasModel: boolean;
}

/** Do teams not see each other's rows? */
export async function areTeamsApart(connection: Queryable): Promise<boolean> {
  const [row] = await connection.query<{ apart: boolean }>(
    `select relrowsecurity as apart from pg_class where oid = 'monitors'::regclass`,
  );
  return row!.apart;
}

/** Names are quoted. */
async function readTables(connection: Queryable): Promise<readonly Table[]> {
  const tables = await connection.query<Table & Record<string, unknown>>(
    `select quote_ident(relname) as name, exists (
       select from pg_attribute where attrelid = pg_class.oid and attname = 'model' and not attisdropped) as "hasModel"
     from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
     order by 1`,
  );
  return tables.filter(({ name }) => !shared.has(name));
}

const policies = ['tidewatch_parts', 'tidewatch_shown', 'tidewatch_teams'] as const;

function withoutPolicies(table: string): string[] {
  return policies.map((policy) => `drop policy if exists ${policy} on ${table}`);
}

/** Everybody may have a policy that lets rows through: of several that a user has, one is enough. */
function policyStatements(schema: string, { name, hasModel }: Table, members: string): string[] {
  const table = `${schema}.${name}`;
  const ofKnown = `model in (select model from ${schema}.monitors)`;
  const isMonitors = name === 'monitors';
  const shown = isMonitors ? `configuration ->> 'team' = any (${schema}.shown_teams())` : ofKnown;
  const ofTeam = isMonitors ? `${schema}.is_of_team(configuration ->> 'team')` : ofKnown;
  const toConsole = `${schema}.shown_teams() is null${hasModel ? ` or ${shown}` : ''}`;
  return [
    ...withoutPolicies(table),
    `create policy tidewatch_parts on ${table} to ${roles.ingest}, ${roles.worker}, ${roles.reader} using (true) with check (true)`,
    `create policy tidewatch_shown on ${table} to ${roles.console} using (${toConsole}) with check (${toConsole})`,
    ...(hasModel && members !== ''
      ? [`create policy tidewatch_teams on ${table} to ${members} using (${ofTeam}) with check (${ofTeam})`]
      : []),
    `alter table ${table} enable row level security`,
  ];
}

function teamGrants(schema: string, database: string, tables: readonly Table[], members: string): string[] {
  if (members === '') return [];
  const ofModels = new Set(tables.filter(({ hasModel }) => hasModel).map(({ name }) => name));
  const isTable = new Set(tables.map(({ name }) => name));
  const read = Object.entries(grants).flatMap(([name, { reader }]) =>
    // A view shows what its tables do.
    reader !== undefined && (ofModels.has(name) || !isTable.has(name)) ? [name] : [],
  );
  const all = Object.keys(grants)
    .map((name) => `${schema}.${name}`)
    .join(', ');
  return [
    `revoke all on ${all} from ${members}`,
    `grant connect, temporary on database ${database} to ${members}`,
    `grant usage on schema ${schema} to ${members}`,
    ...read.map((name) => `grant select on ${schema}.${name} to ${members}`),
    ...Object.entries(written).map(
      ([name, privileges]) => `grant ${privileges.join(', ')} on ${schema}.${name} to ${members}`,
    ),
    `grant usage, select on sequence ${schema}.prediction_ids to ${members}`,
    `grant execute on function ${schema}.ensure_partitions(timestamptz, timestamptz) to ${members}`,
  ];
}

/**
 * Keeps teams apart: makes the role of each team that a monitor names, and the policies of all tables. Again, it takes in new teams and new
 * tables. The roles of the parts have to be there.
 *
 * @returns the teams
 * @throws TidewatchError `ROLES_REFUSED` when the user may not make roles, or does not own the tables
 */
export async function keepTeamsApart(database: Database): Promise<readonly string[]> {
  return database.transaction(async (connection) => {
    const installation = await readInstallation(connection);
    const { schema, owner } = installation;
    const named = await connection.query<{ team: string; there: boolean }>(
      `select team, to_regrole(quote_ident('tidewatch_team_' || team)) is not null as there
       from (select distinct configuration ->> 'team' as team from monitors) named where team is not null order by team`,
    );
    const roleOf = (team: string): string => identifierSql(teamRole(team));
    const creating = named.flatMap(({ team, there }) =>
      there ? [] : [`create role ${roleOf(team)} nologin`],
    );
    const members = named.map(({ team }) => roleOf(team)).join(', ');
    const tables = await readTables(connection);
    await asOwner(connection, owner, [
      creating,
      [
        ...teamGrants(schema, installation.database, tables, members),
        ...tables.flatMap((table) => policyStatements(schema, table, members)),
      ],
    ]);
    return named.map(({ team }) => team);
  });
}

/** Everybody sees again what their role may. The roles of teams stay, and see nothing. */
export async function bringTeamsTogether(database: Database): Promise<void> {
  await database.transaction(async (connection) => {
    const { schema, owner } = await readInstallation(connection);
    const statements = (await readTables(connection)).flatMap(({ name }) => [
      `alter table ${schema}.${name} disable row level security`,
      ...withoutPolicies(`${schema}.${name}`),
    ]);
    const members = await connection.query<{ role: string }>(
      `select distinct quote_ident('tidewatch_team_' || team) as role
       from (select configuration ->> 'team' as team from monitors) named where to_regrole(quote_ident('tidewatch_team_' || team)) is not null`,
    );
    const all = Object.keys(grants).map((name) => `${schema}.${name}`);
    const revoking = members.map(({ role }) => `revoke all on ${all.join(', ')} from ${role}`);
    await asOwner(connection, owner, [[], [...statements, ...revoking]]);
  });
}
