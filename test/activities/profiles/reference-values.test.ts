/** How the values of a reference are read: whole, a few columns at a time, or a sample of rows that stay in their source. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withSources, type RowConnection } from '../../../activities/feature-rows/row-connection.ts';
import { predictionColumns } from '../../../activities/profiles/columns.ts';
import {
  readReference,
  type ReadReference,
  type ReferenceLimits,
} from '../../../activities/profiles/reference-values.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import { monitorSchema, type Monitor } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { day, load, syntheticMonitor, watch } from '../../setup/synthetic.ts';

const logged = monitorSchema.parse({ ...syntheticMonitor, model: 'logged-reference' });
const columns = {
  entity: 'entity',
  event_time: 'event_time',
  version: 'version',
  prediction: 'prediction',
} as const;
const placedInput = {
  model: 'placed-reference',
  features: { x: { kind: 'continuous' }, c: { kind: 'categorical' } },
  source: { predictions: { table: 'seen', columns } },
} as const;
const week = { start: day(1), end: day(8) };
const rows = 168;

let test: TestDatabase;
let sources: Sources;
let placed: Monitor;
let connection: RowConnection;
beforeAll(async () => {
  test = await createTestDatabase();
  sources = openSources({
    ownDatabase: test.url,
    databases: new Map(),
    stores: new Map(),
    directory: undefined,
  });
  connection = withSources(test.database, sources);
  await watch(test.database, { model: logged.model });
  await load(test.database, logged.model, { from: 1, to: 9 });
  await test.database.execute(
    `create table seen as
     select entity, event_time, version, prediction, (features ->> 'x')::float8 as x, features ->> 'c' as c
     from predictions where model = '${logged.model}'`,
  );
  await watch(test.database, placedInput);
  placed = monitorSchema.parse({ ...syntheticMonitor, ...placedInput });
  await activitiesOn(test.database, { sources }).attachActuals({
    model: placed.model,
    asOf: '2024-01-09T00:00:00Z',
  });
});
afterAll(async () => {
  await sources.close();
  await test.drop();
});

async function read(
  monitor: Monitor,
  limits?: Partial<ReferenceLimits>,
): Promise<ReadReference & { readonly values: Readonly<Record<string, readonly unknown[]>> }> {
  const values: Record<string, readonly unknown[]> = {};
  const found = await readReference(
    connection,
    monitor,
    week,
    predictionColumns(monitor),
    ({ name, kind }, of) => {
      values[name] =
        kind === 'continuous' ? Array.from(of.numbers()).toSorted((a, b) => a - b) : of.levels().toSorted();
    },
    limits && { atOnce: 1_000_000, most: 1_000_000, sampledRows: 20, ...limits },
  );
  return { ...found, values };
}

describe('the values of a reference', () => {
  it('are the same where the rows were copied and where they stay in their source', async () => {
    const copied = await read(logged);
    expect(copied).toMatchObject({ rows, read: rows });
    expect(Object.values(copied.values).map(({ length }) => length)).toEqual([rows, rows, rows]);
    expect(await read(placed)).toEqual(copied);
  });

  it.each(['logged', 'placed'] as const)('are the same where they do not fit at once: %s', async (which) => {
    const monitor = which === 'logged' ? logged : placed;
    const whole = await read(monitor);
    expect(await read(monitor, { atOnce: 1 })).toEqual(whole);
    expect(await read(monitor, { atOnce: 2 * rows })).toEqual(whole);
  });

  it('are all read of rows that were logged, however many there are', async () => {
    expect(await read(logged, { most: 1 })).toEqual(await read(logged));
  });

  it('are those of a sample of too many rows that stay in their source, which is said', async () => {
    const sample = await read(placed, { most: 3 * rows - 1 });
    expect(sample).toMatchObject({ rows, read: 20 });
    const whole = await read(placed);
    for (const [name, values] of Object.entries(sample.values)) {
      expect(values, name).toHaveLength(20);
      expect(whole.values[name], name).toEqual(expect.arrayContaining([...values]));
    }
    expect(await read(placed, { most: 3 * rows - 1 })).toEqual(sample);
    expect(await read(placed, { most: 3 * rows })).toEqual(whole);
  });
});
