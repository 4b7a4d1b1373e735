/** Two models with everything that dashboards show of models, computed and pushed by the product's own activities. */

import type { PredictionRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { dayMs, hourMs, hoursOf, type Window } from '../../../core/window.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { actualsOf, at, day, predictionsOf, watch } from '../../setup/synthetic.ts';

/** Predicts numbers; version 2 is promoted in the end. */
export const regression = 'dashboards-numbers';
/** Predicts classes with probabilities; versions 1 and 2 share the traffic. */
export const classification = 'dashboards-classes';

const firstDay = 1;
const lastDay = 46;
/** The time that dashboards look at. */
export const shownTime: Window = { start: day(firstDay), end: day(lastDay + 1) };

export const processes = [
  'actuals-backfill',
  'drift-detection',
  'performance-evaluation',
  'degradation-check',
  'retraining',
] as const;

export async function fillDashboards(database: Database): Promise<void> {
  await watchModels(database);
  await logNumbers(database);
  await logClasses(database);
  await reject(database);
  for (const model of [regression, classification]) {
    for (const morning of [30, 38, lastDay]) await runMorning(database, model, morning);
  }
  await retrain(database);
  const { pushMetrics, watchProcesses, deliverAlerts } = activitiesOn(database);
  for (const model of [regression, classification]) {
    for (const process of processes) await pushMetrics({ model, process });
    await watchProcesses({ model });
  }
  await deliverAlerts({ model: regression, alertKey: `degradation:${regression}:performance` });
}

async function watchModels(database: Database): Promise<void> {
  const common = {
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-15' },
    current: '1d',
    drift: { share: 0.4 },
    alerts: { routes: [{ slack: true }] },
  } satisfies Omit<MonitorInput, 'model' | 'task' | 'features'>;
  await watch(database, {
    ...common,
    model: regression,
    performance: { windows: ['1d', '7d'], limits: { rmse: { warning: 2, critical: 4 } } },
    degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 4 }] },
    segments: ['c'],
    retraining: {
      trainer: { url: 'http://127.0.0.1:1/trainings' },
      trainingWindow: { kind: 'trailing', length: '14d' },
      holdout: '7d',
      minimumOutcomes: 10,
    },
  });
  await watch(database, {
    ...common,
    model: classification,
    task: 'classification',
    classes: ['late', 'on-time'],
    features: { x: { kind: 'continuous', threshold: 1 }, c: { kind: 'categorical' } },
    performance: { windows: ['1d', '7d'], limits: { accuracy: 0.75 } },
    degradation: { rules: [{ metric: 'accuracy', over: '1d', limit: 0.75 }] },
  });
}

/** The errors of category b are small, those of a large: a weak slice. The last week drifts, and half of it has no x. */
async function logNumbers(database: Database): Promise<void> {
  const client = openClient({ database });
  const stretches = [
    { from: firstDay, to: 39, shift: 0, error: 1 },
    { from: 39, to: lastDay, shift: 6, error: 6 },
  ];
  for (const { from, to, shift, error } of stretches) {
    const rows = predictionsOf({ from, to, shift });
    const actuals = actualsOf({ from, to }).map((row, i) => {
      const size = error * (rows[i]!.features['c'] === 'a' ? 2 : 0.5) * (1 + (i % 5) / 10);
      return { ...row, value: Number(rows[i]!.prediction) + (i % 2 === 0 ? size : -size) };
    });
    await client.logPredictions(
      regression,
      rows.map((row, i) => (shift > 0 && i % 2 === 0 ? { ...row, features: { c: 'new' } } : row)),
    );
    await client.logPredictions(
      regression,
      rows.map((row, i) => ({
        ...row,
        version: '2',
        role: 'shadow',
        prediction: actuals[i]!.value + (i % 3) - 1,
      })),
    );
    await client.recordActuals(regression, actuals);
  }
}

async function logClasses(database: Database): Promise<void> {
  const client = openClient({ database });
  const hours = hoursOf({ start: day(firstDay), end: day(lastDay) });
  const isLate = (i: number): boolean => i % 4 === 0;
  const rows = hours.flatMap((eventTime, i) =>
    ['1', '2'].map((version): PredictionRow => {
      const x = ((i * 7) % 17) / 4 + (isLate(i) ? 4 : 0);
      const late = isLate(i) ? (i % 8 === 0 || version === '2' ? 0.8 : 0.3) : 0.1 + (i % 3) / 10;
      return {
        version,
        entity: `flight of ${version}`,
        eventTime,
        features: { x, c: i % 3 === 0 ? 'a' : 'b' },
        prediction: late > 0.5 ? 'late' : 'on-time',
        probabilities: { late, 'on-time': 1 - late },
      };
    }),
  );
  await client.logPredictions(classification, rows);
  await client.recordActuals(
    classification,
    rows.map(({ entity, eventTime }, row) => ({
      entity,
      eventTime,
      value: isLate(Math.floor(row / 2)) ? 'late' : 'on-time',
      recordedAt: Number(eventTime) + hourMs + (row % 5) * hourMs,
    })),
  );
}

/** A row that nobody can store. */
async function reject(database: Database): Promise<void> {
  const [row] = predictionsOf({ from: 1, to: 2 });
  await openClient({ database }).logPredictions(regression, [{ ...row!, prediction: Number.NaN }]);
}

/** What the schedules of a morning do. */
async function runMorning(database: Database, model: string, n: number): Promise<void> {
  const activities = activitiesOn(database);
  const request = { model, asOf: at(n, 3) };
  await activities.attachActuals(request);
  await activities.profileHours(request);
  for (const back of [2, 1, 0]) {
    const earlier = { model, asOf: new Date(day(n) - back * dayMs + 3 * hourMs).toISOString() };
    await activities.detectDrift({ ...earlier, act: back === 0 });
  }
  await activities.summarizeOutcomes(request);
  await activities.evaluatePerformance(request);
  await activities.estimatePerformance(request);
  await activities.comparePerformance(request);
  await activities.checkDegradation({ ...request, act: true });
}

async function retrain(database: Database): Promise<void> {
  const activities = activitiesOn(database);
  const retrainingId = at(lastDay, 3);
  const key = { model: regression, retrainingId };
  await activities.beginRetraining({ model: regression, asOf: retrainingId, reason: 'it has degraded' });
  const lineage = { rows: 336, featureImportances: { x: 3, c: 1 } };
  const answer = { state: 'succeeded', version: '2', cost: 3, lineage } as const;
  await activities.recordChallenger({ ...key, answer });
  await activities.validateChallenger(key);
  await activities.promoteChallenger({ ...key, reason: 'better' });
}
