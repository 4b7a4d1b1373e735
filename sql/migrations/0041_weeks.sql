-- Sums of days that are old enough go: the sums of their weeks stay.

create table profile_weeks (
  model text not null,
  reference_id text not null,
  segment text not null default '',
  week timestamptz not null,
  column_name text not null,
  content bytea not null,
  constraint profile_weeks_pkey primary key (model, reference_id, segment, week, column_name),
  constraint profile_weeks_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table profile_weeks is 'The sum of the profiles of the seven UTC days of a week, in place of their sums in profile_days.';
comment on column profile_weeks.week is 'The midnight of UTC at which its Monday begins.';
comment on column profile_weeks.content is 'Encoded by core/profile/encode.ts.';

alter table rolled_up_days add column summed_by text not null default 'day'
  constraint rolled_up_days_summed_by_check check (summed_by in ('day', 'week'));
comment on table rolled_up_days is 'UTC days whose hourly profiles are removed: what was profiled of them is in a sum only. Without a row the hours are in profiles.';
comment on column rolled_up_days.summed_by is 'day: the sum is in profile_days; week: it is in profile_weeks, for all seven days of the week.';

-- Its argument is the level that a table has sums of: day or week. Sums of days beside that of their week, as of actuals that were profiled later, are no knowledge of hours.
create or replace function forget_rolled_up_days() returns trigger
language plpgsql set timezone to 'UTC' as $$
declare
  level text := tg_argv[0];
  span interval := case level when 'week' then interval '168 hours' else interval '24 hours' end;
begin
  -- It deletes sums itself.
  if not exists (
    select from gone as sum (model, reference_id, segment, since)
    join rolled_up_days rolled on rolled.model = sum.model and rolled.reference_id = sum.reference_id
      and rolled.day >= sum.since and rolled.day < sum.since + span and rolled.summed_by = level) then
    return null;
  end if;
  with forgotten as (
    delete from rolled_up_days rolled
    using (select distinct model, reference_id, since from gone as one (model, reference_id, segment, since)) as sum
    where rolled.model = sum.model and rolled.reference_id = sum.reference_id
      and rolled.day >= sum.since and rolled.day < sum.since + span and rolled.summed_by = level
    returning rolled.model, rolled.reference_id, rolled.day
  ), hours as (
    delete from profiled_hours done using forgotten
    where done.model = forgotten.model and done.reference_id = forgotten.reference_id
      and done.hour >= forgotten.day and done.hour < forgotten.day + interval '24 hours'
  ), left_over as (
    delete from profiles using forgotten
    where profiles.model = forgotten.model and profiles.reference_id = forgotten.reference_id
      and profiles.hour >= forgotten.day and profiles.hour < forgotten.day + interval '24 hours'
  ), weeks as (
    delete from profile_weeks other
    using (select distinct model, reference_id, date_trunc('week', day) as week from forgotten where level = 'week') as one
    where other.model = one.model and other.reference_id = one.reference_id and other.week = one.week
  )
  delete from profile_days other using forgotten
  where other.model = forgotten.model and other.reference_id = forgotten.reference_id and other.day = forgotten.day;
  return null;
end
$$;
comment on function forget_rolled_up_days is 'Where one sum of a rolled-up day or week is deleted: deletes the others, and that its hours are profiled.';
create or replace trigger profile_days_forget after delete on profile_days
  referencing old table as gone for each statement execute function forget_rolled_up_days('day');
create trigger profile_weeks_forget after delete on profile_weeks
  referencing old table as gone for each statement execute function forget_rolled_up_days('week');

comment on column removals.reason is 'retention: they were older than they are to be kept; forgotten: somebody had the model forgotten; rolled up: the sums of their days, or of their weeks, stay.';
