-- Who did what in the console, and what its pages of many models and two years of days need to be fast.

create table audit_events (
  audit_id bigint generated always as identity,
  recorded_at timestamptz not null default clock_timestamp(),
  actor text not null,
  role text not null,
  action text not null,
  model text,
  subject text not null,
  details jsonb not null default '{}',
  outcome text not null default 'requested',
  said text,
  constraint audit_events_pkey primary key (audit_id),
  constraint audit_events_role_check check (role in ('viewer', 'operator')),
  constraint audit_events_outcome_check check (outcome in ('requested', 'done', 'refused', 'failed'))
);
create index audit_events_subject on audit_events (model, subject, audit_id);
comment on table audit_events is 'What people did in the console: a row is written before an action is tried, so that none is done without one.';
comment on column audit_events.model is 'Null where the action is about no model.';
comment on column audit_events.subject is 'What it was done to: the key of an alert, the id of a retraining.';
comment on column audit_events.details is 'What was sent with it; never a secret.';
comment on column audit_events.outcome is 'requested: nobody knows how it ended.';
comment on column audit_events.said is 'What the person was told.';

-- The newest windows of one length, all rows: a line through time reads as many rows as it has points.
create index performance_evaluations_whole
  on performance_evaluations (model, (window_end - window_start), window_end desc)
  where segment = '';
create index drift_runs_whole on drift_runs (model, (window_end - window_start), window_end desc) where segment = '';
