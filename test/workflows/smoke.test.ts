import { afterAll, beforeAll, expect, it } from 'vitest';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { configurationHash } from '../../activities/monitors/configuration.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';

let db: TestDatabase; let worker: TestWorker;
beforeAll(async () => { db = await createTestDatabase(); worker = await startTestWorker(db.database); });
afterAll(async () => { await worker.stop(); await db.drop(); });

it('runs the whole chain', async () => {
  const monitor = monitorSchema.parse({ model: 'smoke', task: 'regression', features: { x: { kind: 'continuous' }, c: { kind: 'categorical' } }, reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-15' }, performance: { limits: { rmse: 2 } } });
  await upsertMonitor(db.database, monitor, configurationHash(monitor));
  const client = openClient({ database: db.database });
  const start = Date.parse('2024-01-01T00:00:00Z');
  const rows = Array.from({ length: 24 * 28 }, (_, i) => ({ version: '1', entity: 'e', eventTime: start + i * 3_600_000, features: { x: Math.sin(i) + (i > 24 * 20 ? 3 : 0), c: i % 3 === 0 ? 'a' : 'b' }, prediction: i % 10 }));
  console.log(await client.logPredictions('smoke', rows));
  console.log(await client.recordActuals('smoke', rows.map((r, i) => ({ entity: 'e', eventTime: r.eventTime, value: (i % 10) + (i % 2 ? 1 : -1) * (i > 24 * 20 ? 5 : 1), recordedAt: r.eventTime + 3_600_000 }))));
  console.log(await worker.run('actualsBackfill', { model: 'smoke', asOf: '2024-01-29T02:00:00Z' }));
  console.log(await worker.run('driftDetection', { model: 'smoke', asOf: '2024-01-29T03:00:00Z' }));
  console.log(await worker.run('performanceEvaluation', { model: 'smoke', asOf: '2024-01-29T03:00:00Z' }));
  console.log(await worker.run('degradationCheck', { model: 'smoke', asOf: '2024-01-29T03:00:00Z' }));
  console.log(await db.database.query('select * from model_performance'));
  console.log(JSON.stringify(await db.database.query('select * from data_drift_metrics'), null, 1));
  console.log(await db.database.query('select * from alerts'));
  expect(1).toBe(1);
});
