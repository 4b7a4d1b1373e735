-- Performance from hourly summaries of outcomes: a window costs its hours, and a changed hour costs that hour.

alter table outcomes add column interval_low double precision, add column interval_high double precision;
comment on column outcomes.interval_low is 'Lower end of the interval that came with the prediction, where it has one (likewise interval_high).';

create table outcome_summaries (
  model text not null,
  hour timestamptz not null,
  segment text not null default '',
  version text not null,
  prediction_count integer not null,
  outcome_count integer not null,
  content bytea not null,
  settings_hash text not null,
  constraint outcome_summaries_pkey primary key (model, hour, segment, version),
  constraint outcome_summaries_count_check check (prediction_count >= outcome_count and outcome_count >= 0)
);
comment on table outcome_summaries is 'Everything about the serving outcomes of an hour that adds up; any window is the sum of its hours. An hour without serving predictions has no row.';
comment on column outcome_summaries.segment is 'Empty: all rows; <feature>=<value>: a segment of the monitor; horizon=<name>: by how long before its event a prediction was issued.';
comment on column outcome_summaries.prediction_count is 'Serving predictions, and those whose retention has ended but not that of their outcomes.';
comment on column outcome_summaries.content is 'Encoded by core/performance/encode.ts.';
comment on column outcome_summaries.settings_hash is 'Hash of what in the monitor the content depends on (peak hours, classes, segments, horizons): an hour with another one is summarised again.';

alter table dirty_windows drop constraint dirty_windows_stage_check;
alter table dirty_windows add constraint dirty_windows_stage_check
  check (stage in ('outcomes', 'profiles', 'actual-profiles', 'summaries', 'evaluations'));
comment on column dirty_windows.stage is 'Who has to look again: outcomes (actualsBackfill), profiles and actual-profiles (driftDetection), summaries (performanceEvaluation, whoever writes outcomes), evaluations (performanceEvaluation, after a summary has changed).';

-- The distinct hours of the rows are looked for once, whatever the number of stages.
create or replace function mark_dirty() returns trigger
language plpgsql set timezone to 'UTC' as $$
begin
  insert into dirty_windows (model, stage, window_start, window_end)
  select model, stage, hour, hour + interval '1 hour'
  from (select distinct model, date_trunc('hour', event_time) as hour from changed_rows) changed,
    unnest(tg_argv) as stage;
  return null;
end
$$;

drop trigger predictions_inserted on predictions;
drop trigger predictions_updated on predictions;
drop trigger predictions_deleted on predictions;
drop trigger outcomes_inserted on outcomes;
drop trigger outcomes_updated on outcomes;
drop trigger outcomes_deleted on outcomes;
create trigger predictions_inserted after insert on predictions
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'summaries');
create trigger predictions_updated after update on predictions
  referencing new table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'summaries');
create trigger predictions_deleted after delete on predictions
  referencing old table as changed_rows for each statement execute function mark_dirty('outcomes', 'profiles', 'summaries');
create trigger outcomes_inserted after insert on outcomes
  referencing new table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'summaries');
create trigger outcomes_updated after update on outcomes
  referencing new table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'summaries');
create trigger outcomes_deleted after delete on outcomes
  referencing old table as changed_rows for each statement execute function mark_dirty('actual-profiles', 'summaries');

-- What is there already has no summaries yet, and its outcomes have no intervals.
set local timezone to 'UTC';
insert into dirty_windows (model, stage, window_start, window_end)
select model, 'summaries', hour, hour + interval '1 hour'
from (
  select model, date_trunc('hour', event_time) as hour from predictions where role = 'serving'
  union
  select model, date_trunc('hour', event_time) from outcomes where role = 'serving'
) hours;
insert into dirty_windows (model, stage, window_start, window_end)
select distinct model, 'outcomes', date_trunc('hour', event_time), date_trunc('hour', event_time) + interval '1 hour'
from predictions
where interval_low is not null or interval_high is not null;

alter table performance_evaluations
  add column intervals jsonb not null default '{}',
  add column gate text;
alter table performance_evaluations add constraint performance_evaluations_gate_check
  check (gate in ('passed', 'awaiting-actuals', 'selective-actuals', 'too-few-outcomes'));
comment on column performance_evaluations.intervals is 'Metric -> [low, high], 95%; a metric without one is absent, with its reason in details.';
comment on column performance_evaluations.gate is 'Whether the actuals are enough to judge by: passed, or why not (then the verdict is insufficient-data, and the numbers are what is known so far). Null in evaluations from before there was a gate.';
comment on column performance_evaluations.metrics is 'Metric -> number, also when the gate was not passed; a metric that is not computable is absent, with its reason in details.';
comment on column performance_evaluations.state is 'provisional until the actuals horizon closes, then final: later actuals restate it only by hand.';

create or replace view latest_performance_evaluations as
select distinct on (model, version, segment, window_start, window_end) *
from performance_evaluations
order by model, version, segment, window_start, window_end, revision desc;

create or replace view model_performance as
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
  evaluation.verdict,
  evaluation.state,
  evaluation.gate,
  evaluation.intervals
from latest_performance_evaluations evaluation
where evaluation.segment = '';
comment on view model_performance is 'One flat row an evaluated window over all rows, its newest revision; segments are in latest_performance_evaluations. evaluation_date is the last day of the window; a window of one day has window_end - window_start = 1 day.';

create or replace function performance_trend(of_model text, of_metric text, days integer, until timestamptz)
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
      and segment = ''
      and window_end - window_start = interval '1 day'
      and window_end > until - make_interval(days => days)
      and window_end <= until
      and verdict <> 'insufficient-data'
      and metrics ? of_metric
  ) daily
  group by version
$$;
comment on function performance_trend is 'How a metric of the daily evaluations that can be judged has moved over the last days: the slope of the least-squares line, per day and version.';
