-- What the list of all models reads of each: without unpacking its configuration, and of its drift runs from the index alone.

create function disabled_columns(configuration jsonb) returns text[]
language sql immutable parallel safe as $$
  select coalesce(array_agg(name order by name), '{}')
  from (
    select key as name, value
    from jsonb_each(case jsonb_typeof(configuration -> 'features') when 'object' then configuration -> 'features' else '{}' end)
    union all
    select key, value
    from jsonb_each(case jsonb_typeof(configuration) when 'object' then configuration else '{}' end)
    where key in ('prediction', 'confidence', 'actual')
  ) setting
  where value ->> 'enabled' = 'false'
$$;
comment on function disabled_columns is 'The columns that count for no verdict, as a monitor says; none of one that cannot be read.';

alter table monitors
  add column current_window text generated always as (configuration ->> 'current') stored,
  add column disabled_columns text[] generated always as (disabled_columns(configuration)) stored;
comment on column monitors.current_window is 'How long the windows are that drift is looked for in, such as 7d; from the configuration.';
comment on column monitors.disabled_columns is 'Columns that count for no verdict; from the configuration.';

-- The start is there since no scan of an index alone knows how long a window is without it.
drop index drift_runs_whole;
create index drift_runs_whole
  on drift_runs (model, (window_end - window_start), window_end desc)
  include (window_start, verdict, quality_verdict, drift_share, drift_run_id)
  where segment = '';
