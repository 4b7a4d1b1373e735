/** Years of stored results, made in the database itself: those of one hour and one day again, earlier and earlier. */

import { formatInstant } from '../../core/window.ts';
import type { Database, Queryable } from '../../sql/database.ts';

interface StoredHistory {
  readonly model: string;
  readonly days: number;
  /** An hour whose results are stored: its copies end before the day that it is in. */
  readonly like: number;
}

interface CopiedTable {
  readonly table: string;
  /** Its columns that move with the copy. */
  readonly times: readonly string[];
  /** Which of its rows are copied; $2 is the hour. */
  readonly of: string;
  readonly every: 'hour' | 'day';
  /** Column -> what stands in the copy. */
  readonly instead?: Readonly<Record<string, string>>;
}

const ofHour = `window_start = $2::timestamptz and window_end = $2::timestamptz + interval '1 hour'`;
const ofDay = `window_end <= $2::timestamptz and window_end > $2::timestamptz - interval '1 day'`;
const times = ['window_start', 'window_end', 'as_of'] as const;

/** In the order of their keys: what belongs to a drift run comes after it. */
const copied: readonly CopiedTable[] = [
  { table: 'profiled_hours', times: ['hour'], of: 'hour = $2::timestamptz', every: 'hour' },
  { table: 'profiles', times: ['hour'], of: 'hour = $2::timestamptz', every: 'hour' },
  { table: 'profile_days', times: ['day'], of: `day = $2::timestamptz - interval '1 day'`, every: 'day' },
  { table: 'outcome_summaries', times: ['hour'], of: 'hour = $2::timestamptz', every: 'hour' },
  {
    table: 'calibrations',
    times: ['before'],
    // Those of the newest night: of every night before, 9,100 rows would be copied for each hour.
    of: `before = (select max(before) from calibrations newest where newest.model = $1 and newest.before <= $2::timestamptz + interval '1 day')`,
    every: 'hour',
    // Each tells of the one past window that had come since the day before.
    instead: {
      past_windows: `jsonb_build_object('method', original.content -> 'method', 'windows', jsonb_build_array(jsonb_build_object(
        'end', extract(epoch from before - ago * interval '1 hour') * 1000, 'count', original.content -> 'usualRows',
        'fromReference', null, 'fromRecent', jsonb_build_array(random(), random(), random(), random()), 'earlierWindows', 8)))`,
    },
  },
  { table: 'drift_runs', times, of: ofHour, every: 'hour' },
  { table: 'quality_results', times: ['window_start', 'window_end'], of: ofHour, every: 'hour' },
  { table: 'reports', times: ['window_start', 'window_end'], of: ofHour, every: 'hour' },
  // A window that is still open would be due.
  { table: 'performance_evaluations', times, of: ofDay, every: 'day', instead: { state: `'final'` } },
  { table: 'degradation_checks', times: ['window_end', 'as_of'], of: ofDay, every: 'day' },
];

/** Of a drift run. */
const ofRuns = ['drift_results', 'importance_shifts', 'drift_error_correlations'] as const;

/** Stores results of so many days; those that are there stay. Gives how many rows each table has of the model. */
export async function storeHistory(
  database: Database,
  { model, days, like }: StoredHistory,
): Promise<Readonly<Record<string, number>>> {
  const given = [model, formatInstant(like), days];
  await database.transaction(async (connection) => {
    // Copies of rows that were checked: triggers and foreign keys would look at each of millions again.
    await connection.execute('set local session_replication_role = replica');
    for (const { table, times: moved, of, every, instead = {} } of copied) {
      const columns = await columnsOf(connection, table);
      const values = columns.map(
        (column) =>
          instead[column] ??
          (moved.includes(column) ? `${column} - ago * interval '1 ${every}'` : `original.${column}`),
      );
      await connection.execute(
        `insert into ${table} (${columns.join(', ')})
         select ${values.join(', ')}
         from (select * from ${table} where model = $1 and ${of}) as original,
           generate_series(${every === 'hour' ? '25, $3::int * 24 + 24' : '2, $3::int + 1'}) as ago
         on conflict do nothing`,
        given,
      );
    }
    for (const table of ofRuns) {
      const columns = (await columnsOf(connection, table)).filter((column) => column !== 'drift_run_id');
      await connection.execute(
        `insert into ${table} (drift_run_id, ${columns.join(', ')})
         select copy.drift_run_id, ${columns.map((column) => `original.${column}`).join(', ')}
         from drift_runs run
         join drift_runs copy on copy.model = run.model and copy.segment = run.segment and copy.window_end <= run.window_start - interval '1 day'
         join ${table} original on original.model = run.model and original.drift_run_id = run.drift_run_id
         where run.model = $1 and run.window_start = $2::timestamptz and run.window_end = $2::timestamptz + interval '1 hour'
           and copy.window_start >= $2::timestamptz - ($3::int + 2) * interval '1 day'
         on conflict do nothing`,
        given,
      );
    }
  });
  await database.execute('vacuum analyze');
  const counts: Record<string, number> = {};
  for (const table of [...copied.map((one) => one.table), ...ofRuns]) {
    const [row] = await database.query<{ rows: number }>(
      `select count(*) as rows from ${table} where model = $1`,
      [model],
    );
    counts[table] = row!.rows;
  }
  return counts;
}

/** Those that are written: neither an identity nor computed. */
async function columnsOf(connection: Queryable, table: string): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''
     order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}
