import { isRunningState, type EndState } from '../../core/retraining/states.ts';
import { formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp, whileLocked } from '../../sql/database.ts';
import { readStoredRetraining, type StoredRetraining } from '../../sql/read-retrainings.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { MlflowMetric, MlflowRecord, MlflowRun, MlflowVersion } from './mlflow.ts';
import { findLineage, listAliases, type Lineage } from './registry.ts';
import type { RetrainingKey } from './retraining-run.ts';
import { policyOf } from './retraining-run.ts';

/**
 * Brings MLflow to what is stored of a retraining, where the monitor names a server: its run with parameters and metrics, the
 * versions it is about, and their aliases. The whole of it each time, so that a call that was missed is made up by the next.
 *
 * @throws TidewatchError `MLFLOW_UNREACHABLE`, `MLFLOW_REFUSED`
 */
export function createRecordInMlflow(
  deps: Pick<ActivityDependencies, 'database' | 'mlflow' | 'codeVersion'>,
): (key: RetrainingKey) => Promise<{ readonly recorded: 'yes' | 'not asked for' }> {
  return async function recordInMlflow(key) {
    const { monitor } = await findMonitor(deps.database, key.model);
    const target = policyOf(monitor).registry.mlflow;
    if (target === undefined) return { recorded: 'not asked for' };
    // Two at once would each find no run of it, and make one.
    await whileLocked(deps.database, `mlflow:${key.model}`, async (connection) =>
      deps.mlflow.record(target, await readRecord(connection, key, deps.codeVersion)),
    );
    return { recorded: 'yes' };
  };
}

async function readRecord(
  connection: Queryable,
  { model, retrainingId }: RetrainingKey,
  codeVersion: string,
): Promise<MlflowRecord> {
  const row = await readStoredRetraining(connection, { model, retrainingId });
  if (row === undefined) throw new Error(`retraining ${retrainingId} of ${model} is not in retraining_runs`);
  const aliases = await listAliases(connection, model);
  const metrics = [
    ...validationMetrics(row),
    ...(await trainerMetrics(connection, model, row)),
    ...(await servedMetrics(connection, model, row)),
    ...(await driftMetrics(connection, model, row)),
  ];
  return {
    run: { ...runOf(model, retrainingId, row, codeVersion), metrics },
    versions: await versionsOf(connection, model, row, aliases),
    aliases: Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])),
  };
}

const statuses: Readonly<Record<EndState, MlflowRun['status']>> = {
  kept: 'FINISHED',
  'rolled-back': 'FINISHED',
  rejected: 'FINISHED',
  failed: 'FAILED',
  cancelled: 'KILLED',
};

function runOf(
  model: string,
  retrainingId: string,
  row: StoredRetraining,
  codeVersion: string,
): Omit<MlflowRun, 'metrics'> {
  const { state, specification } = row;
  const optional = { 'specification.hash': specification?.hash, 'specification.rows': specification?.rows };
  return {
    key: `${model}/${retrainingId}`,
    name: `retraining ${retrainingId}`,
    status: isRunningState(state) ? 'RUNNING' : statuses[state],
    startedAt: row.startedAt,
    endedAt: row.finishedAt,
    // Never changed once written: MLflow refuses another value of a parameter.
    params: {
      'training.start': formatInstant(row.trainingStart),
      'training.end': formatInstant(row.trainingEnd),
      'holdout.start': formatInstant(row.holdoutStart),
      'holdout.end': formatInstant(row.holdoutEnd),
      champion: row.champion ?? 'none',
      ...Object.fromEntries(
        Object.entries(optional).flatMap(([name, value]) =>
          typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
        ),
      ),
    },
    tags: {
      'tidewatch.model': model,
      'tidewatch.state': state,
      'tidewatch.reason': row.reason,
      'tidewatch.code_version': codeVersion,
      ...(row.helped !== null && { 'tidewatch.helped': row.helped }),
    },
  };
}

function validationMetrics({ validation, holdoutEnd, cost, asOf }: StoredRetraining): MlflowMetric[] {
  const at = (key: string, value: number | null): MlflowMetric[] =>
    value === null ? [] : [{ key, value, timestamp: holdoutEnd }];
  const gates = (validation?.gates ?? []).filter(({ segment }) => segment === '');
  return [
    ...gates.flatMap(({ measure, challenger, champion, improvement }) => [
      ...at(`holdout.${measure}.challenger`, challenger),
      ...at(`holdout.${measure}.champion`, champion),
      ...at(`holdout.${measure}.improvement`, improvement),
    ]),
    ...(cost === null ? [] : [{ key: 'cost', value: cost, timestamp: asOf }]),
  ];
}

/** What the trainer measured itself. */
async function trainerMetrics(
  connection: Queryable,
  model: string,
  { challenger, trainingEnd }: StoredRetraining,
): Promise<MlflowMetric[]> {
  if (challenger === null) return [];
  const { metrics } = await findLineage(connection, model, challenger);
  if (typeof metrics !== 'object' || metrics === null) return [];
  return Object.entries(metrics).flatMap(([name, value]) =>
    typeof value === 'number' ? [{ key: `trainer.${name}`, value, timestamp: trainingEnd }] : [],
  );
}

/** What the challenger has shown since it serves: the newest evaluation of each length of window. */
async function servedMetrics(
  connection: Queryable,
  model: string,
  { challenger }: StoredRetraining,
): Promise<MlflowMetric[]> {
  const rows = await connection.query<{ days: number; end: number; metrics: Record<string, number> }>(
    `select distinct on (days) extract(epoch from window_end - window_start) / 86400 as days, window_end as "end", metrics
     from latest_performance_evaluations
     where model = $1 and version = $2 and segment = ''
     order by days, window_end desc`,
    [model, challenger],
  );
  return rows.flatMap(({ days, end, metrics }) =>
    Object.entries(metrics).map(([name, value]) => ({
      key: `served.${days}d.${name}`,
      value,
      timestamp: end,
    })),
  );
}

/** The drift that was known when the retraining began. */
async function driftMetrics(
  connection: Queryable,
  model: string,
  { asOf }: StoredRetraining,
): Promise<MlflowMetric[]> {
  const [drift] = await connection.query<{ share: number | null; features: number; end: number }>(
    `select drift_share as share, cardinality(drifted_features) as features, window_end as "end"
     from drift_runs
     where model = $1 and segment = '' and window_end <= $2
     order by window_end desc, window_start
     limit 1`,
    [model, toTimestamp(asOf)],
  );
  if (drift === undefined) return [];
  const { share, features, end: timestamp } = drift;
  return [
    ...(share === null ? [] : [{ key: 'drift.share', value: share, timestamp }]),
    { key: 'drift.features', value: features, timestamp },
  ];
}

async function versionsOf(
  connection: Queryable,
  model: string,
  { champion, challenger }: StoredRetraining,
  aliases: readonly { readonly version: string }[],
): Promise<MlflowVersion[]> {
  const wanted = [champion, challenger, ...aliases.map(({ version }) => version)];
  const rows = await connection.query<{ version: string; stage: string; lineage: Lineage }>(
    `select version, stage, lineage from model_versions where model = $1 and version = any($2)
     order by registered_at, version`,
    [model, wanted.filter((version) => version !== null)],
  );
  return rows.map(({ version, stage, lineage }) => ({
    version,
    registeredAs: textOf(lineage['mlflowVersion']) ?? null,
    source: textOf(lineage['modelUri']) ?? `tidewatch:/${model}/${version}`,
    ofRun: version === challenger,
    tags: { 'tidewatch.stage': stage },
  }));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
