/** The clock of the database, which can be moved: what only time ends need not be waited for. */

import { persist, type World } from './world.ts';

/** It goes forward by so much, for good; what is kept from others for a while is free then. */
export async function moveClock({ database }: Pick<World, 'database'>, milliseconds: number): Promise<void> {
  for (const name of ['clock_timestamp', 'now']) {
    await persist(() =>
      database.execute(`
        do $$
        declare body text := (select prosrc from pg_proc where oid = 'skewed.${name}()'::regprocedure);
        declare was interval := coalesce(substring(body from 'interval ''([^'']*)''')::interval, '0');
        begin
          execute format(
            'create or replace function skewed.${name}() returns timestamptz language sql ${name === 'now' ? 'stable' : 'volatile'} as %L',
            format('select pg_catalog.${name}() + interval %L', was + interval '${milliseconds} milliseconds'));
        end $$`),
    );
  }
}
