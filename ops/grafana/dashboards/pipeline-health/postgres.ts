import type { Row } from '../../parts/frame.ts';
import { series, table } from '../../parts/panels.ts';
import { promql, sqlRows } from '../../parts/queries.ts';

export const postgresRow: Row = {
  title: 'Postgres',
  panels: [
    table({
      title: 'Size of the tables',
      about: 'With indexes, the partitions of a table together.',
      span: 12,
      columns: { size: { unit: 'bytes' } },
      queries: [
        sqlRows(`
select coalesce(parent.relname, relation.relname) as table, sum(pg_total_relation_size(relation.oid)) as size,
  sum(greatest(relation.reltuples, 0))::bigint as rows
from pg_class relation
left join pg_inherits inherits on inherits.inhrelid = relation.oid
left join pg_class parent on parent.oid = inherits.inhparent
where relation.relkind in ('r', 'm') and relation.relnamespace = 'public'::regnamespace
group by 1
order by 2 desc
limit 30`),
      ],
    }),
    series({
      title: 'Connections to Postgres',
      about: 'By database and state. The limit is max_connections.',
      unit: 'short',
      min: 0,
      queries: [
        promql(
          'sum by (datname, state) (pg_stat_activity_count{job="postgres"}) > 0',
          '{{datname}} {{state}}',
        ),
        promql('pg_settings_max_connections{job="postgres"}', 'limit'),
      ],
    }),
    series({
      title: 'Transactions of Postgres',
      about: 'A second, by database; those that were rolled back apart.',
      unit: 'ops',
      min: 0,
      queries: [
        promql(
          'rate(pg_stat_database_xact_commit{job="postgres",datname!=""}[$__rate_interval])',
          '{{datname}}',
        ),
        promql(
          'rate(pg_stat_database_xact_rollback{job="postgres",datname!=""}[$__rate_interval])',
          '{{datname}} rolled back',
        ),
      ],
    }),
    series({
      title: 'Size of the databases',
      about: 'With all tables and indexes.',
      unit: 'bytes',
      min: 0,
      queries: [promql('pg_database_size_bytes{job="postgres"}', '{{datname}}')],
    }),
  ],
};
