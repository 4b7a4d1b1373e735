-- In a database of several nodes, one answers what is asked of one model; and functions that Citus refuses in SQL are in PL/pgSQL.
-- older code: works

-- Materialized, what is used twice is found of all models before one is chosen.
-- same result: test/sql/same-result.test.ts
create or replace view model_aliases with (security_invoker = true) as
with rolled_out as not materialized (
  select model, challenger_version as version, traffic_share
  from retraining_runs
  where state in ('shadow', 'canary') and challenger_version is not null
),
champion as not materialized (
  select model, version from model_versions where stage = 'champion'
)
select champion.model, 'champion' as alias, champion.version, 1 - coalesce(rolled_out.traffic_share, 0) as traffic_share
from champion
left join rolled_out using (model)
union all
select model, 'challenger', version, traffic_share
from rolled_out
union all
select model, 'previous', version, 0
from (
  select distinct on (run.model) run.model, run.champion_version as version
  from retraining_runs run
  join champion on champion.model = run.model and champion.version = run.challenger_version
  where run.promoted_as_of is not null and run.state <> 'rolled-back' and run.champion_version is not null
  order by run.model, run.promoted_as_of desc
) replaced;

-- Of several nodes each says of its rows that there are some by a column of theirs.
-- same result: test/sql/same-result.test.ts
create or replace function is_removed_partition(partition text, range_start timestamptz, range_end timestamptz) returns boolean
language plpgsql stable security definer set timezone to 'UTC' set search_path from current as $$
declare
  of_model text := '';
begin
  if not exists (select model from removed_ranges where window_start <= range_start and window_end >= range_end) then
    return false;
  end if;
  -- A step into the index for each model that has rows.
  loop
    execute format('select min(model) from %I where model > $1', partition) into of_model using of_model;
    exit when of_model is null;
    if not exists (
      select model from removed_ranges where model = of_model and window_start <= range_start and window_end >= range_end)
    or exists (
      select model from dirty_windows
      where model = of_model and stage = 'outcomes' and window_start >= range_start and window_start < range_end) then
      return false;
    end if;
  end loop;
  return true;
end
$$;

-- same result: test/sql/same-result.test.ts
create or replace function removed_partitions(parent text) returns table (name text, from_time timestamptz, to_time timestamptz)
language plpgsql stable security definer set timezone to 'UTC' set search_path from current as $$
declare
  whole regclass := parent::regclass;
  newest timestamptz;
begin
  select max(window_end) into newest from removed_ranges;
  return query
    select range.name, range.from_time, range.to_time
    from partition_ranges(whole) as range
    where range.to_time <= newest and is_removed_partition(range.name, range.from_time, range.to_time)
    order by range.from_time;
end
$$;

-- same result: test/sql/same-result.test.ts
create or replace function set_aside_late_rows(of_model text, from_time timestamptz, to_time timestamptz, why text) returns bigint
language plpgsql security definer set timezone to 'UTC' set search_path from current as $$
declare
  moved bigint;
begin
  with range as (
    select greatest(window_start, from_time) as range_start, least(window_end, to_time) as range_end
    from removed_ranges where model = of_model and window_start < to_time and window_end > from_time
  ), late_predictions as (
    delete from predictions using range
    where model = of_model and event_time >= range_start and event_time < range_end and event_time >= from_time and event_time < to_time
    returning predictions.*
  ), late_actuals as (
    delete from actuals using range
    where model = of_model and event_time >= range_start and event_time < range_end and event_time >= from_time and event_time < to_time
    returning actuals.*
  ), late as (
    select 'predictions' as stream, jsonb_build_object(
      'version', version, 'entity', entity, 'eventTime', event_time, 'issuedAt', issued_at, 'role', role, 'features', features,
      'prediction', coalesce(to_jsonb(prediction), to_jsonb(predicted_class)), 'probabilities', probabilities,
      'interval', case when interval_low is null then null else jsonb_build_object('low', interval_low, 'high', interval_high) end) as content
    from late_predictions
    union all
    select 'actuals', jsonb_build_object(
      'entity', entity, 'eventTime', event_time, 'value', coalesce(to_jsonb(value), to_jsonb(class)), 'recordedAt', recorded_at)
    from late_actuals
  ), kept as (
    insert into rejected_rows (model, stream, reason, content)
    select of_model, stream, why, jsonb_strip_nulls(content) from late
    on conflict do nothing
  )
  select count(*) into moved from late;
  return moved;
end
$$;

-- Where a row lies is known to the node of its model.
-- same result: test/sql/same-result.test.ts
create or replace function remove_rows(parent text, of_model text, from_time timestamptz, to_time timestamptz, at_most bigint) returns bigint
language plpgsql security definer set timezone to 'UTC' set search_path from current as $$
declare
  part text;
  removed bigint := 0;
  gone bigint;
begin
  if parent not in ('predictions', 'actuals', 'outcomes') then
    raise exception '% is not a partitioned table', parent;
  end if;
  for part in
    select name from partition_ranges(parent::regclass) as range where range.from_time < remove_rows.to_time and range.to_time > remove_rows.from_time
    union all select parent || '_default'
  loop
    exit when removed >= at_most;
    -- Of the partition itself, not of its parent: the triggers that mark hours are the parent's, and nothing is to be computed again.
    -- Hours with a mark have rows that came late; whoever takes the mark sets them aside first. Both are read by one statement: a row is
    -- seen with its mark, or not at all.
    execute format(
      'delete from %1$I where model = $1 and ctid = any (array(
         select ctid from %1$I
         where model = $1 and event_time >= $2 and event_time < $3
           and date_trunc(''hour'', event_time) <> all (array(
             select window_start from dirty_windows
             where model = $1 and stage = ''outcomes'' and window_start >= $2 and window_start < $3))
         order by event_time limit $4))', part)
      using of_model, from_time, to_time, at_most - removed;
    get diagnostics gone = row_count;
    removed := removed + gone;
  end loop;
  return removed;
end
$$;

-- same result: test/sql/same-result.test.ts
create or replace function performance_trend(of_model text, of_metric text, days integer, until timestamptz)
returns table (model_version text, day_count bigint, first_value double precision, last_value double precision, change_per_day double precision)
language plpgsql stable as $$
begin
  return query
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
    group by version;
end
$$;

-- same result: test/sql/same-result.test.ts
create or replace function get_performance_trend(of_model text, days integer default 14, of_metric text default null, until timestamptz default now())
returns table (metric text, model_version text, day_count bigint, first_value double precision, last_value double precision, change_per_day double precision)
language plpgsql stable as $$
declare
  name text;
begin
  for name in
    select known.key
    from (
      select distinct jsonb_object_keys(metrics) as key
      from performance_evaluations
      where model = of_model and segment = ''
        and window_end > until - make_interval(days => days) and window_end <= until
    ) known
    where of_metric is null or known.key = of_metric
    order by known.key
  loop
    return query
      select name, trend.* from performance_trend(of_model, name, days, until) as trend order by trend.model_version;
  end loop;
end
$$;
