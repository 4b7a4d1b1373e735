-- Rows that are old enough are removed, with an account of it; what was computed of them stays as it is.

create table removed_ranges (
  model text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  is_empty boolean not null default false,
  constraint removed_ranges_pkey primary key (model, window_start),
  constraint removed_ranges_order_check check (window_end > window_start)
);
comment on table removed_ranges is 'Whole UTC days whose rows are removed, or about to be: nothing is computed any more from what is left of them, and what was computed stays as it is.';
comment on column removed_ranges.is_empty is 'All rows are gone. Ranges that touch each other become one then.';

create table removals (
  model text not null,
  table_name text not null,
  window_start timestamptz,
  window_end timestamptz not null,
  row_count bigint not null,
  partition_name text not null default '',
  reason text not null,
  as_of timestamptz not null,
  workflow_id text not null,
  run_id text not null,
  removed_at timestamptz not null default now(),
  constraint removals_pkey primary key (model, table_name, window_end, partition_name, reason),
  constraint removals_reason_check check (reason in ('retention', 'forgotten'))
);
create index removals_newest on removals (removed_at desc);
comment on table removals is 'What was removed of each model and table: one row a range, with the run that began it. Written in the transaction that removes.';
comment on column removals.window_start is 'Null: everything before window_end.';
comment on column removals.partition_name is 'The partition that went as a whole; empty where rows were deleted one by one.';
comment on column removals.reason is 'retention: they were older than they are to be kept; forgotten: somebody had the model forgotten.';

create function remove_rows(parent text, of_model text, from_time timestamptz, to_time timestamptz, at_most bigint) returns bigint
language plpgsql set timezone to 'UTC' as $$
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
      'delete from %1$I where ctid = any (array(
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
comment on function remove_rows is 'Deletes at most so many rows of a model in a range of event time, the oldest first, and marks nothing. Gives how many these were; hours that are marked keep theirs.';

create function set_aside_late_rows(of_model text, from_time timestamptz, to_time timestamptz, why text) returns bigint
language sql set timezone to 'UTC' as $$
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
  select count(*) from late
$$;
comment on function set_aside_late_rows is 'Moves the predictions and actuals of a range, as far as its rows are removed, to rejected_rows. Gives how many these were.';

create function is_removed_partition(partition text, range_start timestamptz, range_end timestamptz) returns boolean
language plpgsql stable set timezone to 'UTC' as $$
declare
  of_model text := '';
begin
  if not exists (select from removed_ranges where window_start <= range_start and window_end >= range_end) then
    return false;
  end if;
  -- A step into the index for each model that has rows.
  loop
    execute format('select min(model) from %I where model > $1', partition) into of_model using of_model;
    exit when of_model is null;
    if not exists (
      select from removed_ranges where model = of_model and window_start <= range_start and window_end >= range_end)
    or exists (
      select from dirty_windows
      where model = of_model and stage = 'outcomes' and window_start >= range_start and window_start < range_end) then
      return false;
    end if;
  end loop;
  return true;
end
$$;
comment on function is_removed_partition is 'Is the range of a partition removed for every model that has rows in it, and did none of these come late?';

create function removed_partitions(parent text) returns table (name text, from_time timestamptz, to_time timestamptz)
language sql stable set timezone to 'UTC' as $$
  select range.name, range.from_time, range.to_time
  from partition_ranges(parent::regclass) as range
  where range.to_time <= (select max(window_end) from removed_ranges)
    and is_removed_partition(range.name, range.from_time, range.to_time)
  order by range.from_time
$$;
comment on function removed_partitions is 'The partitions of a table that can go as a whole.';

create function drop_removed_partition(parent text, partition text) returns boolean
language plpgsql set timezone to 'UTC' as $$
declare
  bounds record;
begin
  select range.from_time, range.to_time into bounds from partition_ranges(parent::regclass) as range where range.name = partition;
  if not found or parent not in ('predictions', 'actuals', 'outcomes') then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tidewatch:partitions', 0));
  -- In the order of whoever writes: the table, then its partition.
  execute format('lock table only %I in access exclusive mode', parent);
  execute format('lock table %I in access exclusive mode', partition);
  if not is_removed_partition(partition, bounds.from_time, bounds.to_time) then
    return false;
  end if;
  execute format('drop table %I', partition);
  return true;
end
$$;
comment on function drop_removed_partition is 'Drops a partition that can go as a whole, and says whether it did. Set lock_timeout before, to less than deadlock_timeout.';

-- Whoever looks after the storage need not own the tables.
do $$
declare
  called text;
begin
  foreach called in array array[
    'remove_rows(text, text, timestamptz, timestamptz, bigint)', 'removed_partitions(text)',
    'set_aside_late_rows(text, timestamptz, timestamptz, text)', 'is_removed_partition(text, timestamptz, timestamptz)', 'drop_removed_partition(text, text)'] loop
    execute format('alter function %s security definer', called);
    execute format('alter function %s set search_path = %I, pg_temp', called, current_schema());
    execute format('revoke execute on function %s from public', called);
  end loop;
end
$$;
