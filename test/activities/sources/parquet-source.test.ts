import { mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AttachActualsResult } from '../../../activities/actuals/attach-actuals.ts';
import { openSources, type Sources } from '../../../activities/sources/sources.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { writeParquet } from '../../setup/parquet.ts';
import { storedFeatures } from '../../setup/stored-features.ts';
import { watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const world = useDatabase('empty for each test');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-lake-'));
});
afterEach(() => rm(directory, { recursive: true }));

const model = 'houses';
const predictions = {
  parquet: 'scores',
  columns: { entity: 'house', event_time: 'scored', version: { value: '7' }, prediction: 'guess' },
  features: { rooms: 'n_rooms', region: 'region' },
  timeZone: 'UTC',
} as const;

const lake = (): Sources =>
  openSources({ ownDatabase: '', databases: new Map(), stores: new Map(), directory });
const attach = (): Promise<AttachActualsResult> =>
  activitiesOn(world.database, { sources: lake() }).attachActuals({ model, asOf: '2026-03-02T00:05:00Z' });

const watched = (part: object = {}): Promise<unknown> =>
  watch(world.database, {
    model,
    features: { rooms: { kind: 'continuous' }, region: { kind: 'categorical' } },
    source: { predictions: { ...predictions, ...part } },
  });

const write = (file: string, rows: string): Promise<void> =>
  writeParquet(
    join(directory, 'scores', file),
    `select * from (values ${rows}) as scores (house, scored, guess, n_rooms)`,
  );
const row = (house: number, day: number, guess = '1.5', rooms = '3'): string =>
  `(${house}::bigint, timestamp '2026-02-${day} 10:00:00', ${guess}::decimal(9, 3), ${rooms}::double)`;

const stored = (): Promise<Record<string, unknown>[]> =>
  world.database.query('select entity, event_time, version, prediction from predictions order by entity');

describe('a folder of Parquet files as the source', () => {
  it('is read with what its folders say', async () => {
    await write('region=north/a.parquet', row(1, 10));
    await write('region=south/a.parquet', row(2, 11, '2.25', "'nan'"));
    await watched();
    expect((await attach()).source?.predictions).toEqual({ read: 2, changed: 2, rejected: 0 });
    const common = { version: '7' };
    expect(await stored()).toEqual([
      {
        ...common,
        entity: '1',
        event_time: Date.parse('2026-02-10T10:00:00Z'),
        prediction: 1.5,
      },
      {
        ...common,
        entity: '2',
        event_time: Date.parse('2026-02-11T10:00:00Z'),
        prediction: 2.25,
      },
    ]);
    expect(await storedFeatures(world.database, lake(), model)).toEqual([
      { rooms: 3, region: 'north' },
      { rooms: null, region: 'south' },
    ]);
  });

  it('is read on from the files that are new or have changed', async () => {
    await write('region=north/a.parquet', row(1, 10));
    await write('region=north/b.parquet', row(2, 10));
    await watched();
    await attach();
    expect((await attach()).source?.predictions?.read).toBe(0);
    await write('region=north/b.parquet', `${row(2, 10, '7')}, ${row(3, 10)}`);
    expect((await attach()).source?.predictions).toEqual({ read: 2, changed: 2, rejected: 0 });
    await unlink(join(directory, 'scores/region=north/a.parquet'));
    await attach();
    const parts = await world.database.query('select part from source_parts');
    expect(parts).toEqual([{ part: 'region=north/b.parquet' }]);
    expect(await stored()).toHaveLength(3);
  });

  it('reads times without a zone in the zone that is named, and rows from a day on', async () => {
    await write('region=north/a.parquet', `${row(1, 10)}, ${row(2, 20)}`);
    await watched({ timeZone: 'America/New_York', since: '2026-02-15' });
    await attach();
    expect((await stored()).map(({ event_time: at }) => at)).toEqual([Date.parse('2026-02-20T15:00:00Z')]);
  });

  it('passes over what is not written to its end', async () => {
    await write('region=north/a.parquet', row(1, 10));
    await writeFile(join(directory, 'scores', '_SUCCESS'), '');
    await write('_temporary/region=north/b.parquet', row(2, 10));
    await watched();
    expect((await attach()).source?.predictions?.read).toBe(1);
  });

  it('says which file cannot be read, and reads the others', async () => {
    await write('region=north/a.parquet', row(1, 10));
    await writeFile(join(directory, 'scores/region=north/b.parquet'), 'PAR1 cut short');
    await writeParquet(
      join(directory, 'scores/region=north/c.parquet'),
      `select 5 as house, 'soon' as scored`,
    );
    await write('region=north/d.parquet', row(4, 10));
    await watched();
    const failure = await attach().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SOURCE_UNREADABLE' });
    const { message } = failure as Error;
    expect(message).toContain('region=north/b.parquet: it is damaged or cut short');
    expect(message).toContain(
      'region=north/c.parquet: event_time: "scored" is of type VARCHAR, and a time is wanted',
    );
    expect((await stored()).map(({ entity }) => entity)).toEqual(['1', '4']);
  });

  it('that has gone, or has no file, says so', async () => {
    await watched();
    await expect(attach()).rejects.toThrow('there is no folder scores in SOURCE_DIRECTORY');
    await writeFile(join(directory, 'notes.txt'), '');
    await watched({ parquet: '.' });
    await expect(attach()).rejects.toThrow('there is no Parquet file (*.parquet) in it');
  });

  it('does not lead out of the directory', async () => {
    await symlink('/', join(directory, 'scores'));
    await watched();
    await expect(attach()).rejects.toThrow('scores leads out of SOURCE_DIRECTORY');
  });
});
