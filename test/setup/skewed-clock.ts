/** A database whose clock differs from that of the machine. */

import type { Database } from '../../sql/database.ts';

/**
 * From the next connections on, `now()` and `clock_timestamp()` are so much later: `interval` is text such as `-1 hour`. Defaults of
 * columns are bound to the functions when they are made, and so are made again.
 */
export async function skewClock(database: Database, interval: string): Promise<void> {
  await database.execute(`
    create schema if not exists skewed;
    create or replace function skewed.clock_timestamp() returns timestamptz language sql volatile
      as $$ select pg_catalog.clock_timestamp() + interval '${interval}' $$;
    create or replace function skewed.now() returns timestamptz language sql stable
      as $$ select pg_catalog.now() + interval '${interval}' $$;
    set search_path = skewed, pg_catalog, public;
    do $$
    declare clock record;
    begin
      execute format('alter database %I set search_path = skewed, pg_catalog, public', current_database());
      for clock in
        select table_name, column_name, column_default from information_schema.columns
        where table_schema = 'public' and column_default ~ '^(pg_catalog\\.)?(now|clock_timestamp)\\(\\)$'
          and is_updatable = 'YES'
      loop
        execute format('alter table public.%I alter column %I set default %s', clock.table_name, clock.column_name,
          regexp_replace(clock.column_default, '^pg_catalog\\.', ''));
      end loop;
    end $$`);
}
