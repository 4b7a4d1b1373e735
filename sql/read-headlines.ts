/** What is known of models now: what their headlines are made of. */

import { headlineLevel, headlineOf, type Headline, type KnownOfModel } from '../core/degradation/headline.ts';
import type { Level, Verdict } from '../core/verdict.ts';
import type { Window } from '../core/window.ts';
import type { Queryable } from './database.ts';

/** A model as it stands. */
export interface Standing extends KnownOfModel {
  readonly model: string;
  readonly headline: Headline;
  /** The UTC midnight that the newest degradation check speaks for. */
  readonly checked: number | null;
  /** Of the newest comparison. */
  readonly window: Window | null;
}

interface Row extends Record<string, unknown> {
  readonly model: string;
  readonly level: Level | null;
  readonly reason: string | null;
  readonly checked: number | null;
  readonly dataset: Level | null;
  readonly datasetReason: string | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly quality: Level | null;
  readonly qualityReason: string | null;
  readonly criticalColumns: readonly string[] | null;
  readonly warningColumns: readonly string[] | null;
  readonly criticalAlerts: number;
  readonly warningAlerts: number;
}

/** Another version of Tidewatch may have stored a monitor that says how long its windows are in another way. */
const askedAmong = (models: string): string => `asked as (
  select model, coalesce(disabled_columns, '{}') as disabled,
    case when current_window ~ '^[0-9]{1,6}[smhdw]$' then current_window::interval else interval '7 days' end as length
  from ${models})`;

const newestCheck = (columns: string): string => `left join lateral (
    select ${columns} from degradation_checks
    where degradation_checks.model = asked.model
    order by window_end desc limit 1
  ) newest on true`;

const newestRun = (columns: string): string => `left join lateral (
    select drift_run_id, ${columns} from drift_runs
    where drift_runs.model = asked.model and segment = '' and window_end - window_start = asked.length
    order by window_end desc limit 1
  ) run on true`;

/** Of the newest run, its enabled columns that have drifted by themselves. */
const driftedColumns = (aggregates: string): string => `left join lateral (
    select ${aggregates} from drift_results
    where drift_results.model = asked.model and drift_results.drift_run_id = run.drift_run_id and deciding
      and subject <> 'multivariate' and verdict in ('warning', 'critical')
      and column_name <> all (disabled)
  ) drifted on true`;

/** Alerts that nobody has taken. */
const untakenAlerts = (aggregates: string): string => `left join (
    select model, ${aggregates} from alerts where state = 'open' group by model
  ) untaken on untaken.model = asked.model`;

const worst = (column: 'verdict' | 'severity'): string =>
  `case when bool_or(${column} = 'critical') then 'critical' when bool_or(${column} = 'warning') then 'warning' end`;

interface LevelRow extends Record<string, unknown> {
  readonly model: string;
  readonly check: Level | null;
  readonly drift: Level | null;
  readonly quality: Level | null;
  readonly columns: Level | null;
  readonly alerts: Level | null;
}

/**
 * The level of the headline of each model that is watched.
 *
 * Cost: about 40 microseconds of Postgres a model with two years of results, and 6 of this process.
 */
export async function readLevels(connection: Queryable): Promise<ReadonlyMap<string, Level>> {
  const rows = await connection.query<LevelRow>(
    `with ${askedAmong('monitors')}
     select asked.model, newest.verdict as "check", run.verdict as drift, run.quality_verdict as quality,
       drifted.level as columns, untaken.level as alerts
     from asked
     ${newestCheck('verdict')}
     ${newestRun('verdict, quality_verdict')}
     ${driftedColumns(`${worst('verdict')} as level`)}
     ${untakenAlerts(`${worst('severity')} as level`)}`,
  );
  return new Map(
    rows.map(({ model, check, drift, quality, columns, alerts }) => [
      model,
      headlineLevel(check, [drift, quality, columns, alerts]),
    ]),
  );
}

/**
 * Of these models; those of a name that nobody watches stand as their last results do.
 *
 * Cost: that of their levels, and 20 microseconds more of this process.
 */
export async function readStandings(
  connection: Queryable,
  models: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await connection.query<Row>(
    `with ${askedAmong('unnest($1::text[]) as named (model) left join monitors using (model)')}
     select asked.model, newest.verdict as level, newest.reason, newest.window_end as checked,
       run.verdict as dataset, run.reason as "datasetReason", run.window_start as start, run.window_end as "end",
       run.quality_verdict as quality, run.quality_reason as "qualityReason",
       drifted.critical as "criticalColumns", drifted.warning as "warningColumns",
       coalesce(untaken.critical, 0) as "criticalAlerts", coalesce(untaken.warning, 0) as "warningAlerts"
     from asked
     ${newestCheck('verdict, reason, window_end')}
     ${newestRun('verdict, reason, window_start, window_end, quality_verdict, quality_reason')}
     ${driftedColumns(`array_agg(column_name order by column_name) filter (where verdict = 'critical') as critical,
       array_agg(column_name order by column_name) filter (where verdict = 'warning') as warning`)}
     ${untakenAlerts(`count(*) filter (where severity = 'critical') as critical, count(*) filter (where severity = 'warning') as warning`)}`,
    [models],
  );
  return new Map(rows.map((row) => [row.model, standingOf(row)]));
}

function standingOf(row: Row): Standing {
  const { model, checked, start, end, dataset } = row;
  const known: KnownOfModel = {
    check: verdictOf(row.level, row.reason),
    drift:
      dataset === null
        ? null
        : {
            dataset: { level: dataset, reason: row.datasetReason ?? '' },
            columns: { critical: row.criticalColumns ?? [], warning: row.warningColumns ?? [] },
            quality: verdictOf(row.quality, row.qualityReason),
          },
    untaken: { critical: row.criticalAlerts, warning: row.warningAlerts },
  };
  return {
    ...known,
    model,
    headline: headlineOf(known),
    checked,
    window: start === null || end === null ? null : { start, end },
  };
}

function verdictOf(level: Level | null, reason: string | null): Verdict | null {
  return level === null ? null : { level, reason: reason ?? '' };
}

/** Of one model. */
export async function readStanding(connection: Queryable, model: string): Promise<Standing> {
  return (await readStandings(connection, [model])).get(model)!;
}
