-- Who writes rows need not own the tables: the functions that make partitions and marks do that in the name of their owner, and
-- look for names in this schema only, whatever the caller has put before it.
do $$
declare
  called text;
begin
  foreach called in array array['ensure_partitions(timestamptz, timestamptz)', 'mark_dirty()'] loop
    execute format('alter function %s security definer', called);
    execute format('alter function %s set search_path = %I, pg_temp', called, current_schema());
  end loop;
end
$$;
-- `tidewatch migrate --roles` grants it to those that write rows.
revoke execute on function ensure_partitions(timestamptz, timestamptz) from public;
