import { afterAll, beforeAll, expect, it } from 'vitest';

import { maintenanceLines } from '../../cli/run/maintenance-lines.ts';
import type { StorageMaintenanceResult } from '../../workflows/storage-maintenance.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import { startTestWorker } from '../setup/worker.ts';

let test: TestDatabase;
let worker: Awaited<ReturnType<typeof startTestWorker>>;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

const asOf = '2024-03-15T02:30:00Z';
const maintain = (input: object, id: string): Promise<StorageMaintenanceResult> =>
  worker.run('storageMaintenance', input, id) as Promise<StorageMaintenanceResult>;

it('says what it would do, then does it, and then nothing', async () => {
  await test.database.execute(`
    insert into actuals (model, entity, event_time, value, recorded_at)
    values ('m', 'e', '2023-01-05Z', 1, '2023-01-06Z')`);
  const planned = await maintain({ asOf, plan: true }, 'storage-planned');
  expect(planned).toEqual({
    asOf,
    metrics: 'planned only',
    databaseBytes: null,
    retention: {
      tables: [],
      rolledUp: { models: 0, rows: 0, bytes: 0 },
      rolledUpDays: { models: 0, rows: 0, bytes: 0 },
      models: [],
      waiting: [],
      more: 0,
    },
    partitions: {
      width: 'month',
      preparedUntil: '2024-05-16T02:30:00Z',
      made: 3,
      moved: [
        {
          table: 'actuals',
          rows: 1,
          range: { start: '2023-01-01T00:00:00Z', end: '2023-02-01T00:00:00Z' },
        },
      ],
    },
  });
  expect(maintenanceLines(planned)).toEqual([
    'partitions by month: would make partitions for 3 months, until 2024-05-16T02:30:00Z',
    'would move 1 row of actuals, 2023-01-01 to 2023-02-01, out of the default partition',
  ]);
  expect(await test.database.query(`select * from partition_ranges('predictions')`)).toEqual([]);
  expect(await test.database.query('select * from process_watermarks')).toEqual([]);

  const done = await maintain({ asOf }, 'storage-done');
  expect(done).toMatchObject({ metrics: 'pushed', partitions: planned.partitions });
  expect(done.databaseBytes).toBeGreaterThan(1_000_000);
  expect(await test.database.query('select tableoid::regclass::text as name from actuals')).toEqual([
    { name: 'actuals_2023_01' },
  ]);

  const again = await maintain({ asOf }, 'storage-again');
  expect(again.partitions).toMatchObject({ made: 0, moved: [] });
  expect(maintenanceLines(again)[0]).toBe(
    'partitions by month: made until 2024-05-16T02:30:00Z, nothing to do',
  );

  const metrics = await (await fetch(`${testServers().pushgatewayUrl}/metrics`)).text();
  const group = metrics.split('\n').filter((line) => line.includes('process="storage-maintenance"'));
  expect(group.join('\n')).toMatch(
    /^tidewatch_last_success_timestamp_seconds\{.*model="_installation".*\} 1\.7104698e\+09$/m,
  );
  expect(group.join('\n')).toMatch(/^tidewatch_database_bytes\{/m);
});

it('takes no model, and says what to write', async () => {
  await expect(maintain({ model: 'bike-demand' }, 'storage-bad')).rejects.toMatchObject({
    cause: { message: expect.stringContaining('Write for example {"plan":true}') },
  });
});
