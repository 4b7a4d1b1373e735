-- What the pages of the console need to be fast, at few models as at many.

-- How many rows a model has of one length of window. Without it the planner takes two years of days for twenty rows, and reads and
-- sorts all of them for the newest 30: the statistics of a partial index do not count.
create statistics performance_evaluations_length on (window_end - window_start) from performance_evaluations;
create statistics drift_runs_length on (window_end - window_start) from drift_runs;
comment on statistics performance_evaluations_length is 'How many evaluations are of windows of one length.';
comment on statistics drift_runs_length is 'How many drift runs are of windows of one length.';

-- Which evaluation of a window counts (of the version that served most of it, the newest revision) is known from the index alone: a
-- chart of two years reads only the rows that it draws.
drop index performance_evaluations_whole;
create index performance_evaluations_whole
  on performance_evaluations (model, (window_end - window_start), window_end desc)
  include (window_start, prediction_count, version, revision)
  where segment = '';

-- What one run has stored, without reading all that a model has.
create index performance_evaluations_run on performance_evaluations (model, run_id);
create index drift_runs_run on drift_runs (model, run_id);
create index degradation_checks_run on degradation_checks (model, run_id);

-- The newest reports of all models.
create index reports_newest on reports (window_end desc, model, kind, window_start);

analyze performance_evaluations, drift_runs;
