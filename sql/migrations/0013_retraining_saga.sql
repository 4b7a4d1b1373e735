-- Retraining as a saga: from validation over approval, rollout and promotion to the end of the verification.

alter table retraining_runs
  drop constraint retraining_runs_state_check,
  add column specification jsonb,
  add column approval jsonb,
  add column rollout jsonb,
  add column traffic_share double precision not null default 0,
  add column waits_until timestamptz,
  add column hook text,
  add column promoted_as_of timestamptz,
  add column verification jsonb,
  add column helped text,
  add column cost double precision,
  add column ended_as_of timestamptz;
drop index retraining_runs_one_running;

update retraining_runs set state = 'kept', promoted_as_of = as_of where state = 'promoted';
update retraining_runs set ended_as_of = as_of where finished_at is not null;

alter table retraining_runs
  add constraint retraining_runs_state_check check (state in (
    'training', 'validating', 'awaiting-approval', 'shadow', 'canary', 'promoting', 'verifying',
    'kept', 'rolled-back', 'rejected', 'failed', 'cancelled')),
  add constraint retraining_runs_finished_check check (
    (finished_at is not null) = (state in ('kept', 'rolled-back', 'rejected', 'failed', 'cancelled'))),
  add constraint retraining_runs_share_check check (traffic_share between 0 and 1),
  add constraint retraining_runs_hook_check check (hook in ('promoting', 'promoted', 'reverting', 'reverted')),
  add constraint retraining_runs_helped_check check (helped in ('yes', 'no', 'unclear'));
create unique index retraining_runs_one_running on retraining_runs (model) where finished_at is null;

comment on table retraining_runs is 'Each retraining: why it started, what it was trained and held out on, how far it is, how it ended, and whether it helped. At most one runs a model, its verification included.';
comment on column retraining_runs.specification is 'What it is trained on, frozen when it began: windows, row counts, exclusions, and their hash.';
comment on column retraining_runs.approval is 'Whether a person is asked and why; who decided what, when, with which note.';
comment on column retraining_runs.rollout is 'The shadow or canary: its kind, when it began, and the newest comparison of both versions in it.';
comment on column retraining_runs.traffic_share is 'The share of the traffic that the challenger is to serve: above 0 in a canary only.';
comment on column retraining_runs.waits_until is 'When what it waits for is over: an approval by the wall clock, a rollout and a verification in asOf.';
comment on column retraining_runs.hook is 'What the promotion hook of the serving system was asked last; promoting and reverting: its answer is not known.';
comment on column retraining_runs.promoted_as_of is 'The instant from which the challenger was the champion.';
comment on column retraining_runs.verification is 'The newest comparison of both versions on the outcomes since the promotion.';
comment on column retraining_runs.helped is 'Was the realized error lower than that of the version before? Null while nobody knows.';
comment on column retraining_runs.cost is 'Of the training, in the unit of the budget, as its trainer reported it.';
comment on column retraining_runs.ended_as_of is 'The instant that the end spoke for; finished_at is the wall clock.';

create table retraining_events (
  model text not null,
  retraining_id text not null,
  event_id text not null,
  event text not null,
  as_of timestamptz not null,
  summary text not null,
  actor text,
  note text,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint retraining_events_pkey primary key (model, retraining_id, event_id),
  constraint retraining_events_run_fkey foreign key (model, retraining_id) references retraining_runs on delete cascade
);
comment on table retraining_events is 'What has happened in a retraining: each state that it reached, and each request of a person.';
comment on column retraining_events.event_id is 'What makes a repetition the same event: the state, or the id of the update that a person sent.';
comment on column retraining_events.actor is 'The person who asked for it.';
