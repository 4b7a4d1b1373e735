-- Hourly profiles that are old enough go: the sums of their days stay.

create table rolled_up_days (
  model text not null,
  reference_id text not null,
  day timestamptz not null,
  constraint rolled_up_days_pkey primary key (model, reference_id, day),
  constraint rolled_up_days_reference_fkey foreign key (model, reference_id) references model_references on delete cascade
);
comment on table rolled_up_days is 'UTC days whose hourly profiles are removed: what was profiled of them is in profile_days only. Without a row the hours are in profiles.';

-- A sum that goes takes the knowledge of its hours with it, whoever removes it: where their rows are there, they are profiled again.
create function forget_rolled_up_days() returns trigger
language plpgsql set timezone to 'UTC' as $$
begin
  -- It deletes sums itself.
  if not exists (
    select from gone join rolled_up_days rolled on rolled.model = gone.model and rolled.reference_id = gone.reference_id and rolled.day = gone.day) then
    return null;
  end if;
  with forgotten as (
    delete from rolled_up_days rolled using (select distinct model, reference_id, day from gone) as sum
    where rolled.model = sum.model and rolled.reference_id = sum.reference_id and rolled.day = sum.day
    returning rolled.model, rolled.reference_id, rolled.day
  ), hours as (
    delete from profiled_hours done using forgotten
    where done.model = forgotten.model and done.reference_id = forgotten.reference_id
      and done.hour >= forgotten.day and done.hour < forgotten.day + interval '24 hours'
  ), left_over as (
    delete from profiles using forgotten
    where profiles.model = forgotten.model and profiles.reference_id = forgotten.reference_id
      and profiles.hour >= forgotten.day and profiles.hour < forgotten.day + interval '24 hours'
  )
  delete from profile_days other using forgotten
  where other.model = forgotten.model and other.reference_id = forgotten.reference_id and other.day = forgotten.day;
  return null;
end
$$;
comment on function forget_rolled_up_days is 'Where one sum of a rolled-up day is deleted: deletes the others, and that its hours are profiled.';
create trigger profile_days_forget after delete on profile_days
  referencing old table as gone for each statement execute function forget_rolled_up_days();

alter table removals add column byte_count bigint;
comment on column removals.byte_count is 'Bytes of the profiles that went; null where they are not counted.';
alter table removals drop constraint removals_reason_check;
alter table removals add constraint removals_reason_check check (reason in ('retention', 'forgotten', 'rolled up'));
comment on column removals.reason is 'retention: they were older than they are to be kept; forgotten: somebody had the model forgotten; rolled up: the sums of their days stay.';
