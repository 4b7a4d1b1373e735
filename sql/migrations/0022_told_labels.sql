-- With which labels an alert was told, so that what they were before can be ended where labels make an alert: in Alertmanager.

alter table alert_deliveries add column labels jsonb;
comment on column alert_deliveries.labels is 'The labels that the monitor had when the message was claimed; null before, and of what was told by an earlier release.';
