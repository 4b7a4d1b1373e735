-- What drift verdicts need: day sums of profiles, calibrations, two questions a column, data quality, importances, reports.

alter table model_references drop constraint model_references_kind_check;
alter table model_references add constraint model_references_kind_check
  check (kind in ('fixed', 'rolling', 'seasonal', 'training-statistics'));

create table profile_days (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  day timestamptz not null,
  column_name text not null,
  content bytea not null,
  constraint profile_days_pkey primary key (model, reference_id, segment, day, column_name),
  constraint profile_days_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table profile_days is 'The sum of the 24 hourly profiles of a UTC day, once all of them are there; a month is 30 rows a column instead of 720.';
comment on column profile_days.content is 'Encoded by core/profile/encode.ts.';

create table calibrations (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  column_name text not null,
  window_length interval not null,
  before timestamptz not null,
  content jsonb not null,
  constraint calibrations_pkey primary key (model, reference_id, segment, column_name, window_length, before),
  constraint calibrations_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table calibrations is 'How much windows of a column usually differ from the reference and from those before them, when nothing is wrong.';
comment on column calibrations.before is 'Only hours before it were looked at: the start of the current window, or the end of a reference that has enough windows of its own.';
comment on column calibrations.content is 'By core/calibration/calibration.ts.';

alter table drift_runs add column quality_verdict text, add column quality_reason text;
alter table drift_runs add constraint drift_runs_quality_verdict_check
  check (quality_verdict in ('ok', 'warning', 'critical', 'insufficient-data'));
alter table drift_runs add column checked_at timestamptz not null default clock_timestamp();
comment on column drift_runs.checked_at is 'When a run last found this, be it the same again: a run that has read the window before does not replace it.';
comment on column drift_runs.quality_verdict is 'The worst data-quality check of the window; null in a segment.';

alter table drift_results
  add column question text not null default 'reference',
  add column adjusted_p_value double precision,
  add column error_bound double precision,
  add column weight double precision,
  add column details jsonb;
alter table drift_results drop constraint drift_results_pkey;
alter table drift_results add constraint drift_results_pkey primary key (model, drift_run_id, column_name, method, question);
alter table drift_results drop constraint drift_results_subject_check;
alter table drift_results add constraint drift_results_subject_check
  check (subject in ('feature', 'prediction', 'confidence', 'actual', 'multivariate'));
alter table drift_results add constraint drift_results_question_check check (question in ('reference', 'recent'));
comment on column drift_results.question is 'reference: does the window differ from the reference? recent: has it changed suddenly against the last weeks?';
comment on column drift_results.adjusted_p_value is 'After the Benjamini-Hochberg correction over all columns, segments and questions of the run.';
comment on column drift_results.error_bound is 'The statistic of the raw rows differs by at most so much; null when it is exact.';
comment on column drift_results.weight is 'Importance of the feature to the model, 0 to 1; null where it is not known.';

create table quality_results (
  model text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  check_name text not null,
  column_name text not null,
  verdict text not null,
  reason text not null,
  counts jsonb not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  constraint quality_results_pkey primary key (model, window_start, window_end, check_name, column_name),
  constraint quality_results_verdict_check check (verdict in ('ok', 'warning', 'critical', 'insufficient-data'))
);
comment on table quality_results is 'One data-quality check of one column (empty: of the whole window), with its counts.';

create table feature_importances (
  model text not null,
  version text not null,
  feature text not null,
  importance double precision not null,
  source text not null,
  as_of timestamptz not null,
  row_count integer,
  fidelity double precision,
  learned_from text,
  constraint feature_importances_pkey primary key (model, version, feature, source, as_of),
  constraint feature_importances_source_check check (source in ('trainer', 'surrogate')),
  constraint feature_importances_share_check check (importance >= 0 and importance <= 1)
);
comment on table feature_importances is 'How much each feature matters to a version: shares that sum to 1. Only those of one source compare.';
comment on column feature_importances.source is 'trainer: it reported them; surrogate: by permutation on outcomes, in trees fitted to the predictions of the version (the model itself cannot be called).';
comment on column feature_importances.as_of is 'When the trainer reported them, or the end of the four weeks of outcomes that they were learned from.';
comment on column feature_importances.row_count is 'Outcomes that were looked at; null for those of a trainer.';
comment on column feature_importances.fidelity is 'Share of the predictions that the trees explain, 0.5 to 1; null for those of a trainer.';
comment on column feature_importances.learned_from is 'Hash of these outcomes: the same are not learned from again.';

create table importance_shifts (
  model text not null,
  drift_run_id bigint not null,
  since text not null,
  feature text not null,
  source text not null,
  before_version text not null,
  before_as_of timestamptz not null,
  importance_before double precision not null,
  rank_before integer not null,
  version text not null,
  as_of timestamptz not null,
  importance double precision not null,
  rank integer not null,
  constraint importance_shifts_pkey primary key (model, drift_run_id, since, feature),
  constraint importance_shifts_run_fkey foreign key (model, drift_run_id) references drift_runs on delete cascade,
  constraint importance_shifts_since_check check (since in ('time', 'version'))
);
comment on table importance_shifts is 'How the importance of each feature has moved, as a drift run saw it. The share that moved in all is half the sum of the absolute changes.';
comment on column importance_shifts.since is 'time: the same version, learned from outcomes at least four weeks older; version: the version before.';
comment on column importance_shifts.rank is '1 is the most important feature; equal ones share the better rank.';

create table drift_error_correlations (
  model text not null,
  drift_run_id bigint not null,
  feature text not null,
  metric text not null,
  related text not null,
  correlation double precision,
  p_value double precision,
  adjusted_p_value double precision,
  window_count integer,
  reason text not null,
  constraint drift_error_correlations_pkey primary key (model, drift_run_id, feature),
  constraint drift_error_correlations_run_fkey foreign key (model, drift_run_id) references drift_runs on delete cascade,
  constraint drift_error_correlations_related_check check (related in ('yes', 'no', 'unknown'))
);
comment on table drift_error_correlations is 'Does the model err more where a feature has drifted more? Over the windows before that of a drift run, as they were stored when it was computed. No proof of a cause: a season drives both.';
comment on column drift_error_correlations.correlation is 'Rank correlation of the effect of its deciding method with the error, -1 to 1: above 0, more drift goes with more error.';
comment on column drift_error_correlations.adjusted_p_value is 'After the Benjamini-Hochberg correction over the features of the run.';

create table reports (
  model text not null,
  kind text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  html text not null,
  stored_at timestamptz not null default now(),
  constraint reports_pkey primary key (model, kind, window_start, window_end),
  constraint reports_kind_check check (kind in ('drift'))
);
comment on table reports is 'Reports as one self-contained HTML file each; the newest of a window replaces the former.';

update model_references set merged_profiles = null;
comment on column model_references.merged_profiles is 'Segment -> column -> sum of its hourly profiles (base64); null while any of its hours has to be profiled again.';

alter table alert_events add column links jsonb not null default '[]';
comment on column alert_events.links is 'Pages of Tidewatch for the message: [{ "label", "path" }].';

create or replace view data_drift_metrics as
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
      'threshold', result.threshold, 'verdict', result.verdict, 'reason', result.reason, 'question', result.question,
      'adjusted_p_value', result.adjusted_p_value, 'weight', result.weight))
    from drift_results result
    where result.model = run.model and result.drift_run_id = run.drift_run_id and result.deciding
  ) as drift_details,
  run.window_start,
  run.window_end,
  run.verdict
from drift_runs run
where run.segment = '';
comment on view data_drift_metrics is 'One flat row a drift run over all rows; segments are in drift_runs.';
