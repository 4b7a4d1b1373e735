-- Monitors, the data they watch and everything derived from it.
-- Every key starts with the model, so that one model's rows live together and can be distributed by it.

create table monitors (
  model text not null,
  configuration jsonb not null,
  configuration_hash text not null,
  applied_at timestamptz not null default now(),
  constraint monitors_pkey primary key (model)
);
comment on table monitors is 'The applied configuration of each watched model; written by `tidewatch apply`.';
comment on column monitors.configuration is 'The monitor with every default filled in.';
comment on column monitors.configuration_hash is 'SHA-256 of the canonical configuration; part of the provenance of every result.';

create table model_versions (
  model text not null,
  version text not null,
  stage text not null,
  lineage jsonb not null default '{}',
  registered_at timestamptz not null,
  promoted_at timestamptz,
  archived_at timestamptz,
  constraint model_versions_pkey primary key (model, version),
  constraint model_versions_stage_check check (stage in ('candidate', 'shadow', 'champion', 'archived'))
);
create unique index model_versions_one_champion on model_versions (model) where stage = 'champion';
comment on table model_versions is 'The versions of each model and the stage each has reached; at most one champion a model.';
comment on column model_versions.lineage is 'How the version came to be: training window, rows, trainer, metrics.';
comment on column model_versions.registered_at is 'asOf of the run that registered it (likewise promoted_at and archived_at).';

-- ---------------------------------------------------------------- predictions, actuals, outcomes

create sequence prediction_ids;

create table predictions (
  model text not null,
  version text not null,
  entity text not null,
  event_time timestamptz not null,
  issued_at timestamptz not null,
  prediction_id bigint not null default nextval('prediction_ids'),
  role text not null default 'serving',
  features jsonb not null,
  prediction double precision,
  predicted_class text,
  probabilities jsonb,
  interval_low double precision,
  interval_high double precision,
  inserted_at timestamptz not null default now(),
  constraint predictions_pkey primary key (model, event_time, prediction_id),
  constraint predictions_natural_key unique (model, event_time, entity, version, issued_at),
  constraint predictions_role_check check (role in ('serving', 'shadow')),
  constraint predictions_one_kind_check check ((prediction is null) <> (predicted_class is null)),
  constraint predictions_finite_check check (prediction not in ('NaN', 'Infinity', '-Infinity')),
  constraint predictions_features_check check (jsonb_typeof(features) = 'object')
) partition by range (event_time);
create table predictions_default partition of predictions default;
alter sequence prediction_ids owned by predictions.prediction_id;
comment on table predictions is 'One scored instance a row, with its features. Unique on model, version, entity, event time and issued at: the last write wins.';
comment on column predictions.event_time is 'What instant the prediction is about.';
comment on column predictions.issued_at is 'When it was made; the same as event_time unless it is a forecast.';
comment on column predictions.role is 'serving: it reached users; shadow: it was made beside the champion for comparison.';
comment on column predictions.prediction is 'The predicted number (regression).';
comment on column predictions.predicted_class is 'The predicted class (classification).';
comment on column predictions.probabilities is 'Class -> probability (classification, where the model gives them).';

create table actuals (
  model text not null,
  entity text not null,
  event_time timestamptz not null,
  value double precision,
  class text,
  recorded_at timestamptz not null,
  inserted_at timestamptz not null default now(),
  constraint actuals_pkey primary key (model, event_time, entity),
  constraint actuals_one_kind_check check ((value is null) <> (class is null)),
  constraint actuals_finite_check check (value not in ('NaN', 'Infinity', '-Infinity'))
) partition by range (event_time);
create table actuals_default partition of actuals default;
comment on table actuals is 'The observed outcome of an entity at an event time; arrives late. Kept when no prediction matches yet.';
comment on column actuals.recorded_at is 'When the outcome became known, in the time of the data.';

create table outcomes (
  model text not null,
  event_time timestamptz not null,
  prediction_id bigint not null,
  version text not null,
  role text not null,
  prediction double precision,
  predicted_class text,
  probabilities jsonb,
  actual double precision,
  actual_class text,
  recorded_at timestamptz not null,
  constraint outcomes_pkey primary key (model, event_time, prediction_id)
) partition by range (event_time);
create table outcomes_default partition of outcomes default;
comment on table outcomes is 'A prediction joined to its actual, narrow on purpose: evaluations read only this.';
comment on column outcomes.recorded_at is 'When the actual became known.';

create table rejected_rows (
  model text not null,
  stream text not null,
  content_hash text not null generated always as (md5(reason || content::text)) stored,
  reason text not null,
  content jsonb not null,
  rejected_at timestamptz not null default now(),
  constraint rejected_rows_pkey primary key (model, stream, content_hash),
  constraint rejected_rows_stream_check check (stream in ('predictions', 'actuals'))
);
comment on table rejected_rows is 'Rows that could not be stored as predictions or actuals, each with the reason; nothing is dropped, and the same row again is stored once.';

create function ensure_partitions(from_time timestamptz, to_time timestamptz) returns void
language plpgsql set timezone to 'UTC' as $$
declare
  parent text;
  month_start timestamptz;
  partition_name text;
begin
  for month_start in
    select generate_series(date_trunc('month', from_time), to_time, interval '1 month')
  loop
    foreach parent in array array['predictions', 'actuals', 'outcomes'] loop
      partition_name := parent || to_char(month_start, '"_"YYYY"_"MM');
      continue when to_regclass(partition_name) is not null;
      -- One caller at a time makes partitions. `if not exists`, because waiting for the lock does not refresh to_regclass.
      perform pg_advisory_xact_lock(hashtextextended('tidewatch:partitions', 0));
      begin
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
          partition_name, parent, month_start, month_start + interval '1 month');
      exception when check_violation then
        -- The default partition already holds rows of this month: they stay there, and so do later ones.
        null;
      end;
    end loop;
  end loop;
end
$$;
comment on function ensure_partitions is 'Makes the monthly partitions that rows between two instants need. Rows without one go to the default partition.';

-- ---------------------------------------------------------------- what has to be derived again

create sequence dirty_generations;

create table dirty_windows (
  model text not null,
  stage text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  generation bigint not null default nextval('dirty_generations'),
  constraint dirty_windows_pkey primary key (model, stage, window_start, window_end, generation),
  constraint dirty_windows_stage_check check (stage in ('outcomes', 'profiles', 'actual-profiles', 'evaluations'))
);
alter sequence dirty_generations owned by dirty_windows.generation;
comment on table dirty_windows is 'Hours whose rows changed, one mark for each writing statement. A stage deletes exactly the marks it has read, so a mark made meanwhile survives.';
comment on column dirty_windows.stage is 'Who has to look again: outcomes (actualsBackfill), profiles and actual-profiles (driftDetection), evaluations (performanceEvaluation).';

-- Statement triggers, so that rows written by plain SQL or COPY count as much as those of the client.
create function mark_dirty() returns trigger
language plpgsql set timezone to 'UTC' as $$
declare
  stage_name text;
begin
  foreach stage_name in array tg_argv loop
    insert into dirty_windows (model, stage, window_start, window_end)
    select distinct model, stage_name, date_trunc('hour', event_time), date_trunc('hour', event_time) + interval '1 hour'
    from changed_rows;
  end loop;
  return null;
end
$$;
comment on function mark_dirty is 'Marks the hours of the rows that a statement wrote, for each stage named in the trigger.';

create trigger predictions_inserted after insert on predictions
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'evaluations');
create trigger predictions_updated after update on predictions
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'evaluations');
create trigger predictions_deleted after delete on predictions
  referencing old table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'evaluations');
create trigger actuals_inserted after insert on actuals
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes');
create trigger actuals_updated after update on actuals
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes');
create trigger actuals_deleted after delete on actuals
  referencing old table as changed_rows for each statement execute function mark_dirty('outcomes');
create trigger outcomes_inserted after insert on outcomes
  referencing new table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'evaluations');
create trigger outcomes_updated after update on outcomes
  referencing new table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'evaluations');
create trigger outcomes_deleted after delete on outcomes
  referencing old table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'evaluations');

create table process_watermarks (
  model text not null,
  process text not null,
  as_of timestamptz not null,
  window_end timestamptz not null,
  constraint process_watermarks_pkey primary key (model, process)
);
comment on table process_watermarks is 'The newest instant that each process of a model has spoken for. A run for an earlier one stores and restates, but does not alert.';

-- ---------------------------------------------------------------- drift

create table model_references (
  model text not null,
  reference_id text not null,
  kind text not null,
  window_start timestamptz,
  window_end timestamptz,
  grids jsonb not null,
  row_count bigint not null,
  merged_profiles jsonb,
  built_at timestamptz not null,
  constraint model_references_pkey primary key (model, reference_id),
  constraint model_references_kind_check check (kind in ('fixed', 'rolling', 'training-statistics'))
);
comment on table model_references is 'The data of accepted quality, frozen: the grid of every column. Another window or other columns make another reference.';
comment on column model_references.grids is 'Column -> grid; never changed. The grid of the actuals is added once enough of them are known.';
comment on column model_references.merged_profiles is 'Column -> sum of its hourly profiles (base64); null while any of its hours has to be profiled again.';
comment on column model_references.reference_id is 'Hash of the kind, window and columns it was built from.';

create table profiles (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  hour timestamptz not null,
  column_name text not null,
  content bytea not null,
  constraint profiles_pkey primary key (model, reference_id, segment, hour, column_name),
  constraint profiles_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table profiles is 'The mergeable summary of one column over one hour on the grid of a reference; any window is the sum of its hours.';
comment on column profiles.content is 'Encoded by core/profile/encode.ts.';

create table profiled_hours (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  hour timestamptz not null,
  row_count integer not null,
  out_of_distribution_count integer not null,
  constraint profiled_hours_pkey primary key (model, reference_id, segment, hour),
  constraint profiled_hours_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table profiled_hours is 'The hours that have been profiled, with their serving rows and how many of these have any feature out of distribution.';

create table drift_runs (
  model text not null,
  drift_run_id bigint generated always as identity,
  segment text not null default '',
  window_start timestamptz not null,
  window_end timestamptz not null,
  reference_id text not null,
  as_of timestamptz not null,
  verdict text not null,
  reason text not null,
  drift_share double precision,
  judged_features integer not null,
  drifted_features text[] not null,
  out_of_distribution_ratio double precision,
  row_count bigint not null,
  reference_row_count bigint not null,
  coverage double precision,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint drift_runs_pkey primary key (model, drift_run_id),
  constraint drift_runs_natural_key unique (model, segment, window_start, window_end),
  constraint drift_runs_verdict_check check (verdict in ('ok', 'warning', 'critical', 'insufficient-data'))
);
comment on table drift_runs is 'One comparison of a current window with the reference; the newest result of a window replaces the former.';
comment on column drift_runs.drift_share is 'Drifted features / judged features; null when none could be judged.';
comment on column drift_runs.workflow_id is 'The run that first computed this number (with run_id); a repetition with the same result leaves the row as it is.';

create table drift_results (
  model text not null,
  drift_run_id bigint not null,
  subject text not null,
  column_name text not null,
  method text not null,
  statistic double precision,
  p_value double precision,
  effect double precision,
  threshold double precision,
  deciding boolean not null,
  verdict text not null,
  reason text not null,
  reference_rows bigint not null,
  current_rows bigint not null,
  constraint drift_results_pkey primary key (model, drift_run_id, column_name, method),
  constraint drift_results_run_fkey foreign key (model, drift_run_id) references drift_runs on delete cascade,
  constraint drift_results_subject_check check (subject in ('feature', 'prediction', 'confidence', 'actual')),
  constraint drift_results_verdict_check check (verdict in ('ok', 'warning', 'critical', 'insufficient-data'))
);
comment on table drift_results is 'One method on one column of a drift run. Ratios (missing-ratio, invalid-ratio, out-of-range-ratio, beyond-3-sd-ratio, unseen-ratio) are methods without a threshold.';

create view data_drift_metrics as
select
  run.as_of as "timestamp",
  run.model,
  run.verdict in ('warning', 'critical') as dataset_drift_detected,
  run.drift_share,
  cardinality(run.drifted_features) as num_drifted_features,
  run.drifted_features,
  (
    select jsonb_object_agg(result.column_name, jsonb_build_object(
      'method', result.method, 'statistic', result.statistic, 'p_value', result.p_value, 'effect', result.effect,
      'threshold', result.threshold, 'verdict', result.verdict, 'reason', result.reason))
    from drift_results result
    where result.model = run.model and result.drift_run_id = run.drift_run_id and result.deciding
  ) as drift_details,
  run.window_start,
  run.window_end,
  run.verdict
from drift_runs run;
comment on view data_drift_metrics is 'One flat row a drift run.';

-- ---------------------------------------------------------------- performance

create table performance_evaluations (
  model text not null,
  version text not null,
  segment text not null default '',
  window_start timestamptz not null,
  window_end timestamptz not null,
  revision integer not null,
  as_of timestamptz not null,
  state text not null,
  verdict text not null,
  reason text not null,
  metrics jsonb not null,
  details jsonb not null,
  sample_size integer not null,
  prediction_count integer not null,
  coverage double precision,
  content_hash text not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint performance_evaluations_pkey primary key (model, version, segment, window_start, window_end, revision),
  constraint performance_evaluations_state_check check (state in ('provisional', 'final')),
  constraint performance_evaluations_verdict_check check (verdict in ('ok', 'warning', 'critical', 'insufficient-data'))
);
create index performance_evaluations_window_end on performance_evaluations (model, window_end);
comment on table performance_evaluations is 'The performance of a model version over one window, every revision of it.';
comment on column performance_evaluations.metrics is 'Metric -> number; a metric that is not computable is absent, with its reason in details.';
comment on column performance_evaluations.coverage is 'Outcomes / serving predictions of the window.';
comment on column performance_evaluations.content_hash is 'Hash of what was computed: an evaluation that finds the same stores nothing.';

create view latest_performance_evaluations as
select distinct on (model, version, segment, window_start, window_end) *
from performance_evaluations
order by model, version, segment, window_start, window_end, revision desc;
comment on view latest_performance_evaluations is 'The newest revision of each evaluation.';

create view model_performance as
select
  evaluation.model as model_name,
  evaluation.version as model_version,
  (evaluation.window_end at time zone 'UTC')::date - 1 as evaluation_date,
  (evaluation.metrics ->> 'rmse')::double precision as rmse,
  (evaluation.metrics ->> 'mae')::double precision as mae,
  (evaluation.metrics ->> 'mape')::double precision as mape,
  (evaluation.metrics ->> 'r2')::double precision as r2_score,
  (evaluation.metrics ->> 'peak_hour_mape')::double precision as peak_hour_mape,
  (evaluation.metrics ->> 'accuracy')::double precision as accuracy,
  (evaluation.metrics ->> 'precision')::double precision as "precision",
  (evaluation.metrics ->> 'recall')::double precision as recall,
  (evaluation.metrics ->> 'f1')::double precision as f1_score,
  (evaluation.metrics ->> 'roc_auc')::double precision as auc_roc,
  evaluation.sample_size,
  (
    select run.drift_share
    from drift_runs run
    where run.model = evaluation.model and run.segment = evaluation.segment and run.window_end = evaluation.window_end
    order by run.window_start
    limit 1
  ) as data_drift_score,
  evaluation.revision,
  evaluation.coverage,
  evaluation.window_start,
  evaluation.window_end,
  evaluation.verdict
from latest_performance_evaluations evaluation;
comment on view model_performance is 'One flat row an evaluated window, its newest revision. evaluation_date is the last day of the window; a window of one day has window_end - window_start = 1 day.';

create view predictions_with_actuals as
select
  prediction.model,
  prediction.version,
  prediction.entity,
  prediction.event_time,
  prediction.issued_at,
  prediction.role,
  prediction.features,
  prediction.prediction,
  prediction.predicted_class,
  prediction.probabilities,
  outcome.actual,
  outcome.actual_class,
  outcome.recorded_at
from predictions prediction
join outcomes outcome using (model, event_time, prediction_id);
comment on view predictions_with_actuals is 'Predictions with their features and the actual that was attached: what a trainer reads.';

create function performance_trend(of_model text, of_metric text, days integer, until timestamptz)
returns table (model_version text, day_count bigint, first_value double precision, last_value double precision, change_per_day double precision)
language sql stable as $$
  select
    version,
    count(*),
    (array_agg(value order by window_end))[1],
    (array_agg(value order by window_end desc))[1],
    regr_slope(value, extract(epoch from window_end) / 86400)
  from (
    select version, window_end, (metrics ->> of_metric)::double precision as value
    from latest_performance_evaluations
    where model = of_model
      and window_end - window_start = interval '1 day'
      and window_end > until - make_interval(days => days)
      and window_end <= until
      and metrics ? of_metric
  ) daily
  group by version
$$;
comment on function performance_trend is 'How a metric of the daily evaluations has moved over the last days: the slope of the least-squares line, per day and version.';

-- ---------------------------------------------------------------- degradation and retraining

create table degradation_checks (
  model text not null,
  window_end timestamptz not null,
  as_of timestamptz not null,
  verdict text not null,
  reason text not null,
  version text,
  findings jsonb not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint degradation_checks_pkey primary key (model, window_end),
  constraint degradation_checks_verdict_check check (verdict in ('ok', 'warning', 'critical', 'insufficient-data'))
);
comment on table degradation_checks is 'The rules over the evaluations and drift up to a day, with the evidence.';

create table retraining_runs (
  model text not null,
  retraining_id text not null,
  state text not null,
  reason text not null,
  as_of timestamptz not null,
  training_start timestamptz not null,
  training_end timestamptz not null,
  holdout_start timestamptz not null,
  holdout_end timestamptz not null,
  champion_version text,
  challenger_version text,
  comparison jsonb,
  workflow_id text not null,
  run_id text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint retraining_runs_pkey primary key (model, retraining_id),
  constraint retraining_runs_state_check check (state in ('training', 'validating', 'promoted', 'rejected', 'failed'))
);
create unique index retraining_runs_one_running on retraining_runs (model) where state in ('training', 'validating');
comment on table retraining_runs is 'Each retraining: why it started, what it was trained and held out on, and how it ended. At most one runs a model.';

-- ---------------------------------------------------------------- alerts

create table alerts (
  model text not null,
  alert_key text not null,
  episode integer not null,
  kind text not null,
  subject text not null,
  severity text not null,
  state text not null,
  summary text not null,
  opened_as_of timestamptz not null,
  resolved_as_of timestamptz,
  constraint alerts_pkey primary key (model, alert_key, episode),
  constraint alerts_severity_check check (severity in ('info', 'warning', 'critical')),
  constraint alerts_state_check check (state in ('open', 'resolved'))
);
create unique index alerts_one_open on alerts (model, alert_key) where state = 'open';
comment on table alerts is 'An alert is a fact with a life: its key is <kind>:<model>:<subject>, and each time it opens anew is an episode.';

create table alert_events (
  model text not null,
  alert_key text not null,
  episode integer not null,
  event text not null,
  severity text not null,
  as_of timestamptz not null,
  summary text not null,
  facts jsonb not null,
  workflow_id text not null,
  run_id text not null,
  recorded_at timestamptz not null default now(),
  constraint alert_events_pkey primary key (model, alert_key, episode, event),
  constraint alert_events_alert_fkey foreign key (model, alert_key, episode) references alerts on delete cascade,
  constraint alert_events_severity_check check (severity in ('info', 'warning', 'critical'))
);
comment on table alert_events is 'What happened to an alert: opened, escalated, resolved. People are told of each event once a channel.';
comment on column alert_events.facts is 'The numbers for the message: [{ "name", "value" }].';

create table alert_deliveries (
  model text not null,
  alert_key text not null,
  episode integer not null,
  event text not null,
  channel text not null,
  recipient text not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  claimed_at timestamptz,
  delivered_at timestamptz,
  last_error text,
  constraint alert_deliveries_pkey primary key (model, alert_key, episode, event, channel, recipient),
  constraint alert_deliveries_event_fkey foreign key (model, alert_key, episode, event) references alert_events on delete cascade,
  constraint alert_deliveries_channel_check check (channel in ('slack', 'email')),
  constraint alert_deliveries_state_check check (state in ('pending', 'claimed', 'delivered'))
);
comment on table alert_deliveries is 'One message of an alert event through one channel: claimed before it is sent, delivered once.';
comment on column alert_deliveries.recipient is 'The e-mail addresses, or the name of the Slack webhook; never a secret.';
