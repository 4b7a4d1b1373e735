-- Routes: deliveries are grouped into messages, held back, and taken over by another channel; settings of the installation.

create table installation_settings (
  name text not null,
  configuration jsonb not null,
  configuration_hash text not null,
  applied_at timestamptz not null default now(),
  constraint installation_settings_pkey primary key (name)
);
comment on table installation_settings is 'What holds for all monitors, one row a file beside them: alerts.yaml is "alerts".';

create table alert_messages (
  message_id bigint generated always as identity,
  group_id uuid not null,
  mailbox_id uuid not null,
  is_summary boolean not null,
  state text not null default 'sending',
  attempts integer not null default 1,
  claimed_at timestamptz not null default clock_timestamp(),
  retry_at timestamptz,
  sent_at timestamptz,
  last_error text,
  constraint alert_messages_pkey primary key (message_id),
  constraint alert_messages_state_check check (state in ('sending', 'waiting', 'delivered', 'refused')),
  constraint alert_messages_retry_check check ((state = 'waiting') = (retry_at is not null)),
  constraint alert_messages_sent_check check ((state = 'delivered') = (sent_at is not null))
);
create index alert_messages_group on alert_messages (group_id, message_id desc);
create index alert_messages_mailbox on alert_messages (mailbox_id, claimed_at);
comment on table alert_messages is 'What goes out at once: the deliveries of a group that were pending together. It is claimed before it is sent, and sent again as it is.';
comment on column alert_messages.is_summary is 'Tells of what went beyond the budget of an hour, and does not count as part of one.';
comment on column alert_messages.state is 'sending: claimed, by a process that may have died; waiting: was not taken, goes again at retry_at; refused: another channel has taken over.';

update alert_deliveries set state = 'pending' where state = 'claimed';
alter table alert_deliveries
  drop constraint alert_deliveries_channel_check,
  drop constraint alert_deliveries_state_check,
  drop column attempts,
  drop column claimed_at,
  add column route text not null default '',
  add column group_key text not null default '',
  add column terms jsonb not null default '{"waitMs": 0, "intervalMs": 0, "fallback": []}',
  add column recorded_at timestamptz not null default clock_timestamp(),
  add column held_by text,
  add column message_id bigint,
  add constraint alert_deliveries_channel_check check (channel in ('pagerduty', 'alertmanager', 'slack', 'webhook', 'email')),
  add constraint alert_deliveries_state_check check (state in ('pending', 'held', 'delivered', 'refused', 'dropped')),
  add constraint alert_deliveries_message_fkey foreign key (message_id) references alert_messages;
update alert_deliveries set group_key = 'alert=' || alert_key;
alter table alert_deliveries
  add column mailbox_id uuid not null generated always as (md5(channel || E'\n' || recipient || E'\n' || route)::uuid) stored,
  add column group_id uuid not null
    generated always as (md5(channel || E'\n' || recipient || E'\n' || route || E'\n' || group_key)::uuid) stored;
create index alert_deliveries_group on alert_deliveries (group_id, recorded_at) where state = 'pending' and message_id is null;
create index alert_deliveries_open on alert_deliveries (model, alert_key) where state in ('pending', 'held');
create index alert_deliveries_message on alert_deliveries (message_id) where message_id is not null;
comment on table alert_deliveries is 'An event of an alert for one mailbox: told once, in a message of its group.';
comment on column alert_deliveries.state is 'held: not told for now, held_by says why; dropped: was held until the alert was over; refused: another channel has taken over.';
comment on column alert_deliveries.route is 'What the route that named the mailbox is counted under.';
comment on column alert_deliveries.group_key is 'What the alerts of one message have in common.';
comment on column alert_deliveries.terms is 'How the route wanted it delivered when it was recorded: waits, digest, hours, budget, who takes over.';
comment on column alert_deliveries.message_id is 'The message that tells of it.';

create index alerts_open_kind on alerts (model, kind) where state <> 'resolved';
create index alerts_open_subject on alerts (model, subject) where state <> 'resolved';
