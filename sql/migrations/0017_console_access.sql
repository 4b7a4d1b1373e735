-- Who signed in to the console and who was refused, beside what was done there; and for how long that is kept.

alter table audit_events
  add column identity text,
  add column address text,
  alter column role drop not null;
create index audit_events_recorded on audit_events (recorded_at);
comment on table audit_events is 'What people did in the console or by a command (a row is written before an action is tried, so that none is done without one), who signed in and out, and who was refused. Deleted after TIDEWATCH_AUDIT_RETENTION.';
comment on column audit_events.actor is 'The name of a person: of the OpenID provider, or what they have given beside a token.';
comment on column audit_events.role is 'Null where somebody was refused.';
comment on column audit_events.identity is 'The subject by which the OpenID provider knows the person, whatever they are called. Null where they have come by token.';
comment on column audit_events.address is 'From where; null for a command, and in rows older than the column.';
