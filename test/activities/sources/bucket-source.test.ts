import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { S3mini } from 's3mini';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AttachActualsResult } from '../../../activities/actuals/attach-actuals.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { findMoto, startMoto, type MotoServer } from '../../setup/moto-server.ts';
import { writeParquet } from '../../setup/parquet.ts';
import { storedFeatures } from '../../setup/stored-features.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const program = findMoto();
const model = 'houses';
const keys = { region: 'eu-west-1', accessKeyId: 'key', secretAccessKey: 'secret' };

describe.skipIf(program === undefined)('a folder of a bucket as the source', () => {
  const world = useDatabase('empty for each test');
  let server: MotoServer;
  let bucket: S3mini;
  let directory: string;

  beforeAll(async () => {
    server = await startMoto(program!);
    bucket = new S3mini({ ...keys, endpoint: `${server.url}/lake` });
    await bucket.createBucket();
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-bucket-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const put = async (key: string, house: number, guess: number): Promise<void> => {
    const file = join(directory, 'file.parquet');
    await writeParquet(
      file,
      `select ${house} as house, timestamptz '2026-02-10T10:00:00Z' as scored, ${guess} as guess, 3 as rooms`,
    );
    await bucket.putObject(key, await readFile(file));
  };
  const lake = (): Sources =>
    openSources({
      ownDatabase: '',
      databases: new Map(),
      stores: new Map([['LAKE', { ...keys, endpoint: server.url }]]),
      directory: undefined,
    });
  const attach = (): Promise<AttachActualsResult> =>
    activitiesOn(world.database, { sources: lake() }).attachActuals({ model, asOf: '2026-03-02T00:05:00Z' });
  const watched = (parquet: string): Promise<unknown> =>
    watch(world.database, {
      model,
      features: { rooms: { kind: 'continuous' }, region: { kind: 'categorical' } },
      source: {
        predictions: {
          parquet,
          store: 'lake',
          columns: { entity: 'house', event_time: 'scored', version: { value: '7' }, prediction: 'guess' },
        },
      },
    });

  it('is read, and on from the files that are new or have changed', async () => {
    await put('scores/region=north/a.parquet', 1, 5);
    await put('scores/region=south/é 1+2.parquet', 2, 6);
    await put('elsewhere/a.parquet', 3, 7);
    await watched('s3://lake/scores');
    expect((await attach()).source?.predictions).toEqual({ read: 2, changed: 2, rejected: 0 });
    expect((await attach()).source?.predictions?.read).toBe(0);
    await put('scores/region=south/é 1+2.parquet', 2, 8);
    expect((await attach()).source?.predictions).toEqual({ read: 1, changed: 1, rejected: 0 });
    const rows = await world.database.query('select entity, prediction from predictions order by entity');
    expect(rows).toEqual([
      { entity: '1', prediction: 5 },
      { entity: '2', prediction: 8 },
    ]);
    expect(await storedFeatures(world.database, lake(), model)).toEqual([
      { rooms: 3, region: 'north' },
      { rooms: 3, region: 'south' },
    ]);
  });

  it('with many files is listed whole', async () => {
    const file = join(directory, 'file.parquet');
    await writeParquet(file, 'select 1 as unused');
    const content = await readFile(file);
    for (let i = 0; i < 1100; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, j) => bucket.putObject(`many/_${i + j}.parquet`, content)),
      );
    await put('many/z.parquet', 1, 5);
    await watched('s3://lake/many/');
    await expect(attach()).rejects.toThrow('there is no column "region"');
  });

  it('without such a bucket, or without a file, says so', async () => {
    await watched('s3://no-lake/scores');
    await expect(attach()).rejects.toThrow('there is no bucket "no-lake"');
    await watched('s3://lake/nothing');
    await expect(attach()).rejects.toThrow('there is no Parquet file (*.parquet) in it');
  });
});
