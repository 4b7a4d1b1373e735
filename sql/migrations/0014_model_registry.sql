-- Which version serves, by name; and the training windows that became references when their version was promoted.

create view model_aliases as
with rolled_out as (
  select model, challenger_version as version, traffic_share
  from retraining_runs
  where state in ('shadow', 'canary') and challenger_version is not null
),
champion as (
  select model, version from model_versions where stage = 'champion'
)
select champion.model, 'champion' as alias, champion.version, 1 - coalesce(rolled_out.traffic_share, 0) as traffic_share
from champion
left join rolled_out using (model)
union all
select model, 'challenger', version, traffic_share
from rolled_out
union all
select model, 'previous', version, 0
from (
  select distinct on (run.model) run.model, run.champion_version as version
  from retraining_runs run
  join champion on champion.model = run.model and champion.version = run.challenger_version
  where run.promoted_as_of is not null and run.state <> 'rolled-back' and run.champion_version is not null
  order by run.model, run.promoted_as_of desc
) replaced;
comment on view model_aliases is 'What a serving system asks for: champion, challenger (while it is rolled out), previous (the one to go back to), and the share of the traffic that each is to get.';
comment on column model_aliases.traffic_share is 'From 0 to 1; a challenger in the shadow has 0, and the shares of a model add up to 1.';

create table reference_handovers (
  model text not null,
  retraining_id text not null,
  version text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  active_from timestamptz not null,
  active_until timestamptz,
  handed_over_at timestamptz not null default now(),
  constraint reference_handovers_pkey primary key (model, retraining_id),
  constraint reference_handovers_run_fkey foreign key (model, retraining_id) references retraining_runs on delete cascade,
  constraint reference_handovers_window_check check (window_start < window_end),
  constraint reference_handovers_active_check check (active_until >= active_from)
);
comment on table reference_handovers is 'The training window of a promoted version, as the reference of the windows that end after active_from; the monitor names the reference of all others.';
comment on column reference_handovers.active_from is 'asOf of the run that re-profiled it: windows that end later are compared with it.';
comment on column reference_handovers.active_until is 'asOf of the rollback that ended it; null while it holds.';
