-- Verdicts that are restated with the evaluations they rest on, and the trend of a model by the name that people look for.

alter table degradation_checks add column restatements jsonb not null default '[]';
comment on column degradation_checks.restatements is 'Each time that restated evaluations changed the verdict of the day: [{ "by", "from", "to", "numbers" }], the oldest first. "by" is the window end of the check that found it, which told people.';
comment on column degradation_checks.findings is 'What each rule says and by which numbers: by core/degradation/judgement.ts.';
comment on table degradation_checks is 'The rules over the evaluations and drift up to a day, with the evidence. Until the actuals horizon closes a day is judged again as its evaluations are restated.';

create function get_performance_trend(of_model text, days integer default 14, of_metric text default null, until timestamptz default now())
returns table (metric text, model_version text, day_count bigint, first_value double precision, last_value double precision, change_per_day double precision)
language sql stable as $$
  select metric, trend.*
  from (
    select distinct jsonb_object_keys(metrics) as metric
    from performance_evaluations
    where model = of_model and segment = ''
      and window_end > until - make_interval(days => days) and window_end <= until
  ) known
  cross join lateral performance_trend(of_model, metric, days, until) trend
  where of_metric is null or metric = of_metric
  order by metric, model_version
$$;
comment on function get_performance_trend is 'How every metric of a model (or one of them) has moved over the last days: performance_trend of each.';
