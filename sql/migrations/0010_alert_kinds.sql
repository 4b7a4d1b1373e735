-- Drift of a dataset is a kind of its own: `drift` is that of a feature. The alerts of the last 24 hours are told apart by how their
-- subject begins, whatever they are about. Alerts keep their life, events and messages under their new key.

alter table alert_deliveries drop constraint alert_deliveries_event_fkey;
alter table alert_events drop constraint alert_events_alert_fkey;

create temporary table renamed on commit drop as
select distinct model, alert_key as old_key,
  case kind when 'drift' then 'dataset-drift' else kind end as kind,
  regexp_replace(subject, '^dataset-24h', '24h/dataset') as subject
from alerts
where kind = 'drift' and subject ~ '^dataset(-24h)?(/|$)' or kind = 'data-quality' and subject = 'dataset-24h';

update alerts
set kind = renamed.kind, subject = renamed.subject, alert_key = renamed.kind || ':' || alerts.model || ':' || renamed.subject
from renamed
where alerts.model = renamed.model and alert_key = old_key;
update alert_events
set alert_key = kind || ':' || alert_events.model || ':' || subject
from renamed
where alert_events.model = renamed.model and alert_key = old_key;
update alert_deliveries
set alert_key = kind || ':' || alert_deliveries.model || ':' || subject
from renamed
where alert_deliveries.model = renamed.model and alert_key = old_key;

alter table alert_events
  add constraint alert_events_alert_fkey foreign key (model, alert_key, episode) references alerts on delete cascade;
alter table alert_deliveries
  add constraint alert_deliveries_event_fkey
    foreign key (model, alert_key, episode, event) references alert_events on delete cascade;
