/** What the list of all models reads: one light row a model to filter and order by, and the lines of those that are shown. */

import { z } from 'zod';

import { speakingMetric, type SpeakingMetric } from '../../../core/degradation/speaking-metric.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import type { RetrainingStateName } from '../../../core/retraining/states.ts';
import type { Level } from '../../../core/verdict.ts';
import { durationMs, isDuration } from '../../../core/window.ts';
import type { Queryable } from '../../../sql/database.ts';
import { readLevels, readStandings } from '../../../sql/read-headlines.ts';
import type { Asked } from '../../server/page.ts';
import { arrangeModels, type Arranged, type ModelHead } from './arrange.ts';
import { modelsAsked, type ModelsAsked } from './asked.ts';

/** A line and a strip have so many windows. */
export const historyLength = 30;

export interface ListedModel extends ModelHead {
  readonly worstAlert: 'critical' | 'warning' | 'info' | null;
}

export interface MetricPoint {
  readonly windowEnd: number;
  readonly value: number | null;
  readonly coverage: number | null;
  readonly state: 'provisional' | 'final';
}

export interface DriftCell {
  readonly windowEnd: number;
  readonly level: Level;
  readonly share: number | null;
}

/** A model with its lines, the oldest window first. */
export interface ModelLine extends ListedModel {
  /** Of its headline, the worst first. */
  readonly reasons: readonly string[];
  /** Epoch milliseconds of the day that the newest degradation check speaks for. */
  readonly checked: number | null;
  /** How far its retraining is; null where none is under way. */
  readonly retraining: RetrainingStateName | null;
  /** Is a file of its rows being loaded? */
  readonly isLoading: boolean;
  /** Absent where another version of Tidewatch has stored its monitor. */
  readonly speaking?: SpeakingMetric;
  readonly points: readonly MetricPoint[];
  readonly drift: readonly DriftCell[];
  readonly champion: string | null;
}

export interface LoadedModels extends Omit<Arranged<ListedModel>, 'shown'> {
  readonly asked: ModelsAsked;
  readonly lines: readonly ModelLine[];
  /** All that are watched. */
  readonly watched: number;
  /** Results are stored of them, but nobody watches them any more. */
  readonly unwatched: readonly string[];
}

export async function loadModels({ connection, query }: Asked): Promise<LoadedModels> {
  const asked = modelsAsked(query);
  const [models, unwatched] = await Promise.all([listModels(connection, asked), listUnwatched(connection)]);
  const { shown, ...arranged } = arrangeModels(models, asked);
  const lines = await readLines(connection, shown);
  return { ...arranged, asked, watched: models.length, lines, unwatched };
}

/** Every watched model by the level of its headline and its open alerts; by its newest predictions where that is the order. */
async function listModels(connection: Queryable, { sort }: ModelsAsked): Promise<ListedModel[]> {
  const [levels, rows] = await Promise.all([
    readLevels(connection),
    connection.query<
      Pick<ListedModel, 'model' | 'openAlerts' | 'worstAlert' | 'predictedAt'> & Record<string, unknown>
    >(
      `select model, coalesce(open_alerts.count, 0) as "openAlerts", open_alerts.worst as "worstAlert",
         ${sort === 'predictions' ? newestHour('monitors') : 'null'} as "predictedAt"
       from monitors
       left join (
         select model, count(*),
           case when bool_or(severity = 'critical') then 'critical' when bool_or(severity = 'warning') then 'warning' else 'info' end as worst
         from alerts where state <> 'resolved'
         group by model
       ) open_alerts using (model)
       order by model
       limit 10000`,
    ),
  ]);
  return rows.map((row) => ({ ...row, level: levels.get(row.model)! }));
}

/** The newest hour of each model of a table that has predictions. */
const newestHour = (table: string): string =>
  `(select hour from outcome_summaries where outcome_summaries.model = ${table}.model order by hour desc limit 1)`;

/** Models with a watermark of some process, but without a monitor. */
async function listUnwatched(connection: Queryable): Promise<string[]> {
  const rows = await connection.query<{ model: string }>(
    `select distinct model from process_watermarks
     where not exists (select from monitors where monitors.model = process_watermarks.model)
     order by model
     limit 100`,
  );
  return rows.map(({ model }) => model);
}

async function readLines(connection: Queryable, models: readonly ListedModel[]): Promise<ModelLine[]> {
  const names = models.map(({ model }) => model);
  const [monitors, newest, standings] = await Promise.all([
    readMonitors(connection, names),
    readNewest(connection, names),
    readStandings(connection, names),
  ]);
  const [points, drift] = await Promise.all([
    readPoints(connection, monitors),
    readDrift(connection, monitors),
  ]);
  return models.map((listed) => {
    const monitor = monitors.get(listed.model);
    const { headline, checked } = standings.get(listed.model)!;
    return {
      ...listed,
      reasons: headline.reasons,
      checked,
      ...newest.get(listed.model)!,
      ...(monitor && { speaking: monitor.speaking }),
      points: points.get(listed.model) ?? [],
      drift: drift.get(listed.model) ?? [],
    };
  });
}

/** What of a monitor the list needs. To check a whole one takes 3 ms, and `apply` has checked it. */
const listedMonitor = z.object({
  task: z.enum(['regression', 'classification']),
  current: z.string().refine(isDuration),
  rules: z.custom<NonNullable<Monitor['degradation']['rules']>>(Array.isArray).optional(),
  limits: z.custom<Monitor['performance']['limits']>(
    (limits) => typeof limits === 'object' && limits !== null,
  ),
});

interface ListedMonitor {
  readonly speaking: SpeakingMetric;
  /** How long the windows are that drift is looked for in. */
  readonly current: string;
}

/** Without those that another version of Tidewatch has stored so that this one cannot read them. */
async function readMonitors(
  connection: Queryable,
  models: readonly string[],
): Promise<ReadonlyMap<string, ListedMonitor>> {
  const rows = await connection.query<{ model: string; read: unknown }>(
    `select model, jsonb_strip_nulls(jsonb_build_object(
       'task', configuration -> 'task', 'current', configuration -> 'current',
       'rules', configuration #> '{degradation,rules}', 'limits', configuration #> '{performance,limits}')) as read
     from monitors where model = any ($1)`,
    [models],
  );
  return new Map(
    rows.flatMap(({ model, read }) => {
      const { data } = listedMonitor.safeParse(read);
      if (data === undefined) return [];
      const { task, current, rules, limits } = data;
      const speaking = speakingMetric({ task, degradation: { rules }, performance: { limits } });
      return [[model, { speaking, current }] as const];
    }),
  );
}

/** The newest predictions of each, what is under way, and the version that serves it: where none was promoted, that of these. */
async function readNewest(
  connection: Queryable,
  models: readonly string[],
): Promise<ReadonlyMap<string, Pick<ModelLine, 'predictedAt' | 'champion' | 'retraining' | 'isLoading'>>> {
  const rows = await connection.query<
    { model: string } & Pick<ModelLine, 'predictedAt' | 'champion' | 'retraining' | 'isLoading'> &
      Record<string, unknown>
  >(
    `select asked.model, coalesce(served.hour, logged.event_time) as "predictedAt",
       coalesce(champion.version, served.version, logged.version) as champion,
       running.state as retraining, exists (select from ingest_progress where ingest_progress.model = asked.model) as "isLoading"
     from unnest($1::text[]) as asked (model)
     left join model_versions champion on champion.model = asked.model and champion.stage = 'champion'
     left join retraining_runs running on running.model = asked.model and running.finished_at is null
     left join lateral (
       select hour, version from outcome_summaries
       where outcome_summaries.model = asked.model
       order by hour desc, segment, version limit 1
     ) served on true
     left join lateral (
       select event_time, version from predictions
       where served.hour is null and predictions.model = asked.model and role = 'serving'
       order by event_time desc, prediction_id desc limit 1
     ) logged on true`,
    [models],
  );
  return new Map(rows.map(({ model, ...newest }) => [model, newest]));
}

const windowEndMs = `(extract(epoch from window_end) * 1000)::bigint`;

/** A row a model: a row a window takes the client ten times as long. */
interface WindowsRow<T> extends Record<string, unknown> {
  readonly model: string;
  readonly windows: readonly T[];
}

const byModel = <T>(rows: readonly WindowsRow<T>[]): ReadonlyMap<string, readonly T[]> =>
  new Map(rows.map(({ model, windows }) => [model, windows]));

/** The newest windows of the metric that speaks for each model, each by the version that served most of it. */
async function readPoints(
  connection: Queryable,
  monitors: ReadonlyMap<string, ListedMonitor>,
): Promise<ReadonlyMap<string, readonly MetricPoint[]>> {
  const speaking = [...monitors].map(([model, { speaking }]) => ({ model, ...speaking }));
  const rows = await connection.query<WindowsRow<MetricPoint>>(
    `select asked.model, json_agg(json_build_object(
       'windowEnd', ${windowEndMs}, 'value', value, 'coverage', coverage, 'state', state) order by window_end) as windows
     from unnest($1::text[], $2::text[], $3::float8[]) as asked (model, metric, seconds)
     cross join lateral (
       select distinct on (window_end) window_end, (metrics ->> asked.metric)::float8 as value, coverage, state
       from performance_evaluations
       where performance_evaluations.model = asked.model and segment = ''
         and window_end - window_start = make_interval(secs => asked.seconds)
       order by window_end desc, prediction_count desc, version, revision desc
       limit $4
     ) point
     group by asked.model`,
    [
      speaking.map(({ model }) => model),
      speaking.map(({ metric }) => metric),
      speaking.map(({ over }) => durationMs(over) / 1000),
      historyLength,
    ],
  );
  return byModel(rows);
}

/** The newest drift runs of each model over its current window. */
async function readDrift(
  connection: Queryable,
  monitors: ReadonlyMap<string, ListedMonitor>,
): Promise<ReadonlyMap<string, readonly DriftCell[]>> {
  const rows = await connection.query<WindowsRow<DriftCell>>(
    `select asked.model, json_agg(json_build_object(
       'windowEnd', ${windowEndMs}, 'level', verdict, 'share', drift_share) order by window_end) as windows
     from unnest($1::text[], $2::float8[]) as asked (model, seconds)
     cross join lateral (
       select window_end, verdict, drift_share from drift_runs
       where drift_runs.model = asked.model and segment = ''
         and window_end - window_start = make_interval(secs => asked.seconds)
       order by window_end desc
       limit $3
     ) run
     group by asked.model`,
    [
      [...monitors.keys()],
      [...monitors.values()].map(({ current }) => durationMs(current) / 1000),
      historyLength,
    ],
  );
  return byModel(rows);
}
