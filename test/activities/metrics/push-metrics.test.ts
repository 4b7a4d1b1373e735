import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPushMetrics } from '../../../activities/metrics/push-metrics.ts';
import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import type { Pushgateway } from '../../../activities/metrics/pushgateway.ts';
import { upsertMonitor } from '../../../activities/monitors/store.ts';
import { advanceWatermark } from '../../../activities/processes/watermarks.ts';
import type { Process } from '../../../activities/processes/watermarks.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { dayMs, hourMs } from '../../../core/window.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { pushedSeries } from './pushed-series.ts';

const processes: readonly Process[] = [
  'actuals-backfill',
  'drift-detection',
  'hourly-drift-detection',
  'performance-evaluation',
  'degradation-check',
  'retraining',
];
const day = (n: number): number => Date.UTC(2011, 4, n);
const asSeconds = (instant: number): number => instant / 1000;

let test: TestDatabase;
let gateway: Pushgateway;
let count = 0;
let model: string;
beforeAll(async () => {
  test = await createTestDatabase();
  gateway = openPushgateway(testServers().pushgatewayUrl);
});
afterAll(() => test.drop());
beforeEach(async () => {
  // The Pushgateway is shared with other tests: each takes a model of its own.
  model = `push-metrics-${(count += 1)}`;
  await upsertMonitor(
    test.database,
    monitorSchema.parse({
      model,
      task: 'regression',
      features: { temp: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
      current: '7d',
    }),
    'hash',
  );
});
afterEach(async () => {
  for (const process of processes) await gateway.deleteGroup({ process, model });
});

const push = (process: Process, pushgateway: Pushgateway = gateway) =>
  createPushMetrics({ database: test.database, pushgateway })({ model, process });
const gauges = (process: Process) => pushedSeries(model, process);
const pushed = async (process: Process) => {
  await push(process);
  return gauges(process);
};

interface DriftRow {
  readonly end: number;
  readonly length?: number;
  readonly verdict?: string;
  readonly share?: number | null;
  readonly segment?: string;
}
const insertDrift = async ({
  end,
  length = 7 * dayMs,
  verdict = 'ok',
  share = 0.25,
  segment = '',
}: DriftRow) => {
  const [row] = await test.database.query<{ id: number }>(
    `insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, drift_share,
       judged_features, drifted_features, out_of_distribution_ratio, row_count, reference_row_count, configuration_hash,
       code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, 'r', $4, $5, '', $6, 4, '{}', 0.125, 10, 10, 'h', 'v', 'w', 'r')
     returning drift_run_id as id`,
    [model, segment, toTimestamp(end - length), toTimestamp(end), verdict, share],
  );
  return row!.id;
};

interface ResultRow {
  readonly column: string;
  readonly method: string;
  readonly statistic?: number | null;
  readonly pValue?: number | null;
  readonly effect?: number | null;
  readonly deciding?: boolean;
  readonly verdict?: string;
}
const insertResult = (driftRunId: number, row: ResultRow) =>
  test.database.execute(
    `insert into drift_results (model, drift_run_id, subject, column_name, method, statistic, p_value, effect, deciding,
       verdict, reason, reference_rows, current_rows)
     values ($1, $2, 'feature', $3, $4, $5, $6, $7, $8, $9, '', 10, 10)`,
    [
      model,
      driftRunId,
      row.column,
      row.method,
      row.statistic ?? null,
      row.pValue ?? null,
      row.effect ?? null,
      row.deciding ?? false,
      row.verdict ?? 'ok',
    ],
  );

interface EvaluationRow {
  readonly end: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly version?: string;
  readonly length?: number;
  readonly revision?: number;
  readonly verdict?: string;
  readonly segment?: string;
}
const insertEvaluation = ({
  end,
  metrics,
  version = '1',
  length = dayMs,
  revision = 1,
  verdict = 'ok',
  segment = '',
}: EvaluationRow) =>
  test.database.execute(
    `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state,
       verdict, reason, metrics, details, sample_size, prediction_count, content_hash, configuration_hash, code_version,
       workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $5, 'provisional', $7, '', $8, '{}', 10, 10, 'c', 'h', 'v', 'w', 'r')`,
    [
      model,
      version,
      segment,
      toTimestamp(end - length),
      toTimestamp(end),
      revision,
      verdict,
      JSON.stringify(metrics),
    ],
  );

const insertCheck = (end: number, verdict: string) =>
  test.database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, findings, configuration_hash,
       code_version, workflow_id, run_id)
     values ($1, $2, $2, $3, '', '[]', 'h', 'v', 'w', 'r')`,
    [model, toTimestamp(end), verdict],
  );

describe('every group', () => {
  it.each(processes)('of %s tells when it last succeeded and up to when', async (process) => {
    await advanceWatermark(test.database, { model, process, asOf: day(20) + 3 * hourMs, windowEnd: day(20) });
    expect(await pushed(process)).toMatchObject({
      tidewatch_last_success_timestamp_seconds: asSeconds(day(20) + 3 * hourMs),
      tidewatch_window_end_timestamp_seconds: asSeconds(day(20)),
    });
  });

  it('is empty before the first run, but for the number of retrainings', async () => {
    for (const process of processes.filter((process) => process !== 'retraining')) {
      expect(await push(process)).toEqual({ samples: 0 });
    }
    expect(await pushed('retraining')).toEqual({ model_retrainings_total: 0 });
  });

  it('is not brought back for a model that is not watched', async () => {
    await test.database.execute('delete from monitors where model = $1', [model]);
    await expect(push('retraining')).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    expect(await gauges('retraining')).toEqual({});
  });

  it('stays as it was when the Pushgateway is away, and the failure says where it should be', async () => {
    const nowhere = openPushgateway('http://127.0.0.1:1');
    await expect(push('retraining', nowhere)).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});

describe('the order of runs', () => {
  it('does not matter: a run for the past shows the newest rows', async () => {
    await insertDrift({ end: day(20), verdict: 'warning', share: 0.75 });
    await push('drift-detection');
    await insertDrift({ end: day(10), share: 0 });
    await push('drift-detection');
    expect(await gauges('drift-detection')).toMatchObject({ data_drift_detected: 1, data_drift_share: 0.75 });
  });

  it('does not matter when a slow push overlaps a newer run: the newer one waits and shows what is newest', async () => {
    await insertDrift({ end: day(10), share: 0.1 });
    let begin = (): void => {};
    let finish = (): void => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const allowed = new Promise<void>((resolve) => (finish = resolve));
    const order: string[] = [];
    const slow: Pushgateway = {
      ...gateway,
      async replaceGroup(group, samples) {
        begin();
        await allowed;
        await gateway.replaceGroup(group, samples);
        order.push('slow');
      },
    };
    const first = push('drift-detection', slow);
    await begun;
    await insertDrift({ end: day(20), share: 0.9 });
    const second = push('drift-detection').then(() => order.push('newer'));
    // The newer run is at the lock before the slow one goes on.
    await until(async () => {
      const [row] = await test.database.query<{ waiting: boolean }>(
        `select exists (select from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())) as waiting`,
      );
      return row!.waiting;
    });
    finish();
    await Promise.all([first, second]);
    expect(order).toEqual(['slow', 'newer']);
    expect(await gauges('drift-detection')).toMatchObject({ data_drift_share: 0.9 });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

describe('actuals-backfill', () => {
  const insertPrediction = async (at: number, issuedAt: number, role = 'serving') => {
    const [row] = await test.database.query<{ id: number }>(
      `insert into predictions (model, version, entity, event_time, issued_at, role, features, prediction)
       values ($1, '1', 'e', $2, $3, $4, '{}', 1) returning prediction_id as id`,
      [model, toTimestamp(at), toTimestamp(issuedAt), role],
    );
    return row!.id;
  };
  const insertOutcome = (at: number, predictionId: number, role = 'serving') =>
    test.database.execute(
      `insert into outcomes (model, event_time, prediction_id, version, role, prediction, actual, recorded_at)
       values ($1, $2, $3, '1', $4, 1, 1, $2)`,
      [model, toTimestamp(at), predictionId, role],
    );
  const insertActual = (at: number, recordedAt: number) =>
    test.database.execute(
      `insert into actuals (model, entity, event_time, value, recorded_at) values ($1, 'e', $2, 1, $3)`,
      [model, toTimestamp(at), toTimestamp(recordedAt)],
    );
  const ran = () =>
    advanceWatermark(test.database, {
      model,
      process: 'actuals-backfill',
      asOf: day(20),
      windowEnd: day(20),
    });

  it('shows the coverage of the serving predictions of the last 7 days, the end not included', async () => {
    await ran();
    for (const at of [day(13), day(15), day(18), day(20) - hourMs]) await insertPrediction(at, at);
    await insertOutcome(day(13), await insertPrediction(day(13), day(13) + 1));
    await insertOutcome(day(12), await insertPrediction(day(12), day(12)));
    await insertOutcome(day(20), await insertPrediction(day(20), day(20)));
    await insertOutcome(day(15), await insertPrediction(day(15), day(15) + 1, 'shadow'), 'shadow');
    expect((await pushed('actuals-backfill'))['model_actuals_coverage_ratio']).toBe(0.2);
  });

  it('shows no coverage where there are no predictions', async () => {
    await ran();
    expect(await pushed('actuals-backfill')).not.toHaveProperty('model_actuals_coverage_ratio');
  });

  it('dates each stream by its newest arrival, not by its newest event', async () => {
    await ran();
    await insertPrediction(day(19), day(18));
    await insertPrediction(day(18), day(19) + hourMs);
    await insertPrediction(day(19) + hourMs, day(25), 'shadow');
    await insertActual(day(19), day(19) + 2 * hourMs);
    await insertActual(day(14), day(19) + 5 * hourMs);
    expect(await pushed('actuals-backfill')).toMatchObject({
      'data_freshness_timestamp_seconds{stream="predictions"}': asSeconds(day(19) + hourMs),
      'data_freshness_timestamp_seconds{stream="actuals"}': asSeconds(day(19) + 5 * hourMs),
    });
  });

  it('still dates a stream that has been silent for longer than a week', async () => {
    await ran();
    await insertPrediction(day(1), day(2));
    await insertActual(day(1), day(3));
    expect(await pushed('actuals-backfill')).toMatchObject({
      'data_freshness_timestamp_seconds{stream="predictions"}': asSeconds(day(2)),
      'data_freshness_timestamp_seconds{stream="actuals"}': asSeconds(day(3)),
    });
  });
});

describe('drift-detection', () => {
  it('shows the newest run whose window is as long as the current window of the monitor', async () => {
    await insertDrift({ end: day(20), share: 0.25 });
    await insertDrift({ end: day(21), length: dayMs, verdict: 'warning', share: 1 });
    await insertDrift({ end: day(22), length: 8 * dayMs, share: 1 });
    await insertDrift({ end: day(23), segment: 'city=A', share: 1 });
    expect(await pushed('drift-detection')).toEqual({
      data_drift_detected: 0,
      data_drift_share: 0.25,
      data_drift_ratio: 0.125,
    });
    expect(await pushed('hourly-drift-detection')).toMatchObject({
      data_drift_detected: 1,
      data_drift_share: 1,
    });
  });

  it('shows the p-value of methods that decide by it and the effect of the others', async () => {
    const run = await insertDrift({ end: day(20) });
    const numbers = { statistic: 3, pValue: 0.01, effect: 0.5, deciding: true };
    await insertResult(run, { column: 'temp', method: 'kolmogorov-smirnov', ...numbers });
    await insertResult(run, { column: 'weather', method: 'chi-squared', ...numbers });
    await insertResult(run, { column: 'prediction', method: 'wasserstein', ...numbers, pValue: null });
    await insertResult(run, { column: 'temp', method: 'wasserstein', ...numbers, deciding: false });
    expect(await pushed('drift-detection')).toMatchObject({
      'data_drift_score{feature="temp",method="kolmogorov-smirnov"}': 0.01,
      'data_drift_score{feature="weather",method="chi-squared"}': 0.01,
      'data_drift_score{feature="prediction",method="wasserstein"}': 0.5,
    });
    expect(await gauges('drift-detection')).not.toHaveProperty(
      'data_drift_score{feature="temp",method="wasserstein"}',
    );
  });

  it('shows no score for a column that could not be judged, and no share when none could', async () => {
    const run = await insertDrift({ end: day(20), share: null, verdict: 'insufficient-data' });
    const deciding = { column: 'temp', method: 'wasserstein', effect: 0.9, deciding: true };
    await insertResult(run, { ...deciding, verdict: 'insufficient-data' });
    expect(await pushed('drift-detection')).toEqual({ data_drift_detected: 0, data_drift_ratio: 0.125 });
  });

  it('shows the ratios of each column', async () => {
    const run = await insertDrift({ end: day(20) });
    await insertResult(run, { column: 'temp', method: 'missing-ratio', statistic: 0.02 });
    await insertResult(run, { column: 'temp', method: 'out-of-range-ratio', statistic: 0 });
    await insertResult(run, { column: 'temp', method: 'unseen-ratio', statistic: 0.5 });
    expect(await pushed('drift-detection')).toEqual({
      data_drift_detected: 0,
      data_drift_share: 0.25,
      data_drift_ratio: 0.125,
      'feature_missing_ratio{feature="temp"}': 0.02,
      'feature_out_of_range_ratio{feature="temp"}': 0,
    });
  });
});

describe('performance-evaluation', () => {
  it('shows every metric under its name', async () => {
    const metrics = {
      rmse: 1,
      mae: 2,
      mape: 3,
      r2: 4,
      peak_hour_mape: 5,
      accuracy: 6,
      precision: 7,
      recall: 8,
      f1: 9,
      roc_auc: 10,
      confidence: 11,
      bias: 12,
    };
    await insertEvaluation({ end: day(20), metrics });
    expect(await pushed('performance-evaluation')).toEqual({
      'model_rmse{version="1"}': 1,
      'model_mae{version="1"}': 2,
      'model_mape{version="1"}': 3,
      'model_r2_score{version="1"}': 4,
      'model_peak_hour_mape{version="1"}': 5,
      'model_accuracy{version="1"}': 6,
      'model_precision{version="1"}': 7,
      'model_recall{version="1"}': 8,
      'model_f1_score{version="1"}': 9,
      'model_roc_auc{version="1"}': 10,
      'model_prediction_confidence{version="1"}': 11,
    });
  });

  it('shows the newest revision of the newest day that could be evaluated', async () => {
    await insertEvaluation({ end: day(19), metrics: { rmse: 1 } });
    await insertEvaluation({ end: day(20), metrics: { rmse: 2 } });
    await insertEvaluation({ end: day(20), revision: 2, metrics: { rmse: 3 } });
    await insertEvaluation({ end: day(21), metrics: { rmse: 4 }, verdict: 'insufficient-data' });
    await insertEvaluation({ end: day(21), metrics: { rmse: 5 }, segment: 'city=A' });
    await insertEvaluation({ end: day(21), length: 7 * dayMs, metrics: { rmse: 6 } });
    await insertEvaluation({ end: day(21), length: 3 * hourMs, metrics: { rmse: 7 } });
    expect(await pushed('performance-evaluation')).toEqual({ 'model_rmse{version="1"}': 3 });
  });

  it('shows the shortest window where no day was evaluated', async () => {
    await insertEvaluation({ end: day(21), length: 30 * dayMs, metrics: { rmse: 1 } });
    await insertEvaluation({ end: day(20), length: 7 * dayMs, metrics: { rmse: 2 } });
    await insertEvaluation({ end: day(21), length: 7 * dayMs, metrics: { rmse: 3 } });
    expect(await pushed('performance-evaluation')).toEqual({ 'model_rmse{version="1"}': 3 });
  });

  it('shows each version of the last week, and none that is older', async () => {
    await insertEvaluation({ end: day(13), version: 'retired', metrics: { rmse: 1 } });
    await insertEvaluation({ end: day(14), version: 'challenger', metrics: { rmse: 2 } });
    await insertEvaluation({ end: day(20), version: 'champion', metrics: { rmse: 3 } });
    expect(await pushed('performance-evaluation')).toEqual({
      'model_rmse{version="challenger"}': 2,
      'model_rmse{version="champion"}': 3,
    });
  });
});

describe('degradation-check', () => {
  it.each([
    ['critical', 1],
    ['warning', 1],
    ['ok', 0],
    ['insufficient-data', 0],
  ])('shows %s of the newest check as %d', async (verdict, degraded) => {
    await insertCheck(day(20), verdict);
    await insertCheck(day(19), degraded === 1 ? 'ok' : 'critical');
    expect(await pushed('degradation-check')).toEqual({ model_degraded: degraded });
  });
});

describe('retraining', () => {
  it('counts the retrainings, however they ended', async () => {
    for (const [index, state] of ['promoted', 'rejected', 'failed', 'training'].entries()) {
      await test.database.execute(
        `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
           holdout_start, holdout_end, workflow_id, run_id)
         values ($1, $2, $3, '', $4, $4, $4, $4, $4, 'w', 'r')`,
        [model, String(index), state, toTimestamp(day(20))],
      );
    }
    expect(await pushed('retraining')).toEqual({ model_retrainings_total: 4 });
  });

  const insertVersion = (version: string, stage: string, lineage: unknown) =>
    test.database.execute(
      `insert into model_versions (model, version, stage, lineage, registered_at) values ($1, $2, $3, $4, $5)`,
      [model, version, stage, JSON.stringify(lineage), toTimestamp(day(1))],
    );

  it('shows what the champion looks at', async () => {
    await insertVersion('1', 'archived', { featureImportances: { temp: 0.1 } });
    await insertVersion('2', 'champion', { featureImportances: { temp: 0.7, hum: 0 } });
    expect(await pushed('retraining')).toEqual({
      model_retrainings_total: 0,
      'model_feature_importance{feature="temp",version="2"}': 0.7,
      'model_feature_importance{feature="hum",version="2"}': 0,
    });
  });

  it.each([
    [{}],
    [{ featureImportances: null }],
    [{ featureImportances: [1, 2] }],
    [{ featureImportances: { temp: 'high' } }],
  ])('shows nothing of the lineage %j', async (lineage) => {
    await insertVersion('1', 'champion', lineage);
    expect(await pushed('retraining')).toEqual({ model_retrainings_total: 0 });
  });
});
