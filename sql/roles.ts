/** What each part of an installation may do in the database: group roles, which logins are members of. */

import { reasonOf, TidewatchError } from '../core/errors.ts';
import type { Database, Queryable } from './database.ts';

/** Whoever runs `tidewatch migrate` owns the tables and needs no role. */
export const roles = {
  ingest: 'tidewatch_ingest',
  worker: 'tidewatch_worker',
  console: 'tidewatch_console',
  reader: 'tidewatch_reader',
} as const;
type Part = keyof typeof roles;

const read = ['select'] as const;
const all = ['select', 'insert', 'update', 'delete'] as const;
type Privilege = (typeof all)[number];
type TableGrants = { readonly [part in Part]?: readonly Privilege[] };

/** What the worker computes: everybody who looks reads it. */
const computed: TableGrants = { worker: all, console: read, reader: read };

/** By table and view; a test finds those that are not here. */
export const grants: Readonly<Record<string, TableGrants>> = {
  // People change them, by `tidewatch apply`, as the owner: a worker cannot change what it is told to watch.
  monitors: { ingest: read, worker: read, console: read, reader: read },
  schema_migrations: { ingest: read, worker: read, console: read, reader: read },
  // The worker imports the sources of monitors, and deletes the shadows of simulated retrainings.
  predictions: { ingest: ['select', 'insert', 'update'], worker: all, console: read, reader: read },
  actuals: {
    ingest: ['select', 'insert', 'update'],
    worker: ['select', 'insert', 'update'],
    // Outcomes show them as well.
    console: read,
    reader: read,
  },
  rejected_rows: {
    ingest: ['select', 'insert'],
    worker: ['select', 'insert', 'delete'],
    console: read,
    reader: read,
  },
  ingest_progress: { ingest: all, console: read },
  // Who acted: the worker neither reads nor writes it.
  audit_events: { console: all },
  installation_settings: { worker: all, console: read },
  // What people are told, before it is sent.
  alert_messages: { worker: all, console: read },
  ...Object.fromEntries(
    [
      'alert_deliveries',
      'alert_events',
      'alerts',
      'calibrations',
      'column_groups',
      'compared_windows',
      'degradation_checks',
      'dirty_windows',
      'drift_error_correlations',
      'drift_results',
      'drift_runs',
      'feature_importances',
      'importance_shifts',
      'model_references',
      'model_versions',
      'outcome_summaries',
      'outcomes',
      'performance_comparisons',
      'performance_estimates',
      'performance_estimators',
      'performance_evaluations',
      'process_watermarks',
      'profile_days',
      'profile_weeks',
      'profiled_hours',
      'profiles',
      'quality_results',
      'reference_handovers',
      'removals',
      'removed_ranges',
      'report_deliveries',
      'reports',
      'retraining_events',
      'retraining_runs',
      'rolled_up_days',
      'source_parts',
      'watched_processes',
      'weak_slices',
    ].map((table) => [table, computed]),
  ),
  ...Object.fromEntries(
    [
      'data_drift_metrics',
      'latest_performance_evaluations',
      'model_aliases',
      'model_performance',
      'predictions_with_actuals',
    ].map((view) => [view, { worker: read, console: read, reader: read }]),
  ),
};

const sequences: Readonly<Record<string, readonly Part[]>> = {
  prediction_ids: ['ingest', 'worker'],
  dirty_generations: ['worker'],
};

/** Calls that act in the name of the owner. */
const functions: Readonly<Record<string, readonly Part[]>> = {
  'ensure_partitions(timestamptz, timestamptz)': ['ingest', 'worker'],
  'move_strays(text, timestamptz, timestamptz)': ['worker'],
  'stray_days(text)': ['worker'],
  'remove_rows(text, text, timestamptz, timestamptz, bigint)': ['worker'],
  'removed_partitions(text)': ['worker'],
  'set_aside_late_rows(text, timestamptz, timestamptz, text)': ['worker'],
  'drop_removed_partition(text, text)': ['worker'],
};

export interface Need {
  readonly kind: 'table' | 'sequence' | 'function';
  readonly object: string;
  readonly privilege: string;
}

/** What these parts need, a privilege at a time. */
export function neededOf(parts: readonly string[]): Need[] {
  const isOf = (granted: readonly Part[]): boolean => granted.some((part) => parts.includes(part));
  const tables = Object.entries(grants).flatMap(([object, grant]) =>
    all
      .filter((privilege) =>
        isOf((Object.keys(grant) as Part[]).filter((part) => grant[part]?.includes(privilege))),
      )
      .map((privilege) => ({ kind: 'table' as const, object, privilege })),
  );
  return [
    ...tables,
    ...Object.entries(sequences).flatMap(([object, granted]) =>
      isOf(granted) ? [{ kind: 'sequence' as const, object, privilege: 'usage' }] : [],
    ),
    ...Object.entries(functions).flatMap(([object, granted]) =>
      isOf(granted) ? [{ kind: 'function' as const, object, privilege: 'execute' }] : [],
    ),
  ];
}

/** Names are quoted. */
interface Installation {
  readonly schema: string;
  readonly database: string;
  readonly owner: string;
  readonly missingRoles: readonly string[];
  readonly partitions: readonly string[];
  readonly isGranted: boolean;
}

export async function readInstallation(connection: Queryable): Promise<Installation> {
  const [row] = await connection.query<Installation & Record<string, unknown>>(
    `select quote_ident(current_schema()) as schema, quote_ident(current_database()) as database,
       (select quote_ident(rolname) from pg_class join pg_roles on pg_roles.oid = relowner where pg_class.oid = 'predictions'::regclass) as owner,
       array(select role from unnest($1::text[]) as role where to_regrole(role) is null) as "missingRoles",
       array(select inhrelid::regclass::text from pg_inherits join pg_class on pg_class.oid = inhparent
             where relkind = 'p' and relnamespace = current_schema()::regnamespace
               and exists (select from pg_class where pg_class.oid = inhrelid and relkind = 'r')
             order by 1) as partitions,
       to_regrole($2) is not null and has_table_privilege(to_regrole($2)::oid, 'monitors', 'select') as "isGranted"`,
    [Object.values(roles), roles.worker],
  );
  return row!;
}

const everybody = Object.values(roles).join(', ');
const of = (parts: readonly Part[]): string => parts.map((part) => roles[part]).join(', ');

/** Takes away what was granted and grants what is needed: whatever was there before, afterwards it is this. */
function grantStatements(installation: Installation): string[] {
  const { schema, database, owner } = installation;
  const named = (name: string): string => `${schema}.${name}`;
  const tables = Object.keys(grants).map(named).join(', ');
  const parts = Object.keys(roles) as Part[];
  return [
    `revoke all on ${tables} from ${everybody}`,
    `grant connect, temporary on database ${database} to ${everybody}`,
    `grant usage on schema ${schema} to ${everybody}`,
    ...Object.entries(grants).flatMap(([table, grant]) =>
      parts.flatMap((part) => {
        const privileges = grant[part];
        return privileges === undefined
          ? []
          : [`grant ${privileges.join(', ')} on ${named(table)} to ${roles[part]}`];
      }),
    ),
    ...Object.entries(sequences).map(
      ([name, granted]) => `grant usage, select on sequence ${named(name)} to ${of(granted)}`,
    ),
    ...Object.entries(functions).map(
      ([name, granted]) => `grant execute on function ${named(name)} to ${of(granted)}`,
    ),
    // Some are looked at by their own names, by the worker alone. Those that are made later inherit it.
    ...installation.partitions.map((partition) => `grant select on ${partition} to ${roles.worker}`),
    `alter default privileges for role ${owner} in schema ${schema} grant select on tables to ${roles.worker}`,
  ];
}

/** What `grantRoles` does there, for somebody else to do. */
export async function roleStatements(database: Queryable): Promise<string[]> {
  return [
    ...Object.values(roles).map((role) => `create role ${role} nologin`),
    ...grantStatements(await readInstallation(database)),
  ];
}

/**
 * Makes the group roles that are missing and grants to each what its part needs, and no more. Again, it changes nothing.
 *
 * @throws TidewatchError `ROLES_REFUSED` when the user may not make roles, or does not own the tables
 */
export async function grantRoles(database: Database): Promise<void> {
  await database.transaction(async (connection) => {
    const installation = await readInstallation(connection);
    const { missingRoles, owner } = installation;
    const creating = missingRoles.map((role) => `create role ${role} nologin`);
    await asOwner(connection, owner, [creating, grantStatements(installation)]);
  });
}

/**
 * Makes roles, and then what is granted to them.
 *
 * @throws TidewatchError `ROLES_REFUSED`
 */
export async function asOwner(
  connection: Queryable,
  owner: string,
  [creating, granting]: readonly [readonly string[], readonly string[]],
): Promise<void> {
  try {
    if (creating.length > 0) await connection.execute(creating.join(';'));
    await connection.execute(granting.join(';'));
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new TidewatchError(
      'ROLES_REFUSED',
      { reason: reasonOf(error), owner, statements: creating.map((text) => `  ${text};`).join('\n') },
      { cause: error },
    );
  }
}

/** Grants anew where roles are used: a migration may have made tables. */
export async function renewGrants(database: Database): Promise<'granted' | 'no roles'> {
  const { isGranted } = await readInstallation(database);
  if (!isGranted) return 'no roles';
  await grantRoles(database);
  return 'granted';
}
