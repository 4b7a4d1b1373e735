/** Rows of a model in every table that has any of models, made of the catalog: a new table is filled as well. */

import { listModelTables } from '../../activities/storage/forgotten-tables.ts';
import type { Database } from '../../sql/database.ts';
import { identifierSql, textSql } from '../../sql/table-types.ts';

/** `i` is the number of the row. */
type Value = (i: number, model: string) => string;

const dayOf = (i: number, more = 0): string => `timestamptz '2024-01-30' + interval '${i + more} days'`;

const ofType: Readonly<Record<string, Value>> = {
  text: (i) => `'name ${i}'`,
  timestamptz: (i) => dayOf(i),
  int4: (i) => String(1 + i),
  int8: (i) => String(1 + i),
  float8: () => '0.5',
  bool: () => 'true',
  jsonb: (i) => `'{"row": ${i}}'`,
  bytea: (i) => String.raw`'\x0${i}'`,
  interval: () => `'1 day'`,
  _text: () => `'{}'`,
};

/** The first message tells of every model, the others of one. */
const messageOf: Value = (i, model) =>
  i === 0 ? '1' : `abs(hashtext(${textSql(model)})::bigint) * 10 + ${i}`;

const someId = '00000000-0000-0000-0000-000000000001';

/** What the checks of tables ask for, and columns that are left out otherwise. */
const ofColumn: Readonly<Record<string, Value>> = {
  window_end: (i) => dayOf(i, 1),
  verdict: () => `'ok'`,
  severity: () => `'warning'`,
  'actuals.value': () => '1',
  'alert_deliveries.channel': () => `'slack'`,
  'alert_deliveries.message_id': messageOf,
  'alerts.state': () => `'resolved'`,
  'dirty_windows.stage': () => `'profiles'`,
  'drift_error_correlations.related': () => `'yes'`,
  'drift_results.subject': () => `'feature'`,
  'drift_runs.drift_run_id': (i) => String(1 + i),
  'feature_importances.source': () => `'trainer'`,
  'importance_shifts.since': () => `'time'`,
  'model_references.kind': () => `'fixed'`,
  'model_versions.stage': () => `'archived'`,
  'outcomes.role': () => `'serving'`,
  'performance_comparisons.kind': () => `'version'`,
  'performance_comparisons.verdict': () => `'unclear'`,
  'performance_evaluations.state': () => `'final'`,
  'predictions.prediction': () => '1',
  'predictions.prediction_id': (i) => String(1 + i),
  'rejected_rows.stream': () => `'actuals'`,
  'reports.kind': () => `'drift'`,
  'report_deliveries.kind': () => `'drift'`,
  'retraining_runs.state': () => `'kept'`,
  'retraining_runs.finished_at': (i) => dayOf(i),
  'source_parts.stream': () => `'actuals'`,
  'weak_slices.source': () => `'segment'`,
};

/** Tables that other rows are of the test's own. */
const leftOut = new Set(['removals', 'audit_events']);

interface Column extends Record<string, unknown> {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly needed: boolean;
}

/**
 * Statements that put so many rows of a model into each table, one into `monitors`. Rows of January have a partition, those of February
 * have none of their own.
 */
export async function fillStatements(
  database: Database,
  model: string,
  rows: number,
): Promise<readonly string[]> {
  const tables = (await listModelTables(database)).filter(({ name }) => !leftOut.has(name));
  const columns = await database.query<Column>(
    `select relname::text as table, attname::text as column, typname::text as type, attnotnull and not atthasdef and attidentity = '' as needed
     from pg_attribute join pg_class on pg_class.oid = attrelid join pg_type on pg_type.oid = atttypid
     where relname = any ($1) and relnamespace = current_schema()::regnamespace and attnum > 0 and not attisdropped and attgenerated = ''
     order by relname, attnum`,
    [tables.map(({ name }) => name)],
  );
  const messages = Array.from(
    { length: rows },
    (_, i) =>
      `insert into alert_messages (message_id, group_id, mailbox_id, is_summary, state, claimed_at) overriding system value
       values (${messageOf(i, model)}, '${someId}', '${someId}', false, 'refused', now()) on conflict do nothing`,
  );
  return [
    `select ensure_partitions('2024-01-01', '2024-01-31')`,
    // So that tables may be filled in any order, and no trigger marks hours.
    'set local session_replication_role = replica',
    ...messages,
    ...tables.flatMap(({ name }) => {
      const wanted = columns.filter(
        ({ table, column, needed }) => table === name && (needed || `${table}.${column}` in ofColumn),
      );
      const names = wanted.map(({ column }) => identifierSql(column)).join(', ');
      return Array.from({ length: name === 'monitors' ? 1 : rows }, (_, i) => {
        const values = wanted.map(({ table, column, type }) => {
          if (column === 'model') return textSql(model);
          const value = ofColumn[`${table}.${column}`] ?? ofColumn[column] ?? ofType[type];
          if (value === undefined) throw new Error(`what is to be in ${table}.${column}, of type ${type}?`);
          return value(i, model);
        });
        return `insert into ${name} (${names}) overriding system value values (${values.join(', ')})`;
      });
    }),
  ];
}

/** Fills every table; see `fillStatements`. */
export async function fillModel(database: Database, model: string, rows: number): Promise<void> {
  const statements = await fillStatements(database, model, rows);
  await database.transaction((connection) => connection.execute(statements.join(';')));
}
