-- When processes have succeeded, by the wall clock, and since when somebody looks after that.

alter table process_watermarks add column succeeded_at timestamptz;
-- Of those that are there nobody knows when they ran.
alter table process_watermarks alter column succeeded_at set default clock_timestamp();
comment on column process_watermarks.succeeded_at is 'When a run of it last succeeded, by the wall clock, whatever instant it spoke for. Null: not since this is noted.';

create table watched_processes (
  model text not null,
  process text not null,
  cron text not null,
  time_zone text not null,
  watched_since timestamptz not null default now(),
  looked_at timestamptz not null default now(),
  constraint watched_processes_pkey primary key (model, process)
);
comment on table watched_processes is 'The scheduled processes whose success is looked after: one that misses too many of its runs raises an alert.';
comment on column watched_processes.watched_since is 'Since when it has been looked after with these times, without a break, by the wall clock: runs that were due before are not missed.';
comment on column watched_processes.looked_at is 'When it was last looked after.';
