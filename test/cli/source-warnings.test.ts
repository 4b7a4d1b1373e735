import { describe, expect, it } from 'vitest';

import { planMonitors } from '../../cli/monitor-plan.ts';
import { withSourceWarnings } from '../../cli/source-warnings.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { useDatabase } from '../setup/world.ts';

const world = useDatabase('shared by all tests');

async function warningsOf(source: object): Promise<readonly string[]> {
  const monitor = monitorSchema.parse({
    model: 'houses',
    task: 'regression',
    features: { rooms: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    source: {
      predictions: {
        columns: { entity: 'house', event_time: 'at', version: { value: '7' }, prediction: 'guess' },
        ...source,
      },
    },
  });
  const [change] = await withSourceWarnings(
    planMonitors([{ file: 'houses.yaml', monitor, written: {} }], [], 'keep'),
    {
      ownDatabase: world.url,
      databases: new Map([['AWAY', 'postgres://reader:secret@127.0.0.1:1/away']]),
      stores: new Map(),
      directory: undefined,
    },
  );
  return change?.change === 'create' ? change.warnings : [];
}

describe('a plan warns of a source', () => {
  it('only where something is wrong with it', async () => {
    await world.database.execute('create table houses (house int, at timestamptz, guess real, rooms int)');
    expect(await warningsOf({ table: 'houses' })).toEqual([]);
  });

  it('that is not there', async () => {
    expect(await warningsOf({ table: 'nosuch' })).toEqual([
      'source.predictions (nosuch): relation "nosuch" does not exist',
    ]);
  });

  it('that the environment does not name here', async () => {
    expect(await warningsOf({ table: 'houses', database: 'lake' })).toEqual([
      'SOURCE_DATABASE_URL_LAKE is not set',
    ]);
    expect(await warningsOf({ parquet: 's3://lake/scores' })).toEqual(['SOURCE_S3_ENDPOINT is not set']);
    expect(await warningsOf({ parquet: 'scores' })).toEqual(['SOURCE_DIRECTORY is not set']);
  });

  it('that does not answer', async () => {
    expect(await warningsOf({ table: 'houses', database: 'away' })).toEqual([
      expect.stringMatching(/^its source could not be looked at from here \(.*ECONNREFUSED.*\)$/),
    ]);
  });
});
