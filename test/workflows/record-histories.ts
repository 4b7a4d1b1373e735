/** Records the histories that replay.test.ts replays, from real runs. */

import { mkdir, writeFile } from 'node:fs/promises';

import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { until } from '../../demo/stack/until.ts';
import type { RetrainingProgress } from '../../workflows/retraining-conversation.ts';
import { startTestChannels } from '../setup/channels.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import { daysPass } from '../setup/retrained.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { startTestWorker } from '../setup/worker.ts';
import { historyToJson } from './history-json.ts';

const model = 'recorded';
const asOf = at(22, 3, 40);

/**
 * One degraded and drifted model: every step of every workflow is taken, and the trainer fails once. Two cannot be recorded any more:
 * `actualsBackfill-unpatched.json` is of a code that waited ten minutes for a Pushgateway, `reprocessing-stepwise.json` of one that attached
 * and summarised each step by itself. Those that end in `-parts` are recorded by the tests of what is divided.
 */
export async function recordHistories(directory: URL): Promise<void> {
  const test = await createTestDatabase();
  const channels = await startTestChannels();
  const worker = await startTestWorker(test.database, { channels: channels.channels });
  let trainings = 0;
  const trainer = await startFakeTrainer(async () => {
    trainings += 1;
    if (trainings === 1) return { state: 'failed', reason: 'no memory left' };
    const actuals = actualsOf({ from: 15, to: 22, error: 5 });
    await openClient({ database: test.database }).logPredictions(
      model,
      predictionsOf({ from: 15, to: 22, version: '2', role: 'shadow' }).map((row, i) => ({
        ...row,
        prediction: Number(actuals[i]!.value),
      })),
    );
    return { state: 'succeeded', version: '2', lineage: {} };
  });
  await watch(test.database, {
    model,
    performance: { windows: ['1d'], limits: { rmse: 2 } },
    drift: { share: 0.4 },
    retraining: {
      trainer: { url: trainer.url, poll: '200ms' },
      trainingWindow: '7d',
      holdout: '7d',
      minimumOutcomes: 100,
      quality: 'ignore',
      approval: 'manual',
      verify: { for: '1d' },
    },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
    report: { recipients: ['team@example.org'] },
  });
  await load(test.database, model, { from: 1, to: 15 });
  await load(test.database, model, { from: 15, to: 22, error: 5, shift: 3 });

  const record = async (name: string, workflowId: string): Promise<void> => {
    const history = await worker.client.workflow.getHandle(workflowId).fetchHistory();
    await writeFile(new URL(`${name}.json`, directory), `${historyToJson(history)}\n`);
  };
  const run = async (name: string, input: Record<string, unknown>): Promise<void> => {
    await worker.run(name, input, `${name}-recorded`);
    await record(name, `${name}-recorded`);
  };

  /** What a run does that finds the Pushgateway away, and the run that pushes later. */
  const recordWithoutPushgateway = async (): Promise<void> => {
    let isAway = true;
    const there = openPushgateway(testServers().pushgatewayUrl);
    const away = openPushgateway('http://127.0.0.1:1');
    const unlucky = await startTestWorker(test.database, {
      pushgateway: { ...there, replaceGroup: (...args) => (isAway ? away : there).replaceGroup(...args) },
    });
    await unlucky.run('driftDetection', { model, asOf }, 'driftDetection-unpushed');
    await record('driftDetection-unpushed', 'driftDetection-unpushed');
    isAway = false;
    const later = `metrics-push:drift-detection:${model}`;
    await unlucky.client.workflow.getHandle(later).result();
    await record('metricsPush', later);
    await unlucky.stop();
  };

  await mkdir(directory, { recursive: true });
  await run('actualsBackfill', { model, asOf, window: { start: at(1), end: at(22) } });
  // Of now: it looks after the processes first.
  await worker.run('actualsBackfill', { model }, 'actualsBackfill-watching');
  await record('actualsBackfill-watching', 'actualsBackfill-watching');
  await run('driftDetection', { model, asOf });
  await recordWithoutPushgateway();
  await run('performanceEvaluation', { model, asOf });
  await run('degradationCheck', { model, asOf });
  // Two steps, then what ends later than the range.
  await run('reprocessing', { model, asOf, window: { start: at(19), end: at(21) } });
  const child = `retraining:${model}:${asOf}`;
  await worker.client.workflow.getHandle(child).result();
  await record('retraining-failed', child);
  const promoted = await worker.client.workflow.start('retraining', {
    workflowId: 'retraining-recorded',
    taskQueue: worker.taskQueue,
    args: [{ model, asOf: at(22, 4) }],
  });
  const untilItWaitsFor = (whom: RetrainingProgress['waitsFor']): Promise<boolean> =>
    until(async () => {
      const progress = await promoted.query<RetrainingProgress>('progress').catch(() => undefined);
      return progress?.waitsFor === whom;
    }, 30_000);
  await untilItWaitsFor('a person');
  await promoted.executeUpdate('approve', { args: [{ by: 'anna' }] });
  await untilItWaitsFor('the next day');
  await daysPass(test.database, model, { from: 22, to: 23, errors: { 1: 5, 2: 1 }, serving: '2' });
  await promoted.signal('dayChecked');
  await promoted.result();
  await record('retraining', promoted.workflowId);
  await run('weeklyReport', { model, asOf, send: true });
  await run('storageMaintenance', { asOf });
  // Nobody works on that task queue: its time limit ends it.
  await run('simulatedTraining', {
    model,
    plan: {
      kind: 'temporal',
      taskQueue: 'nobody-polls-this-one',
      runs: 'activity',
      type: 'train',
      timeoutMs: 1_000,
      request: {
        retrainingId: 'simulation-recorded',
        model,
        purpose: 'simulation',
        training: { start: at(1), end: at(8) },
        holdout: { start: at(8), end: at(22) },
        exclude: [],
      },
    },
  });
  const lifecycle = worker.client.workflow.getHandle(`alert-lifecycle:dataset-drift:${model}:dataset`);
  await lifecycle.executeUpdate('snooze', { args: [{ by: 'anna', for: '1m' }] });
  await lifecycle.executeUpdate('acknowledge', { args: [{ by: 'anna', note: 'looking into it' }] });
  await lifecycle.executeUpdate('resolve', { args: [{ by: 'anna' }] });
  await lifecycle.result();
  await record('alertLifecycle', lifecycle.workflowId);

  await worker.stop();
  await Promise.all([channels.stop(), trainer.stop()]);
  await test.drop();
}
