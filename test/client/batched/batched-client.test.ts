import { mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { BatchedClient, BatchedOptions, PredictionRow } from '../../../client/tidewatch-client.ts';
import { openBatchedClient } from '../../../client/tidewatch-client.ts';
import type { TidewatchError } from '../../../core/errors.ts';
import { startPostgresProxy, type PostgresProxy } from '../../setup/postgres-proxy.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';

let test: TestDatabase;
let directory: string;
let proxy: PostgresProxy;
let opened: BatchedClient[];
let problems: TidewatchError[];
beforeEach(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tidewatch-spool-'));
  proxy = await startPostgresProxy(test.url);
  opened = [];
  problems = [];
});
afterEach(async () => {
  await proxy.comeBack();
  await Promise.all(opened.map((client) => client.close()));
  await proxy.stop();
  await test.drop();
  await rm(directory, { recursive: true, force: true });
});

function open(options: Partial<BatchedOptions> = {}): BatchedClient {
  const client = openBatchedClient({
    databaseUrl: proxy.url,
    batchAfter: 20,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  opened.push(client);
  return client;
}
const openWithSpool = (options: Partial<BatchedOptions> = {}, spool: { bytes?: number; age?: number } = {}) =>
  open({ spool: { directory, ...spool }, ...options });

/** Much longer than any needs on an idle machine. */
function eventually<T>(value: () => T | Promise<T>) {
  return expect.poll(value, { timeout: 60_000 });
}

const prediction = (part: Partial<PredictionRow> = {}): PredictionRow => ({
  version: '1',
  entity: 'a',
  eventTime: '2011-05-20T08:00:00Z',
  features: { temp: 0.3 },
  prediction: 17,
  ...part,
});
const numbered = (from: number, to: number): PredictionRow[] =>
  Array.from({ length: to - from }, (_, index) =>
    prediction({ entity: String(from + index), prediction: from + index }),
  );
const select = (query: string): Promise<Record<string, unknown>[]> => test.database.query(query);
const storedNumbers = async (): Promise<unknown[]> =>
  (await select('select prediction from predictions order by prediction')).map((row) => row['prediction']);
const rejectedReasons = async (): Promise<unknown[]> =>
  (await select('select reason from rejected_rows order by reason')).map(({ reason }) => reason);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const segments = async (): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
const codes = (): string[] => problems.map(({ code }) => code);

describe('logging', () => {
  it('stores predictions, actuals and feedback as the client that waits does', async () => {
    const client = open();
    client.logPredictions('m', [
      prediction({
        issuedAt: new Date('2011-05-19T00:00:00Z'),
        role: 'shadow',
        features: { temp: 0.3, season: 'spring', hum: null, holiday: true, gone: undefined },
        prediction: 'yes',
        probabilities: { yes: 0.75, no: 0.25 },
        interval: { low: 1, high: 2 },
      }),
    ]);
    const at = { entity: 'a', recordedAt: '2011-05-21T06:00:00Z' };
    client.recordActuals('m', [{ ...at, eventTime: '2011-05-20T08:00:00Z', value: 21 }]);
    client.recordFeedback('m', [
      { ...at, eventTime: '2011-05-20T09:00:00Z', thumbs: 'down', predicted: 'yes', classes: ['no', 'yes'] },
    ]);
    expect(await client.flush(60_000)).toBe('stored');
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
    expect(await select('select value, class from actuals order by event_time')).toEqual([
      { value: 21, class: null },
      { value: null, class: 'no' },
    ]);
    expect(client.counts()).toEqual({
      logged: 3,
      stored: 3,
      rejected: 0,
      lost: 0,
      waiting: 0,
      spoolBytes: 0,
    });
  });

  it('keeps what was logged, whatever the caller does to it afterwards', async () => {
    const client = open();
    const row = { ...prediction(), features: { temp: 0.3 } };
    client.logPredictions('m', [row]);
    row.features.temp = Number.NaN;
    row.entity = '';
    await client.flush(60_000);
    expect(await select('select entity, features from predictions')).toEqual([
      { entity: 'a', features: { temp: 0.3 } },
    ]);
  });

  it('sends a full batch at once, and what has waited long enough', async () => {
    const client = open({ batchRows: 10, batchAfter: 60_000 });
    client.logPredictions('m', numbered(0, 25));
    await eventually(storedNumbers).toEqual(range(0, 20));
    expect(client.counts().waiting).toBe(5);
    const soon = open({ batchAfter: 50 });
    soon.logPredictions('m', numbered(25, 26));
    await eventually(storedNumbers).toEqual([...range(0, 20), 25]);
  });

  it('puts bad rows into rejected_rows with their reason, and those that only the monitor refuses', async () => {
    await test.database.execute(
      `insert into monitors (model, configuration, configuration_hash)
       values ('m', '{"task": "regression", "features": {"temp": {"kind": "continuous"}}}', 'hash')`,
    );
    const client = open();
    client.logPredictions('m', [
      prediction({ features: { temp: Number.NaN } }),
      prediction({ features: { temp: 'warm' } }),
      prediction({ entity: 'good' }),
      // @ts-expect-error a row from untyped code
      { ...prediction(), entity: undefined },
      // @ts-expect-error a row from untyped code
      null,
      prediction({ entity: '<script>\u202e\u0000', prediction: 1 }),
      prediction({ entity: "'; drop table predictions; --", eventTime: '2199-12-31T00:00:00Z' }),
    ]);
    client.recordFeedback('m', [
      { entity: 'a', eventTime: 1.3e12, thumbs: 'down', predicted: 'cat', classes: ['dog', 'cow'] },
    ]);
    expect(await client.flush(60_000)).toBe('stored');
    expect(await rejectedReasons()).toEqual([
      'entity contains a NUL character or half of a surrogate pair; send well-formed text without NUL',
      'entity is missing; send a text such as "42"',
      'features.temp is "warm", but the monitor says that it is continuous; send a number or null',
      'features.temp is NaN; send null for a missing value',
      'the row is null; send an object',
      'thumbs is "down", which says only that "cat" is wrong; send corrected, or the two classes that there are',
    ]);
    expect(await select('select entity from predictions order by entity')).toEqual([
      { entity: "'; drop table predictions; --" },
      { entity: 'good' },
    ]);
    expect(client.counts()).toMatchObject({ logged: 8, stored: 2, rejected: 6, lost: 0 });
  });

  it('turns a huge row away without its features', async () => {
    const client = open();
    const wide = Object.fromEntries(range(0, 100_000).map((index) => [`feature_${index}`, 'x'.repeat(90)]));
    client.logPredictions('m', [
      prediction({ features: { text: 'x'.repeat(10_000_000) } }),
      prediction({ entity: 'wide', features: wide }),
      prediction({ entity: 'fine', features: { text: 'x'.repeat(900_000) } }),
    ]);
    await client.flush(60_000);
    expect(await select('select reason, content from rejected_rows order by content')).toEqual(
      ['a', 'wide'].map((entity) => ({
        reason: 'the row has more than 1000000 characters; send fewer or shorter features',
        content: { version: '"1"', entity: `"${entity}"`, eventTime: '"2011-05-20T08:00:00Z"' },
      })),
    );
    expect(await select('select entity from predictions')).toEqual([{ entity: 'fine' }]);
  });

  it('never throws, whatever it is given', async () => {
    const client = open({
      onProblem: (problem) => {
        problems.push(problem);
        throw new Error('the listener itself fails');
      },
    });
    const untyped = client as unknown as Record<string, (...given: unknown[]) => void>;
    const circular: Record<string, unknown> = { entity: 'c' };
    circular['features'] = Object.fromEntries(range(0, 20).map((n) => [n, circular]));
    const throwing = {
      get entity(): string {
        throw new Error('no entity today');
      },
    };
    const hostile = [
      undefined,
      null,
      1,
      'No Model',
      Symbol('s'),
      () => {},
      new Map(),
      throwing,
      circular,
      10n,
    ];
    for (const call of ['logPredictions', 'recordActuals', 'recordFeedback']) {
      for (const value of hostile) {
        untyped[call]?.('m', value);
        untyped[call]?.('m', [value]);
        untyped[call]?.(value, [prediction()]);
      }
      untyped[call]?.();
      untyped[call]?.('Not A Model', [prediction()]);
    }
    expect(await client.flush(60_000)).toBe('stored');
    expect(await storedNumbers()).toEqual([]);
    const { lost, rejected } = client.counts();
    expect(rejected).toBe(27);
    expect(lost).toBeGreaterThan(30);
    expect(new Set(codes())).toEqual(new Set(['INVALID_INPUT', 'ROWS_LOST']));
  });

  it('refuses options that make no sense when it is opened', () => {
    expect(() => openBatchedClient({ databaseUrl: 'nowhere' })).toThrow('databaseUrl is no URL');
    expect(() => open({ batchRows: Number.NaN })).toThrow('batchRows is NaN; give a number above 0');
  });
});

describe('while Postgres is away', () => {
  it('keeps rows on disk from the start, and stores them in their order when it comes', async () => {
    await proxy.goAway();
    const client = openWithSpool({ batchRows: 10 });
    client.logPredictions('m', [prediction({ prediction: 1 }), prediction({ prediction: 2 })]);
    await eventually(() => client.counts().waiting).toBe(0);
    client.logPredictions('m', numbered(3, 40));
    expect(await client.flush()).toBe('spooled');
    expect(client.counts()).toMatchObject({ stored: 0, lost: 0, waiting: 0 });
    expect((await segments()).length).toBeGreaterThan(0);
    expect(codes()).toEqual(['ROWS_WAIT']);
    expect(problems[0]?.message).toContain('They wait in /');
    await proxy.comeBack();
    client.logPredictions('m', [prediction({ prediction: 0 })]);
    await eventually(storedNumbers).toEqual([0, ...range(3, 40)]);
    await eventually(segments).toEqual([]);
    await eventually(() => client.counts()).toMatchObject({
      logged: 40,
      stored: 40,
      lost: 0,
      waiting: 0,
      spoolBytes: 0,
    });
  });

  it('loses nothing when it goes away again and again under load', { timeout: 60_000 }, async () => {
    const client = openWithSpool({ batchRows: 50, batchAfter: 5, queueRows: 2_000 });
    let next = 0;
    const load = setInterval(() => {
      client.logPredictions('m', numbered(next, next + 20));
      next += 20;
    }, 2);
    for (let round = 0; round < 4; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await proxy.goAway();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await proxy.comeBack();
    }
    clearInterval(load);
    await eventually(() => client.flush()).toBe('stored');
    expect(await storedNumbers()).toEqual(range(0, next));
    expect(client.counts()).toMatchObject({ logged: next, lost: 0, waiting: 0 });
  });

  it('does not wait for a server that hangs', async () => {
    const client = openWithSpool({ writeTimeout: 2_000 });
    client.logPredictions('m', numbered(0, 5));
    await client.flush(60_000);
    proxy.hang();
    client.logPredictions('m', numbered(5, 10));
    await eventually(() => client.counts()).toMatchObject({ waiting: 0, stored: 5, lost: 0 });
    expect(await segments()).toHaveLength(1);
    expect(problems[0]?.message).toContain('no answer in 2 s');
    await proxy.comeBack();
    await eventually(storedNumbers).toEqual(range(0, 10));
    await eventually(segments).toEqual([]);
  });

  it('keeps rows in memory where there is no spool', async () => {
    await proxy.goAway();
    const client = open();
    client.logPredictions('m', numbered(0, 5));
    expect(await client.flush(100)).toBe('waiting');
    await proxy.comeBack();
    await eventually(storedNumbers).toEqual(range(0, 5));
    await eventually(() => client.counts()).toMatchObject({ stored: 5, lost: 0, waiting: 0 });
  });

  it.each([
    ['drop-newest', range(0, 10)],
    ['drop-oldest', range(15, 25)],
  ] as const)('loses rows by %s when memory is full, and tells once', async (whenFull, kept) => {
    await proxy.goAway();
    const client = open({ queueRows: 10, whenFull, batchAfter: 60_000 });
    client.logPredictions('m', numbered(0, 25));
    expect(client.counts()).toMatchObject({ logged: 25, lost: 15, waiting: 10 });
    expect(problems.map(({ message }) => message)).toEqual(['1 logged row lost: memory is full.']);
    await proxy.comeBack();
    expect(await client.flush(60_000)).toBe('stored');
    expect(await storedNumbers()).toEqual(kept);
    await client.close();
    expect(problems.at(-1)?.message).toBe('14 logged rows lost: memory is full.');
  });

  it('counts the characters in memory, too', async () => {
    const client = open({ queueCharacters: 10_000, batchAfter: 60_000 });
    client.logPredictions('m', [
      prediction(),
      prediction({ entity: 'b', features: { text: 'x'.repeat(20_000) } }),
      prediction({ entity: 'c' }),
    ]);
    expect(client.counts()).toMatchObject({ lost: 1, waiting: 2 });
  });

  it('stores every other row of a batch in which Postgres refuses some', async () => {
    await test.database.execute(
      `alter table predictions add constraint not_poisoned check (prediction not in (7, 123, 124))`,
    );
    await proxy.goAway();
    const client = openWithSpool();
    client.logPredictions('m', numbered(0, 100));
    await client.flush(60_000);
    client.logPredictions('m', numbered(100, 200));
    await proxy.comeBack();
    await eventually(() => client.flush()).toBe('stored');
    expect(await storedNumbers()).toEqual(range(0, 200).filter((n) => ![7, 123, 124].includes(n)));
    expect(await select('select distinct reason from rejected_rows')).toEqual([
      {
        reason:
          'Postgres refuses the row: new row for relation "predictions_2011_05" violates check constraint "not_poisoned"',
      },
    ]);
    expect(client.counts()).toMatchObject({ logged: 200, stored: 197, rejected: 3, lost: 0 });
  });

  it('makes a partition again that was dropped since', async () => {
    const client = open();
    client.logPredictions('m', numbered(0, 1));
    await client.flush(60_000);
    await test.database.execute('drop table predictions_2011_05');
    client.logPredictions('m', numbered(1, 2));
    expect(await client.flush(60_000)).toBe('stored');
    expect(await storedNumbers()).toEqual([1]);
  });

  it('waits for a database that is not migrated yet', async () => {
    const empty = await createTestDatabase('empty');
    try {
      const client = openWithSpool({ databaseUrl: empty.url });
      client.logPredictions('m', numbered(0, 3));
      expect(await client.flush()).toBe('spooled');
      expect(problems[0]?.message).toContain('relation "monitors" does not exist');
      await client.close();
    } finally {
      await empty.drop();
    }
    const later = openWithSpool();
    await eventually(storedNumbers).toEqual(range(0, 3));
    await eventually(() => later.counts()).toMatchObject({ logged: 0, stored: 3 });
  });
});

describe('the spool', () => {
  it.each([
    ['drop-newest', (n: unknown[]) => n[0] === 0],
    ['drop-oldest', (n: unknown[]) => n.at(-1) === 19_999],
  ] as const)('is never larger than it may be: %s', async (whenFull, keepsRight) => {
    await proxy.goAway();
    const client = openWithSpool({ whenFull, queueRows: 1_000, batchRows: 500 }, { bytes: 1_500_000 });
    for (let n = 0; n < 20_000; n += 250) {
      client.logPredictions('m', numbered(n, n + 250));
      await new Promise((resolve) => setImmediate(resolve));
      if (n % 1_000 === 0) await client.flush(200);
      expect(client.counts().spoolBytes).toBeLessThanOrEqual(1_500_000);
    }
    await proxy.comeBack();
    await eventually(() => client.flush()).toBe('stored');
    const numbers = await storedNumbers();
    expect(keepsRight(numbers)).toBe(true);
    const { lost, stored } = client.counts();
    expect(lost).toBeGreaterThan(5_000);
    expect([stored, stored + lost]).toEqual([numbers.length, 20_000]);
    expect(codes()).toContain('ROWS_LOST');
  });

  it('gives up rows that are too old', async () => {
    await proxy.goAway();
    const first = openWithSpool();
    first.logPredictions('m', numbered(0, 5));
    expect(await first.close()).toBe('spooled');
    const [name = ''] = await segments();
    const dayAgo = Number(name.slice(0, 13)) - 86_400_000;
    await rename(join(directory, name), join(directory, `${dayAgo}${name.slice(13)}`));
    await proxy.comeBack();
    const second = openWithSpool({}, { age: 3_600_000 });
    second.logPredictions('m', numbered(5, 6));
    expect(await second.flush(60_000)).toBe('stored');
    expect(await storedNumbers()).toEqual([5]);
    expect(second.counts()).toMatchObject({ lost: 5, stored: 1 });
    expect(problems.at(-1)?.message).toBe('5 logged rows lost: they were too old.');
  });

  it('is done without where its directory cannot be written', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    const client = open({ spool: { directory: join(file, 'spool') } });
    client.logPredictions('m', numbered(0, 3));
    expect(await client.flush(60_000)).toBe('stored');
    await proxy.goAway();
    client.logPredictions('m', numbered(3, 6));
    expect(await client.flush(300)).toBe('waiting');
    await proxy.comeBack();
    await eventually(storedNumbers).toEqual(range(0, 6));
    expect(codes()).toContain('SPOOL_FAILED');
    expect(client.counts().lost).toBe(0);
  });

  it('of a client that was closed is sent by the next one, before its own rows', async () => {
    await proxy.goAway();
    const first = openWithSpool();
    first.logPredictions('m', [...numbered(0, 3), prediction({ entity: 'same', prediction: 1_000 })]);
    expect(await first.close()).toBe('spooled');
    await proxy.comeBack();
    const second = openWithSpool();
    second.logPredictions('m', [prediction({ entity: 'same', prediction: 2_000 })]);
    expect(await second.flush(60_000)).toBe('stored');
    expect(await storedNumbers()).toEqual([0, 1, 2, 2_000]);
    expect(await segments()).toEqual([]);
  });

  it('of several clients side by side stays apart as long as they live', async () => {
    await proxy.goAway();
    const clients = range(0, 4).map(() => openWithSpool());
    for (const [index, client] of clients.entries())
      client.logPredictions('m', numbered(index * 100, index * 100 + 100));
    expect(await Promise.all(clients.map((client) => client.flush()))).toEqual(clients.map(() => 'spooled'));
    expect(await segments()).toHaveLength(4);
    await proxy.comeBack();
    await eventually(storedNumbers).toEqual(range(0, 400));
    await eventually(() => clients.map((client) => client.counts().stored)).toEqual([100, 100, 100, 100]);
  });

  it('loses nothing when a client that lives is taken for dead', async () => {
    await proxy.goAway();
    const client = openWithSpool();
    client.logPredictions('m', numbered(0, 5));
    await client.flush(60_000);
    for (const name of await readdir(directory)) {
      if (name.endsWith('.alive')) await utimes(join(directory, name), 0, 0);
    }
    const other = openWithSpool();
    await eventually(() => other.counts().spoolBytes).toBeGreaterThan(0);
    client.logPredictions('m', numbered(5, 10));
    expect(await client.flush()).toBe('spooled');
    await proxy.comeBack();
    await eventually(storedNumbers).toEqual(range(0, 10));
    await eventually(segments).toEqual([]);
  });
});

describe('close', () => {
  it('stores what is left, and what comes after it is counted as lost', async () => {
    const client = open({ batchAfter: 60_000 });
    client.logPredictions('m', numbered(0, 5));
    expect(await client.close()).toBe('stored');
    expect(await storedNumbers()).toEqual(range(0, 5));
    client.logPredictions('m', numbered(5, 7));
    expect(client.counts()).toMatchObject({ logged: 7, lost: 2 });
    expect(await client.close()).toBe('stored');
  });

  it('keeps to its time limit with a server that hangs, with the rows on disk', async () => {
    const client = openWithSpool({ batchAfter: 60_000 });
    client.logPredictions('m', numbered(0, 5));
    await client.flush(60_000);
    proxy.hang();
    client.logPredictions('m', numbered(5, 10));
    const started = performance.now();
    expect(await client.close(2_000)).toBe('spooled');
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await segments()).toHaveLength(1);
  });

  it('says how many rows were lost where there was no place for them', async () => {
    await proxy.goAway();
    const client = open();
    client.logPredictions('m', numbered(0, 5));
    expect(await client.close(100)).toBe('waiting');
    expect(client.counts().lost).toBe(5);
    expect(problems.at(-1)?.message).toBe(
      '5 logged rows lost: they were in memory when the client was closed.',
    );
  });
});
