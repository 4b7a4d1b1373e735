import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ActualRow, PredictionRow, TidewatchClient } from '../../client/tidewatch-client.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { formatInstant } from '../../core/window.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { asRole, createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
let client: TidewatchClient;
beforeEach(async () => {
  test = await createTestDatabase();
  client = openClient({ database: asRole(test.database, 'ingest') });
});
afterEach(() => test.drop());

const prediction = (part: Partial<PredictionRow> = {}): PredictionRow => ({
  version: '1',
  entity: 'a',
  eventTime: '2011-05-20T08:00:00Z',
  features: { temp: 0.3 },
  prediction: 17,
  ...part,
});
const actual = (part: Partial<ActualRow> = {}): ActualRow => ({
  entity: 'a',
  eventTime: '2011-05-20T08:00:00Z',
  value: 21,
  recordedAt: '2011-05-21T06:00:00Z',
  ...part,
});

const select = (query: string): Promise<Record<string, unknown>[]> => test.database.query(query);
const storedPredictions = (): Promise<Record<string, unknown>[]> =>
  select('select entity, version, prediction from predictions order by entity, version, event_time');
const storedActuals = (): Promise<Record<string, unknown>[]> =>
  select('select value, class, recorded_at from actuals order by entity, event_time');
const markedHours = async (): Promise<string[]> =>
  (await select(`select window_start from dirty_windows where stage = 'outcomes' order by 1`)).map((row) =>
    formatInstant(row.window_start as number),
  );
const clearMarks = (): Promise<number> => test.database.execute('delete from dirty_windows');

async function storeMonitor(monitor: MonitorInput): Promise<void> {
  const parsed = monitorSchema.parse(monitor);
  await test.database.execute(
    `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash')`,
    [parsed.model, JSON.stringify(parsed)],
  );
}

describe('logPredictions', () => {
  it('stores every column', async () => {
    const row = prediction({
      issuedAt: '2011-05-19T00:00:00Z',
      role: 'shadow',
      features: { temp: 0.3, season: 'spring', hum: null, holiday: true },
      prediction: 'yes',
      probabilities: { yes: 0.75, no: 0.25 },
      interval: { low: 1, high: 2 },
    });
    expect(await client.logPredictions('m', [row])).toEqual({ stored: 1, rejected: [] });
    expect(
      await select(`
        select model, version, entity, event_time, issued_at, role, features, prediction, predicted_class, probabilities,
          interval_low, interval_high from predictions`),
    ).toEqual([
      {
        model: 'm',
        version: '1',
        entity: 'a',
        event_time: Date.UTC(2011, 4, 20, 8),
        issued_at: Date.UTC(2011, 4, 19),
        role: 'shadow',
        features: { temp: 0.3, season: 'spring', hum: null, holiday: true },
        prediction: null,
        predicted_class: 'yes',
        probabilities: { yes: 0.75, no: 0.25 },
        interval_low: 1,
        interval_high: 2,
      },
    ]);
  });

  it('stores any text and any number exactly', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((value) => !value.includes('\0'));
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const specials = [
      '\t',
      '\n',
      '\r',
      '\\',
      '\\N',
      '\\.',
      '"',
      "'",
      ',',
      '{',
      '\\u0000',
      ''.padEnd(300, '\\'),
    ];
    const rows = [
      ...specials.map((value) => ({ entity: value, prediction: 1, features: { [value]: value } })),
      ...fc.sample(
        fc.record({
          entity: text,
          prediction: number,
          features: fc.dictionary(text, fc.oneof(text, number)),
        }),
        { numRuns: 200, seed: 7 },
      ),
    ].map((row, index) => prediction({ ...row, version: String(index) }));
    expect(await client.logPredictions('m', rows)).toEqual({ stored: rows.length, rejected: [] });
    const stored = await select('select entity, prediction, features from predictions order by version::int');
    expect(stored).toEqual(
      rows.map(({ entity, prediction, features }) => ({ entity, prediction, features: { ...features } })),
    );
  });

  it('puts rows into the partition of their month', async () => {
    const eventTimes = ['2011-03-31T23:59:59Z', '2011-04-01T00:00:00Z', '1999-12-31T00:00:00Z'];
    await client.logPredictions(
      'm',
      eventTimes.map((eventTime) => prediction({ eventTime })),
    );
    expect(
      await select('select tableoid::regclass::text as name from predictions order by event_time'),
    ).toEqual([
      { name: 'predictions_1999_12' },
      { name: 'predictions_2011_03' },
      { name: 'predictions_2011_04' },
    ]);
  });

  it('replaces a row of the same version, entity, event time and issue time: the last wins', async () => {
    await client.logPredictions('m', [prediction()]);
    const [before] = await select('select prediction_id from predictions');
    await client.logPredictions('m', [prediction({ prediction: 18, role: 'shadow', features: { temp: 1 } })]);
    expect(await select('select prediction_id, prediction, role, features from predictions')).toEqual([
      { ...before, prediction: 18, role: 'shadow', features: { temp: 1 } },
    ]);
  });

  it('takes the later of two rows of the same key in one call', async () => {
    const result = await client.logPredictions('m', [
      prediction({ prediction: 1 }),
      prediction({ entity: 'b', prediction: 5 }),
      prediction({ prediction: 3 }),
      prediction({ prediction: 2 }),
    ]);
    expect(result).toEqual({ stored: 4, rejected: [] });
    expect(await storedPredictions()).toEqual([
      { entity: 'a', version: '1', prediction: 2 },
      { entity: 'b', version: '1', prediction: 5 },
    ]);
  });

  it('keeps rows apart that differ in version, issue time, model or event time', async () => {
    await client.logPredictions('m', [
      prediction(),
      prediction({ version: '2' }),
      prediction({ issuedAt: '2011-05-19T00:00:00Z' }),
      prediction({ eventTime: '2011-05-20T08:00:00.001Z' }),
    ]);
    await client.logPredictions('other', [prediction()]);
    expect(await select('select count(*) as rows from predictions')).toEqual([{ rows: 5 }]);
  });

  it('marks nothing and writes nothing when the same call is repeated', async () => {
    const rows = [
      prediction({ probabilities: { yes: 0.5 }, prediction: 'yes', interval: { low: 0, high: 1 } }),
      prediction({ entity: 'b', features: { b: 1, a: 'x' } }),
    ];
    await client.logPredictions('m', rows);
    const before = await select('select ctid, * from predictions order by entity');
    await clearMarks();
    await client.logPredictions('m', [rows[0]!, { ...rows[1]!, features: { a: 'x', b: 1 } }]);
    expect(await select('select ctid, * from predictions order by entity')).toEqual(before);
    expect(await markedHours()).toEqual([]);
  });

  it('marks only the hours of rows that changed', async () => {
    const nine = prediction({ eventTime: '2011-05-20T09:30:00Z' });
    await client.logPredictions('m', [prediction(), nine]);
    await clearMarks();
    await client.logPredictions('m', [prediction(), { ...nine, prediction: 99 }]);
    expect(await markedHours()).toEqual(['2011-05-20T09:00:00Z']);
  });

  it('stores the good rows of a call, and the bad ones as rejected rows with their reason and content', async () => {
    const bad = prediction({ entity: 'b', features: { hum: Number.NaN, wind: Infinity } });
    const result = await client.logPredictions('m', [
      prediction(),
      bad,
      prediction({ entity: 'c' }),
      // @ts-expect-error a row from untyped code
      null,
    ]);
    const rejected = [
      { index: 1, reason: 'features.hum is NaN; send null for a missing value' },
      { index: 3, reason: 'the row is null; send an object' },
    ];
    expect(result).toEqual({ stored: 2, rejected });
    expect((await storedPredictions()).map(({ entity }) => entity)).toEqual(['a', 'c']);
    expect(await select('select model, stream, reason, content from rejected_rows order by reason')).toEqual([
      {
        model: 'm',
        stream: 'predictions',
        reason: rejected[0]?.reason,
        content: { ...bad, features: { hum: 'NaN', wind: 'Infinity' } },
      },
      { model: 'm', stream: 'predictions', reason: rejected[1]?.reason, content: null },
    ]);
  });

  it('keeps a call of bad rows alone', async () => {
    const result = await client.logPredictions('m', [prediction({ prediction: Number.NaN })]);
    expect(result.stored).toBe(0);
    expect(await select('select reason from rejected_rows')).toEqual([
      { reason: 'prediction is NaN; send a finite number' },
    ]);
    expect(await storedPredictions()).toEqual([]);
  });

  it('checks rows against the monitor as soon as there is one', async () => {
    const text = prediction({ features: { temp: 'warm', extra: 1 } });
    expect((await client.logPredictions('m', [text])).rejected).toEqual([]);
    await storeMonitor({
      model: 'm',
      task: 'regression',
      features: { temp: { kind: 'continuous' }, hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
    });
    expect(
      (await client.logPredictions('m', [text, prediction({ features: { extra: 'x' } })])).rejected,
    ).toEqual([
      {
        index: 0,
        reason: 'features.temp is "warm", but the monitor says that it is continuous; send a number or null',
      },
    ]);
  });

  it('stores calls that are larger than a batch, and counts rejected rows from the start of the call', async () => {
    const rows = Array.from({ length: 20_003 }, (_, index) => prediction({ entity: String(index) }));
    rows[5] = prediction({ prediction: Number.NaN });
    rows[20_001] = prediction({ prediction: Number.NaN });
    rows[20_002] = prediction({ entity: '0', prediction: 2 });
    const { stored, rejected } = await client.logPredictions('m', rows);
    expect([stored, rejected.map(({ index }) => index)]).toEqual([20_001, [5, 20_001]]);
    expect(await select('select count(*) as rows from predictions')).toEqual([{ rows: 20_000 }]);
    expect(await select(`select prediction from predictions where entity = '0'`)).toEqual([
      { prediction: 2 },
    ]);
  });

  it('stores nothing of a call that the database refuses, and works again after it', async () => {
    await test.database.execute(`alter table predictions add constraint small check (prediction < 100)`);
    const rows = [
      prediction(),
      prediction({ entity: 'b', prediction: Number.NaN }),
      prediction({ prediction: 1000 }),
    ];
    await expect(client.logPredictions('m', rows)).rejects.toThrow('violates check constraint "small"');
    expect(await storedPredictions()).toEqual([]);
    expect(await select('select * from rejected_rows')).toEqual([]);
    expect(await client.logPredictions('m', [prediction()])).toEqual({ stored: 1, rejected: [] });
  });

  it('takes the same rows from many callers at once, in any order', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => prediction({ entity: String(index) }));
    const clients = Array.from({ length: 6 }, () => openClient({ database: test.database }));
    await Promise.all(
      clients.map((client, index) => client.logPredictions('m', index % 2 === 0 ? rows : rows.toReversed())),
    );
    expect(await select('select count(*) as rows from predictions')).toEqual([{ rows: 300 }]);
  });

  it('does nothing for no rows', async () => {
    expect(await client.logPredictions('m', [])).toEqual({ stored: 0, rejected: [] });
  });

  it('throws for a model name that no monitor can have, and for rows that are no array', async () => {
    await expect(client.logPredictions('Bike Demand', [])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(
        'logPredictions: the input is not valid. The model is "Bike Demand": use lower-case',
      ),
    });
    // @ts-expect-error a call from untyped code
    await expect(client.logPredictions('m', prediction())).rejects.toThrow(
      'The rows are an object, not an array.',
    );
  });
});

describe('recordActuals', () => {
  it('stores numbers and classes, with or without predictions', async () => {
    const rows = [actual(), actual({ entity: 'b', value: 'yes' })];
    expect(await client.recordActuals('m', rows)).toEqual({ stored: 2, rejected: [] });
    const recorded_at = Date.UTC(2011, 4, 21, 6);
    expect(await storedActuals()).toEqual([
      { value: 21, class: null, recorded_at },
      { value: null, class: 'yes', recorded_at },
    ]);
  });

  const correction = actual({ value: 22, recordedAt: '2011-05-22T06:00:00Z' });
  const corrected = [{ value: 22, class: null, recorded_at: Date.UTC(2011, 4, 22, 6) }];

  it.each([
    ['after the first', [actual(), correction]],
    ['before the first', [correction, actual()]],
  ])('keeps the newest recorded value when it comes %s', async (_, rows) => {
    for (const row of rows) await client.recordActuals('m', [row]);
    expect(await storedActuals()).toEqual(corrected);
    await test.database.execute('delete from actuals');
    await client.recordActuals('m', rows);
    expect(await storedActuals()).toEqual(corrected);
  });

  it('keeps the last given of equally new values', async () => {
    await client.recordActuals('m', [actual({ value: 1 }), actual({ value: 2 })]);
    expect(await storedActuals()).toMatchObject([{ value: 2 }]);
    await client.recordActuals('m', [actual({ value: 3 })]);
    expect(await storedActuals()).toMatchObject([{ value: 3 }]);
  });

  it('may correct a number to a class', async () => {
    await client.recordActuals('m', [actual()]);
    await client.recordActuals('m', [actual({ value: 'yes' })]);
    expect(await storedActuals()).toMatchObject([{ value: null, class: 'yes' }]);
  });

  it('marks nothing for a repeated and for an older value', async () => {
    await client.recordActuals('m', [correction]);
    await clearMarks();
    expect((await client.recordActuals('m', [correction, actual()])).stored).toBe(2);
    expect(await markedHours()).toEqual([]);
    expect(await storedActuals()).toEqual(corrected);
  });

  it('rejects a bad row into rejected_rows of the stream actuals', async () => {
    const { stored, rejected } = await client.recordActuals('m', [actual({ value: Number.NaN }), actual()]);
    expect([stored, rejected]).toEqual([1, [{ index: 0, reason: 'value is NaN; send a finite number' }]]);
    expect(await select('select stream, content from rejected_rows')).toEqual([
      { stream: 'actuals', content: { ...actual(), value: 'NaN' } },
    ]);
  });
});

describe('openClient', () => {
  it('opens connections of its own for a URL and closes them', async () => {
    const own = openClient({ databaseUrl: test.url });
    await own.logPredictions('m', [prediction()]);
    await own.close();
    expect(await storedPredictions()).toHaveLength(1);
    await expect(own.logPredictions('m', [prediction()])).rejects.toThrow('after calling end on the pool');
  });

  it('leaves a database that was passed in open', async () => {
    await client.close();
    expect(await storedPredictions()).toEqual([]);
  });

  it('says when Postgres does not answer', async () => {
    const away = openClient({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(away.logPredictions('m', [prediction()])).rejects.toMatchObject({
      code: 'POSTGRES_UNREACHABLE',
    });
    await away.close();
  });
});
