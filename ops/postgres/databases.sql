-- The Postgres image runs this once, on an empty volume: each application owns its databases and sees no other.
-- psql reads the passwords from the secrets of the container.

\set temporal_password `cat /run/secrets/temporal-db-password`
\set tidewatch_password `cat /run/secrets/tidewatch-db-password`
\set grafana_password `cat /run/secrets/grafana-db-password`
\set worker_password `cat /run/secrets/worker-db-password`
\set console_password `cat /run/secrets/console-db-password`
\set ingest_password `cat /run/secrets/ingest-db-password`
\set exporter_password `cat /run/secrets/exporter-db-password`

create role temporal login password :'temporal_password';
create role tidewatch login password :'tidewatch_password';
create role grafana login password :'grafana_password';
create role exporter login password :'exporter_password';

-- What each part may do, `tidewatch migrate --roles` grants to these: docs/security.md.
do $$ begin create role tidewatch_ingest nologin; exception when duplicate_object then null; end $$;
do $$ begin create role tidewatch_worker nologin; exception when duplicate_object then null; end $$;
do $$ begin create role tidewatch_console nologin; exception when duplicate_object then null; end $$;
do $$ begin create role tidewatch_reader nologin; exception when duplicate_object then null; end $$;
create role worker login password :'worker_password' in role tidewatch_worker;
create role console login password :'console_password' in role tidewatch_console;
create role ingest login password :'ingest_password' in role tidewatch_ingest;

create database temporal owner temporal;
create database temporal_visibility owner temporal;
create database tidewatch owner tidewatch;

revoke all on database temporal, temporal_visibility, tidewatch from public;

-- What Postgres says of itself, of whatever database.
grant connect on database tidewatch to exporter;
grant pg_monitor to exporter;

-- Dashboards read, and no query of theirs keeps the database busy for longer than people wait.
grant connect on database tidewatch to grafana;
alter role grafana set default_transaction_read_only = on;
alter role grafana set statement_timeout = '30s';
grant tidewatch_reader to grafana;
