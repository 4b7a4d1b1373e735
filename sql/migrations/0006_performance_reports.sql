-- Performance reports beside drift reports, and who has been sent one.

alter table reports drop constraint reports_kind_check;
alter table reports add constraint reports_kind_check check (kind in ('drift', 'performance'));
alter table reports add column content jsonb;
comment on column reports.content is 'What the page shows, as console/performance-report has it: whoever has it can draw it again, smaller for an e-mail. Null for drift.';

create table report_deliveries (
  model text not null,
  kind text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  recipient text not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  claimed_at timestamptz,
  delivered_at timestamptz,
  last_error text,
  constraint report_deliveries_pkey primary key (model, kind, window_start, window_end, recipient),
  constraint report_deliveries_report_fkey foreign key (model, kind, window_start, window_end) references reports on delete cascade,
  constraint report_deliveries_state_check check (state in ('pending', 'claimed', 'delivered'))
);
comment on table report_deliveries is 'One report to one e-mail address: claimed before it is sent, delivered once, however often the report is written.';
