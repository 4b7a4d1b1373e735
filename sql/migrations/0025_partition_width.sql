-- Partitions by month, week or day, beside each other; and rows that have gone to a default partition come home.

create function partition_ranges(parent regclass) returns table (name text, from_time timestamptz, to_time timestamptz)
language sql stable set timezone to 'UTC' as $$
  select relname::text, bound[1]::timestamptz, bound[2]::timestamptz
  from pg_inherits
  join pg_class on oid = inhrelid
  cross join lateral regexp_match(pg_get_expr(relpartbound, oid), 'FROM \(''([^'']+)''\) TO \(''([^'']+)''\)') as bound
  where inhparent = parent and bound is not null
$$;
comment on function partition_ranges is 'The partitions of a table and the half-open range of event time that each holds; without the default partition.';

create function partition_gaps(parent regclass, from_time timestamptz, to_time timestamptz)
returns table (gap_start timestamptz, gap_end timestamptz)
language sql stable set timezone to 'UTC' as $$
  with taken as (
    select greatest(range.from_time, partition_gaps.from_time) as first, least(range.to_time, partition_gaps.to_time) as last
    from partition_ranges(parent) as range
    where range.from_time < partition_gaps.to_time and range.to_time > partition_gaps.from_time
  ), starts as (
    select partition_gaps.from_time as at union select last from taken
  )
  select at, coalesce((select min(first) from taken where first > at), partition_gaps.to_time)
  from starts
  where at < partition_gaps.to_time and not exists (select from taken where first <= at and last > at)
  order by at
$$;
comment on function partition_gaps is 'The parts of a range of event time for which a table has no partition.';

create function partition_name(parent text, from_time timestamptz, to_time timestamptz) returns text
language sql stable set timezone to 'UTC' as $$
  select parent || case
    when from_time = date_trunc('month', from_time) and to_time = from_time + interval '1 month' then to_char(from_time, '"_"YYYY"_"MM')
    when to_time = from_time + interval '1 day' then to_char(from_time, '"_"YYYY"_"MM"_"DD')
    else to_char(from_time, '"_"YYYY"_"MM"_"DD') || to_char(to_time, '"_to_"YYYY"_"MM"_"DD')
  end
$$;
comment on function partition_name is 'What the partition of a range of whole days is called: by its month, its day, or its first day and the one after its last.';

create function partition_width() returns text
language sql stable as $$
  select coalesce((select configuration ->> 'partitionWidth' from installation_settings where name = 'storage'), 'month')
$$;
comment on function partition_width is 'month, week or day: how wide new partitions are. Those that are there stay as they are.';

create or replace function ensure_partitions(from_time timestamptz, to_time timestamptz) returns void
language plpgsql set timezone to 'UTC' as $$
declare
  width text := partition_width();
  step interval := ('1 ' || partition_width())::interval;
  parent text;
  unit_start timestamptz;
  gap record;
begin
  for unit_start in
    select generate_series(date_trunc(width, from_time), to_time, step)
  loop
    foreach parent in array array['predictions', 'actuals', 'outcomes'] loop
      continue when to_regclass(partition_name(parent, unit_start, unit_start + step)) is not null;
      continue when not exists (select from partition_gaps(parent, unit_start, unit_start + step));
      -- One caller at a time makes partitions; what another one has made meanwhile is seen after the wait.
      perform pg_advisory_xact_lock(hashtextextended('tidewatch:partitions', 0));
      for gap in select * from partition_gaps(parent, unit_start, unit_start + step) loop
        begin
          execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
            partition_name(parent, gap.gap_start, gap.gap_end), parent, gap.gap_start, gap.gap_end);
        exception when check_violation then
          -- The default partition already holds rows of this range: they stay until storageMaintenance moves them, and so do later ones.
          null;
        end;
      end loop;
    end loop;
  end loop;
end
$$;
comment on function ensure_partitions is 'Makes the partitions that rows between two instants need, as wide as partition_width says. Rows without one go to the default partition.';

create function move_strays(parent text, from_time timestamptz, to_time timestamptz) returns bigint
language plpgsql set timezone to 'UTC' as $$
declare
  home text := partition_name(parent, from_time, to_time);
  moved bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('tidewatch:partitions', 0));
  -- Writers wait before they choose a partition; readers of other partitions go on. A writer that had chosen the default partition and
  -- then waited for it would fail: its row would be of the new one.
  execute format('lock table only %I in share row exclusive mode', parent);
  execute format('lock table %I in access exclusive mode', parent || '_default');
  execute format('create table %I (like %I including all)', home, parent);
  -- Of the partition itself, not of its parent: the triggers that mark hours are the parent's, and nothing has changed.
  execute format('with moved as (delete from %I where event_time >= $1 and event_time < $2 returning *) insert into %I select * from moved',
    parent || '_default', home) using from_time, to_time;
  get diagnostics moved = row_count;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, home, from_time, to_time);
  return moved;
end
$$;
comment on function move_strays is 'Makes the partition of a range that has none, and moves there what the default partition holds of it. All in one transaction: set lock_timeout before, to less than deadlock_timeout.';

create function stray_days(parent text) returns table (day timestamptz, row_count bigint)
language plpgsql stable set timezone to 'UTC' as $$
begin
  return query execute format('select date_trunc(''day'', event_time), count(*) from %I group by 1', parent || '_default');
end
$$;
comment on function stray_days is 'How many rows of each UTC day the default partition of a table holds.';

-- Whoever writes rows, or looks after the storage, need not own the tables: both do it in the name of their owner.
do $$
declare
  called text;
begin
  foreach called in array array['ensure_partitions(timestamptz, timestamptz)', 'move_strays(text, timestamptz, timestamptz)', 'stray_days(text)'] loop
    execute format('alter function %s security definer', called);
    execute format('alter function %s set search_path = %I, pg_temp', called, current_schema());
    execute format('revoke execute on function %s from public', called);
  end loop;
end
$$;
