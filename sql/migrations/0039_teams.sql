-- Rows of a model are of the team that its monitor names. `tidewatch migrate --teams` turns row-level security on; until then nothing is asked.

-- Whoever asks a view sees of its tables what they may see.
alter view data_drift_metrics set (security_invoker = true);
alter view latest_performance_evaluations set (security_invoker = true);
alter view model_aliases set (security_invoker = true);
alter view model_performance set (security_invoker = true);
alter view predictions_with_actuals set (security_invoker = true);

create function is_of_team(team text) returns boolean
language sql stable as $$
  select coalesce(pg_has_role(to_regrole(quote_ident('tidewatch_team_' || team))::oid, 'usage'), false)
$$;
comment on function is_of_team is 'Is the current user a member of the role of a team?';

create function shown_teams() returns text[]
language sql stable as $$
  select string_to_array(nullif(current_setting('tidewatch.teams', true), ''), ',')
$$;
comment on function shown_teams is 'The teams of whoever looks at the console in this transaction; null: all models are shown.';
