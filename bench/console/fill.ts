/** Years of daily results of many models, made in the database itself: what the pages of the console read, not what made it. */

import { monitorSchema, type Monitor } from '../../core/monitor/schema.ts';
import { encodeProfile } from '../../core/profile/encode.ts';
import { buildContinuousGrid } from '../../core/profile/grid.ts';
import { buildProfile } from '../../core/profile/profile.ts';
import { toTimestamp, type Database } from '../../sql/database.ts';

export interface FilledHistory {
  readonly models: number;
  readonly days: number;
  readonly features: number;
  /** The UTC midnight that the newest results end at. */
  readonly end: number;
}

/** Outcomes are summed by the hour; nothing but the last weeks of them is read by a page. */
const summarisedDays = 35;

export function modelName(index: number): string {
  return `model-${String(index).padStart(4, '0')}`;
}

function monitorOf(index: number, features: number): Monitor {
  return monitorSchema.parse({
    model: modelName(index),
    description: 'Made for a benchmark.',
    task: 'regression',
    features: Object.fromEntries(
      Array.from({ length: features }, (_, i) => [`feature_${i + 1}`, { kind: 'continuous' }]),
    ),
    segments: [],
    reference: { kind: 'rolling' },
    performance: { limits: { rmse: { warning: 62, critical: 70 } } },
  });
}

/** A number from 0 to 1 that depends on what it is about alone. */
const noise = (about: string): string => `(abs(hashtext(${about})) % 10007) / 10007.0`;

/** Every model has a bad month now and then. */
const trouble = `(${noise(`model || to_char(day, 'YYYYMM')`)} > 0.85)`;

const verdict = `case when ${trouble} then case when ${noise(`model || day::text || 'v'`)} > 0.4 then 'critical' else 'warning' end
  when ${noise(`model || day::text || 'n'`)} > 0.98 then 'insufficient-data' else 'ok' end`;

const provenance = `configuration_hash, code_version, workflow_id, run_id`;
const made = `'hash', '0.1.0'`;

/** Profiles are read of the windows that a person looks at closely: of the newest weeks. */
const profiledDays = 38;

/** The same values of each column on each day, a little more on one than on another; the reference is the month before the newest week. */
async function fillProfiles(database: Database, features: number, last: string): Promise<void> {
  const values = (shift: number): Float64Array =>
    Float64Array.from(
      { length: 168 },
      (_, i) => Math.round(100 * (shift + Math.sin(i) + Math.sin(i / 24))) / 100,
    );
  const grid = buildContinuousGrid(values(0));
  const columns = [...Array.from({ length: features }, (_, i) => `feature_${i + 1}`), 'prediction'];
  await database.execute(
    `insert into model_references (model, reference_id, kind, window_start, window_end, grids, row_count, built_at)
     select model, 'reference', 'fixed', $1::timestamptz - interval '37 days', $1::timestamptz - interval '7 days', $2, 5040, $1::timestamptz
     from monitors`,
    [last, JSON.stringify(Object.fromEntries(columns.map((column) => [column, grid])))],
  );
  await database.execute(
    `insert into profile_days (model, reference_id, segment, day, column_name, content)
     select model, 'reference', '', day, column_name, contents[1 + place % 3]
     from monitors
     cross join generate_series($1::timestamptz - make_interval(days => $2), $1::timestamptz - interval '1 day', interval '1 day')
       with ordinality as days (day, place)
     cross join unnest($3::text[]) as column_name
     cross join (select $4::bytea[] as contents) made`,
    [
      last,
      profiledDays,
      columns,
      [0, 0.1, 0.4].map((shift) => Buffer.from(encodeProfile(buildProfile(grid, values(shift)), grid))),
    ],
  );
}

/** Fills an empty, migrated database. */
export async function fillHistory(
  database: Database,
  { models, days, features, end }: FilledHistory,
): Promise<void> {
  for (let index = 1; index <= models; index += 1) {
    const monitor = monitorOf(index, features);
    await database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash')`,
      [monitor.model, JSON.stringify(monitor)],
    );
  }
  const [last, count] = [toTimestamp(end), days - 1];
  const series = `monitors cross join generate_series($1::timestamptz - make_interval(days => $2::int), $1::timestamptz, interval '1 day') as day`;
  await database.execute(
    `insert into model_versions (model, version, stage, registered_at, promoted_at, archived_at)
     select model, 'v' || n, case when n = 4 then 'champion' else 'archived' end, at, at, case when n < 4 then at + interval '150 days' end
     from monitors cross join generate_series(1, 4) as n
     cross join lateral (select $1::timestamptz - make_interval(days => 600 - 150 * (n - 1)) as at) promoted`,
    [last],
  );
  for (const length of [1, 7, 30]) {
    await database.execute(
      `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state, verdict, reason,
         metrics, intervals, details, sample_size, prediction_count, coverage, content_hash, gate, ${provenance})
       select model, 'v' || greatest(1, least(4, 4 - floor(extract(day from $1::timestamptz - day) / 150))), '', day - make_interval(days => $3::int), day, revision,
         day + make_interval(days => revision, hours => 3), case when day > $1::timestamptz - interval '7 days' then 'provisional' else 'final' end,
         ${verdict}, 'RMSE over the window is 57.3', jsonb_build_object('rmse', rmse, 'mae', rmse * 0.7, 'mape', 0.2, 'r2_score', 0.8),
         jsonb_build_object('rmse', jsonb_build_array(rmse - 4, rmse + 4)), '{}', 160 * $3, 168 * $3, 0.95, '', 'passed', ${made},
         'performance-evaluation:' || model, 'run-' || day::date
       from ${series}
       cross join generate_series(1, 2) as revision
       cross join lateral (select 50 + 8 * ${noise(`model || day::text`)} + case when ${trouble} then 15 else 0 end + 3 / revision as rmse) metric`,
      [last, count, length],
    );
  }
  await database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, version, findings, ${provenance})
     select model, day, day + interval '3 hours', ${verdict}, 'RMSE over 7 days 71.3 is above 70 (95% interval 70.4 to 72.1, 1120 outcomes, coverage 95%)',
       'v4', '[]', ${made}, 'degradation-check:' || model, 'run-' || day::date
     from ${series}`,
    [last, count],
  );
  await database.execute(
    `insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share, judged_features,
       drifted_features, out_of_distribution_ratio, row_count, reference_row_count, coverage, quality_verdict, quality_reason, checked_at, ${provenance})
     select model, '', day - interval '7 days', day, 'reference', day + interval '3 hours', ${verdict}, '3 of 8 features drifted', ${noise(`model || day::text || 's'`)},
       $3, array['feature_1'], 0.01, 1176, 5040, 0.95, 'ok', '', day, ${made}, 'drift-detection:' || model, 'run-' || day::date
     from ${series}`,
    [last, count, features],
  );
  await database.execute(
    `insert into drift_results (model, drift_run_id, subject, column_name, method, question, statistic, p_value, effect, threshold,
       deciding, verdict, reason, reference_rows, current_rows)
     select model, drift_run_id, case when feature > $1 then 'prediction' else 'feature' end,
       case when feature > $1 then 'prediction' else 'feature_' || feature end, 'wasserstein', 'reference', effect, 0.01, effect, 0.1, true,
       case when effect > 0.3 then 'critical' when effect > 0.2 then 'warning' else 'ok' end, 'the distance is ' || round(effect::numeric, 3), 5040, 1176
     from drift_runs cross join generate_series(1, $1 + 1) as feature
     cross join lateral (select 0.35 * ${noise(`model || drift_run_id || feature`)} as effect) found`,
    [features],
  );
  await fillProfiles(database, features, last);
  await database.execute(
    `insert into reports (model, kind, window_start, window_end, html)
     select model, 'drift', day - interval '7 days', day, '<!doctype html>' from ${series}`,
    [last, count],
  );
  await database.execute(
    `insert into quality_results (model, window_start, window_end, check_name, column_name, verdict, reason, counts, ${provenance})
     select model, day - interval '7 days', day, check_name, '', case when ${noise(`model || day::text || check_name`)} > 0.97 then 'warning' else 'ok' end, 'as usual', '{}',
       ${made}, 'drift-detection:' || model, 'run-' || day::date
     from ${series} cross join unnest(array['volume', 'freshness', 'duplicates']) as check_name`,
    [last, count],
  );
  await database.execute(
    `insert into outcome_summaries (model, hour, segment, version, prediction_count, outcome_count, content, settings_hash)
     select model, hour, '', 'v4', 7, case when hour > $1::timestamptz - interval '2 days' then 3 else 7 end, '', ''
     from monitors cross join generate_series($1::timestamptz - make_interval(days => $2), $1::timestamptz - interval '1 hour', interval '1 hour') as hour`,
    [last, Math.min(days, summarisedDays)],
  );
  await database.execute(
    `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, resolved_as_of, observed_as_of, latest)
     select model, 'degradation:' || model || ':rmse', episode, 'degradation', 'rmse', case when episode % 3 = 0 then 'critical' else 'warning' end,
       case when episode = 12 and ${noise('model')} > 0.7 then 'open' else 'resolved' end, 'RMSE over 7 days is above 70',
       at, case when episode = 12 and ${noise('model')} > 0.7 then null else at + interval '6 days' end, at,
       '{"summary": "RMSE over 7 days is 74", "facts": [], "links": [], "workflowId": "w", "runId": "r"}'
     from monitors cross join generate_series(1, 12) as episode
     cross join lateral (select $1::timestamptz - make_interval(days => 60 * (12 - episode) + 3) as at) opened`,
    [last],
  );
  await database.execute(
    `insert into process_watermarks (model, process, as_of, window_end, succeeded_at)
     select model, process, $1::timestamptz + interval '3 hours', $1, $1::timestamptz + interval '3 hours'
     from monitors cross join unnest(array['actuals-backfill', 'drift-detection', 'performance-evaluation', 'degradation-check']) as process`,
    [last],
  );
  await database.execute(
    `insert into watched_processes (model, process, cron, time_zone, watched_since)
     select model, process, '0 3 * * *', 'UTC', $1::timestamptz - interval '100 days'
     from process_watermarks`,
    [last],
  );
  await database.execute('analyze');
}
