-- Versions on the same rows, versions that share the traffic, baselines, segments, and slices in which a model is weak.

create table compared_windows (
  model text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  as_of timestamptz not null,
  outcome_count bigint not null,
  searches jsonb not null,
  compared_from text not null,
  configuration_hash text not null,
  code_version text not null,
  workflow_id text not null,
  run_id text not null,
  stored_at timestamptz not null default now(),
  constraint compared_windows_pkey primary key (model, window_start, window_end)
);
comment on table compared_windows is 'The windows whose outcomes were compared: versions, baselines, segments and weak slices. Compared again when their outcomes have changed.';
comment on column compared_windows.outcome_count is 'Outcomes of the window, served or in the shadow.';
comment on column compared_windows.searches is 'Version -> the search for weak slices: outcomes looked at (rows), slices tried, or why there was none (notComputable).';
comment on column compared_windows.compared_from is 'Hash of the outcomes and of the configuration: the same again computes nothing.';
comment on column compared_windows.workflow_id is 'The run that first computed these numbers (with run_id); a repetition leaves the row as it is.';

create table performance_comparisons (
  model text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  kind text not null,
  subject text not null,
  against text not null,
  metric text not null,
  verdict text not null,
  reason text not null,
  value double precision,
  against_value double precision,
  difference double precision,
  low double precision,
  high double precision,
  p_value double precision,
  row_count bigint not null,
  against_row_count bigint not null,
  left_out bigint not null,
  details jsonb not null,
  constraint performance_comparisons_pkey primary key (model, window_start, window_end, kind, subject, against, metric),
  constraint performance_comparisons_window_fkey foreign key (model, window_start, window_end)
    references compared_windows on delete cascade,
  constraint performance_comparisons_kind_check check (kind in ('version', 'ab', 'baseline')),
  constraint performance_comparisons_verdict_check
    check (verdict in ('better', 'not-better', 'higher', 'lower', 'unclear', 'insufficient-data'))
);
comment on table performance_comparisons is 'One metric of a model version held against another version or a baseline over one window; only on rows that both sides have, but for kind ab.';
comment on column performance_comparisons.kind is 'version: two versions on the same rows (entity, event time, hour of issue); ab: two serving versions on different rows of the hours in which both served; baseline: a version against last-week, seasonal-naive or constant.';
comment on column performance_comparisons.against is 'A version, or the name of a baseline.';
comment on column performance_comparisons.metric is 'A metric of performance_evaluations; conversion (share of actuals of the positive class) and mean_actual compare what happened, not the predictions.';
comment on column performance_comparisons.verdict is 'better, not-better: the whole 95% interval of the difference is on that side of 0; higher, lower: the same of what is neither good nor bad; unclear: it holds 0; insufficient-data: see reason.';
comment on column performance_comparisons.difference is 'value - against_value; low and high are its 95% interval, p_value is two-sided. Null where not computable.';
comment on column performance_comparisons.left_out is 'Outcomes of the subject that the other side has no usable row for.';
comment on column performance_comparisons.details is 'mcNemar (rows on which only one side is right, exact p), sampleRatio and coverage (kind ab).';

create table weak_slices (
  model text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  version text not null,
  source text not null,
  slice text not null,
  rank integer not null,
  conditions jsonb not null,
  metric text not null,
  reason text not null,
  value double precision not null,
  rest double precision not null,
  low double precision,
  high double precision,
  p_value double precision,
  adjusted_p_value double precision,
  row_count bigint not null,
  constraint weak_slices_pkey primary key (model, window_start, window_end, version, source, slice),
  constraint weak_slices_window_fkey foreign key (model, window_start, window_end)
    references compared_windows on delete cascade,
  constraint weak_slices_source_check check (source in ('segment', 'search'))
);
comment on table weak_slices is 'Where a version errs more than elsewhere, the worst first: evaluated segments of the monitor, and slices of one or two features that were searched for.';
comment on column weak_slices.source is 'segment: every evaluated segment, ranked by how much worse it is for certain; search: found in a sample of outcomes, the most certain first.';
comment on column weak_slices.slice is 'In words: workingday = 1 and hr 17 to 19; for a segment its name.';
comment on column weak_slices.metric is 'What value and rest are: mae, log_loss or error_rate inside the slice and in all other rows.';
comment on column weak_slices.low is '95% interval of value - rest (with high).';
comment on column weak_slices.p_value is 'How probable so much more loss is by chance, one-sided; adjusted_p_value after the correction for everything that was tried.';
