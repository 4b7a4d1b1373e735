import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { configurationHash } from '../../../activities/monitors/configuration.ts';
import {
  deleteMonitor,
  findMonitor,
  listConfigurations,
  listMonitors,
  upsertMonitor,
} from '../../../activities/monitors/store.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import type { Database } from '../../../sql/database.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  database = test.database;
});
afterAll(() => test.drop());
beforeEach(() => database.execute('delete from monitors'));

function monitorOf(model: string, current = '7d') {
  return monitorSchema.parse({
    model,
    task: 'classification',
    classes: ['late', 'on time'],
    features: { zone: { kind: 'categorical' }, hum: { kind: 'continuous', threshold: 0.2 } },
    reference: { kind: 'training-statistics', features: { hum: { min: 0, max: 1, mean: 0.5, std: 0.1 } } },
    performance: { limits: { accuracy: 0.8 } },
    current,
  });
}

async function store(model: string, current?: string) {
  const monitor = monitorOf(model, current);
  await upsertMonitor(database, monitor, configurationHash(monitor));
  return monitor;
}

const appliedAt = async () =>
  (await database.query<{ at: number }>('select applied_at as at from monitors')).map(({ at }) => at);

describe('a stored monitor', () => {
  it('is found as it was applied, with its hash', async () => {
    const monitor = await store('bike');
    expect(await findMonitor(database, 'bike')).toEqual({
      monitor,
      configurationHash: configurationHash(monitor),
    });
  });

  it('is replaced by the next one of the same model', async () => {
    await store('bike');
    const changed = await store('bike', '14d');
    expect((await listMonitors(database)).monitors).toEqual([
      { monitor: changed, configurationHash: configurationHash(changed) },
    ]);
  });

  it('keeps the time of its application when nothing changed', async () => {
    await store('bike');
    const [first] = await appliedAt();
    await store('bike');
    expect(await appliedAt()).toEqual([first]);
    await store('bike', '14d');
    expect(await appliedAt()).not.toEqual([first]);
  });

  it('is gone after its removal, while its data stays', async () => {
    await store('bike');
    await database.execute(
      `insert into model_versions (model, version, stage, registered_at) values ('bike', '1', 'champion', now())`,
    );
    await deleteMonitor(database, 'bike');
    expect((await listMonitors(database)).monitors).toEqual([]);
    expect(await database.query('select model from model_versions')).toEqual([{ model: 'bike' }]);
  });

  it('is listed by model', async () => {
    await store('flights');
    await store('bike');
    expect((await listMonitors(database)).monitors.map(({ monitor }) => monitor.model)).toEqual([
      'bike',
      'flights',
    ]);
    expect((await listConfigurations(database)).map(({ model }) => model)).toEqual(['bike', 'flights']);
  });
});

describe('findMonitor', () => {
  it('lists the known models when asked for another', async () => {
    await store('flights');
    await store('bike');
    await expect(findMonitor(database, 'bikes')).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      details: { model: 'bikes', known: 'bike, flights' },
    });
  });

  it('says that there is none yet', async () => {
    await expect(findMonitor(database, 'bike')).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      message: expect.stringContaining('Known models: none yet.'),
    });
  });

  it('fills in what an older version did not know', async () => {
    await database.execute(
      `insert into monitors (model, configuration, configuration_hash)
       values ('old', '{"model":"old","task":"regression","features":{"hum":{"kind":"continuous"}},"reference":{"kind":"rolling"}}', 'hash')`,
    );
    const { monitor, configurationHash } = await findMonitor(database, 'old');
    expect(monitor.drift.minimumRows).toBe(10);
    expect(configurationHash).toBe('hash');
  });

  it('names what it cannot read in a monitor of a newer version', async () => {
    await database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ('new', '{"model":"new"}', 'hash')`,
    );
    await expect(findMonitor(database, 'new')).rejects.toMatchObject({
      code: 'UNREADABLE_MONITOR',
      message: expect.stringMatching(/^The stored monitor of "new" cannot be read: task: .*tidewatch apply/),
    });
    expect(await listConfigurations(database)).toEqual([
      { model: 'new', configuration: { model: 'new' }, configurationHash: 'hash' },
    ]);
  });
});

it('takes apart what cannot be read, and stores it anew when it is applied with the hash that it had', async () => {
  await store('bike');
  await store('flights');
  await database.execute(`update monitors set configuration = 'null' where model = 'flights'`);
  const { monitors, unreadable } = await listMonitors(database);
  expect(monitors.map(({ monitor }) => monitor.model)).toEqual(['bike']);
  expect(unreadable).toEqual([
    {
      model: 'flights',
      problem: expect.stringMatching(/^The stored monitor of "flights" cannot be read: the whole: /),
    },
  ]);
  await store('flights');
  expect((await listMonitors(database)).unreadable).toEqual([]);
});
