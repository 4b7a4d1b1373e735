-- Performance estimated before actuals arrive, and how far off it was when they did.

create table performance_estimators (
  model text not null,
  version text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  outcome_count integer not null,
  content jsonb not null,
  as_of timestamptz not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint performance_estimators_pkey primary key (model, version)
);
comment on table performance_estimators is 'What was learned once of how good a version is on which rows; frozen, so that it cannot follow a change that it is there to show. Delete the row to have it learned anew.';
comment on column performance_estimators.window_start is 'It was learned from outcomes from here up to window_end; windows that start before window_end are not estimated.';
comment on column performance_estimators.outcome_count is 'Outcomes that it was learned from, a sample where there were many.';
comment on column performance_estimators.content is 'Estimator of core/estimation/estimator.ts.';

create table performance_estimates (
  model text not null,
  version text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  row_count integer not null,
  metrics jsonb not null,
  intervals jsonb not null,
  details jsonb not null,
  realized jsonb,
  gaps jsonb,
  realized_revision integer,
  as_of timestamptz not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint performance_estimates_pkey primary key (model, version, window_start, window_end),
  constraint performance_estimates_realized_check
    check ((realized is null) = (gaps is null) and (realized is null) = (realized_revision is null))
);
comment on table performance_estimates is 'What the metrics of a version over a window will be, from its serving rows alone; stored at once, and held against what was realized when that is known.';
comment on column performance_estimates.row_count is 'Rows that it was estimated from, a sample where there were many.';
comment on column performance_estimates.metrics is 'Metric -> number; a metric without an estimate is absent, with its reason in details.';
comment on column performance_estimates.intervals is 'Metric -> [low, high]: 95%, of what will be realized if the inputs still mean what they meant.';
comment on column performance_estimates.realized is 'Metric -> number, from the newest evaluation of the window that passed the gate (its revision is realized_revision).';
comment on column performance_estimates.gaps is 'Metric -> realized - estimated. With stable inputs a gap beyond the interval is concept drift.';
comment on column performance_estimates.workflow_id is 'The run that first computed these numbers (with run_id); a repetition leaves the row as it is.';
