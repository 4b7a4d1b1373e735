-- The life of alerts: acknowledged, snoozed, resolved after several clean observations, reopened, repeated; and who did what.

alter table alerts
  drop constraint alerts_state_check,
  add constraint alerts_state_check check (state in ('open', 'acknowledged', 'snoozed', 'resolved')),
  add column state_by text,
  add column state_since timestamptz not null default now(),
  add column snoozed_until timestamptz,
  add column observed_as_of timestamptz,
  add column clean_count integer not null default 0,
  add column clean_as_of timestamptz,
  add column told_at timestamptz not null default now(),
  add column repeats integer not null default 0,
  add column unacknowledged_ms bigint not null default 0,
  add column due_at timestamptz,
  add column latest jsonb,
  add constraint alerts_snoozed_check check ((state = 'snoozed') = (snoozed_until is not null));

update alerts
set observed_as_of = coalesce(resolved_as_of, opened_as_of),
  latest = jsonb_build_object('summary', summary, 'facts', '[]'::jsonb, 'links', '[]'::jsonb, 'workflowId', '', 'runId', '');
-- An open alert of before is due at once, so that the next run wakes its life cycle.
update alerts
set observed_as_of = newest.as_of,
  due_at = case when alerts.state = 'open' then now() end,
  latest = newest.latest
from (
  select distinct on (model, alert_key, episode) model, alert_key, episode,
    max(as_of) over (partition by model, alert_key) as as_of,
    jsonb_build_object(
      'summary', summary, 'facts', facts, 'links', links, 'workflowId', workflow_id, 'runId', run_id) as latest
  from alert_events
  order by model, alert_key, episode, as_of desc, recorded_at desc
) newest
where newest.model = alerts.model and newest.alert_key = alerts.alert_key and newest.episode = alerts.episode;

alter table alerts
  alter column observed_as_of set not null,
  alter column latest set not null;

drop index alerts_one_open;
create unique index alerts_one_open on alerts (model, alert_key) where state <> 'resolved';
create index alerts_due on alerts (model, due_at) where due_at is not null;

comment on column alerts.state is 'open: nobody has it; acknowledged and snoozed: not repeated; resolved: over.';
comment on column alerts.state_by is 'Who acknowledged, snoozed or resolved it; null where no person did.';
comment on column alerts.state_since is 'By the wall clock.';
comment on column alerts.snoozed_until is 'By the wall clock.';
comment on column alerts.observed_as_of is 'The instant that the newest observation speaks for: an older one changes nothing.';
comment on column alerts.clean_count is 'Clean observations of different instants since the last trouble.';
comment on column alerts.clean_as_of is 'The newest of them.';
comment on column alerts.told_at is 'When people were last told that there is trouble, by the wall clock: repetitions are counted from here.';
comment on column alerts.repeats is 'How often that was a repetition since there was news.';
comment on column alerts.unacknowledged_ms is 'The longest time without an acknowledgement that people were told of, since it has been open.';
comment on column alerts.due_at is 'When something of it is due by the wall clock: a repetition, the end of a snooze. Null: nothing before it changes.';
comment on column alerts.latest is 'What the newest trouble says, for repetitions: { "summary", "facts", "links", "workflowId", "runId" }.';

alter table alert_events
  add column actor text,
  add column note text,
  add column update_id text;
create unique index alert_events_update on alert_events (model, alert_key, update_id) where update_id is not null;
comment on table alert_events is 'What happened to an alert. The name of an event is its kind (opened, escalated, repeated, acknowledged ...), from the second of its kind in the episode on with a number: repeated.2.';
comment on column alert_events.actor is 'The person who did it; null where observations or time did.';
comment on column alert_events.note is 'What the person wrote.';
comment on column alert_events.update_id is 'Of the Temporal update that did it: an update that is repeated does it once.';
