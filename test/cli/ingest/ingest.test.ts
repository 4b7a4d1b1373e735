import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openClient } from '../../../client/tidewatch-client.ts';
import { addIngest } from '../../../cli/commands/ingest.ts';
import { rejectedPath } from '../../../cli/ingest/rejected-file.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { makeTables } from '../../sql/made-tables.ts';
import { printed } from '../on-database.ts';

let test: TestDatabase;
let directory: string;
beforeEach(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'ingest-'));
  vi.spyOn(process, 'cwd').mockReturnValue(directory);
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await test.drop();
  await rm(directory, { recursive: true });
});

const inDirectory = (name: string): string => join(directory, name);

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(inDirectory(name), content);
  return inDirectory(name);
}

interface Summary {
  readonly columns: Record<string, unknown>;
  readonly rows: number;
  readonly stored: { readonly predictions: number; readonly actuals: number };
  readonly changed: { readonly predictions: number; readonly actuals: number };
  readonly repeated: { readonly predictions: number; readonly actuals: number };
  readonly rejected: number;
  readonly rowsBefore: number;
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
}

/** What `ingest` sums up of a file. */
async function ingested(path: string, ...options: readonly string[]): Promise<Summary> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const rejected = ['--rejected', inDirectory('rejected.jsonl')];
  const text = await printed(
    addIngest,
    ['ingest', path, '--model', 'm', '--json', ...rejected, ...options],
    test,
  );
  return (JSON.parse(text) as Summary[])[0]!;
}

const errorOf = async (path: string, ...options: readonly string[]): Promise<string> =>
  ingested(path, ...options).then(
    (summary) => `no error: ${JSON.stringify(summary)}`,
    (error: unknown) => (error as Error).message.replaceAll(`${directory}/`, ''),
  );

const select = (query: string): Promise<Record<string, unknown>[]> => test.database.query(query);
const stored = (): Promise<Record<string, unknown>[]> =>
  select(
    `select version, entity, to_char(event_time, 'YYYY-MM-DD"T"HH24:MI') as at, features, prediction, predicted_class as class
     from predictions order by entity, event_time`,
  );
const rejectedLines = async (): Promise<unknown[]> =>
  (await readFile(inDirectory('rejected.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

async function watch(monitor: Partial<MonitorInput> = {}): Promise<void> {
  const parsed = monitorSchema.parse({
    model: 'm',
    task: 'regression',
    features: { temp: { kind: 'continuous' }, season: { kind: 'categorical' } },
    reference: { kind: 'rolling' },
    ...monitor,
  });
  await test.database.execute(
    `insert into monitors (model, configuration, configuration_hash) values ('m', $1, 'hash')`,
    [JSON.stringify(parsed)],
  );
}

const head = 'version,entity,event_time,temp,season,prediction';
const line = (entity: string, rest = '0.5,1,17'): string => `1,${entity},2024-01-01T08:00:00Z,${rest}`;

describe('the columns of a file', () => {
  it('are the features of the monitor, and what is usually called so', async () => {
    await watch();
    const path = await file(
      'rows.csv',
      'Model Version,id,Timestamp,temp,season,casual,y_pred,target\n3,a,2024-01-01T08:00:00Z,0.5,1,9,17,21\n',
    );
    const { columns, stored: counts } = await ingested(path);
    expect(columns).toEqual({
      version: { column: 'Model Version' },
      entity: { column: 'id' },
      event_time: { column: 'Timestamp' },
      prediction: { column: 'y_pred' },
      actual: { column: 'target' },
      features: { temp: { column: 'temp' }, season: { column: 'season' } },
      probabilities: {},
      leftOut: ['casual'],
      missing: [],
    });
    expect(counts).toEqual({ predictions: 1, actuals: 1 });
    expect(await stored()).toEqual([
      {
        version: '3',
        entity: 'a',
        at: '2024-01-01T08:00',
        features: { temp: 0.5, season: '1' },
        prediction: 17,
        class: null,
      },
    ]);
    expect(await select('select entity, value from actuals')).toEqual([{ entity: 'a', value: 21 }]);
  });

  it('are what --map and --set say; a column may be an entity and a feature', async () => {
    await watch();
    const path = await file('rows.csv', 'when,place,t,guess\n2024-01-01T08:00:00Z,north,0.5,17\n');
    await ingested(
      path,
      '--map',
      'when=event_time',
      '--map',
      'place=entity',
      '--map',
      'place=season',
      '--map',
      't=temp',
      '--map',
      'guess=prediction',
      '--set',
      'version=7',
      '--set',
      'role=shadow',
    );
    expect(await stored()).toMatchObject([
      { version: '7', entity: 'north', features: { temp: 0.5, season: 'north' } },
    ]);
    expect(await select('select role from predictions')).toEqual([{ role: 'shadow' }]);
  });

  it('are all features where no monitor is there, numbers as numbers', async () => {
    await ingested(await file('rows.csv', `${head}\n${line('a', '0.5,spring,17')}\n`));
    expect(await stored()).toMatchObject([{ features: { temp: 0.5, season: 'spring' } }]);
  });

  it('are probabilities by their names; of two classes one tells the other', async () => {
    await watch({ task: 'classification', classes: ['no', 'yes'] });
    const path = await file(
      'rows.csv',
      'version,entity,event_time,temp,season,predicted_class,score\n1,a,2024-01-01T08:00:00Z,1,1,yes,0.75\n',
    );
    await ingested(path);
    expect(await select('select predicted_class as class, probabilities from predictions')).toEqual([
      { class: 'yes', probabilities: { yes: 0.75, no: 0.25 } },
    ]);
  });

  it('that are unclear are all said at once, with what to write', async () => {
    await watch();
    const path = await file('rows.csv', 'day,tmp,season,mine\n2024-01-01,1,1,2\n');
    expect(await errorOf(path)).toBe(
      `rows.csv: it is not clear which column is what; nothing was stored.
  no column is a prediction or an actual by its name: --map <column>=prediction or --map <column>=actual
  the times in "day" have no zone, for example 2024-01-01: --time-zone UTC, or the zone that they are in
Columns: day, tmp, season, mine.`,
    );
    expect(await errorOf(path, '--map', 'mine=prediction', '--map', 'dya=event_time')).toContain(
      'there is no column "dya"; did you mean "day"?',
    );
    expect(await errorOf(path, '--map', 'mine=prediction', '--map', 'day=entty')).toContain(
      '--map day=entty: "entty" is no field and was taken as a feature; did you mean "entity"? A feature that is called so is feature:entty',
    );
    expect(await errorOf(path, '--map', 'mine=feature:entty')).not.toContain('"entty" is no field');
    const message = await errorOf(path, '--map', 'mine=prediction', '--map', 'day=event_time');
    expect(message).toContain('no column is the entity: --map <column>=entity');
    expect(message).toContain('no column is the version: --set version=<text>');
    expect(message).toContain('the times in "day" have no zone, for example 2024-01-01: --time-zone UTC');
    expect(message).toContain(
      'no column is the feature "temp" of the monitor: --map tmp=temp, or --allow-missing',
    );
    expect(await select('select from predictions')).toEqual([]);
  });

  it('that several columns may be are said, with the option that settles it; none is chosen', async () => {
    const path = await file(
      'rows.csv',
      'Customer Id,Order Id,at,Predicted Minutes,Predicted Distance,actual\n1,2,2024-01-01T08:00:00Z,1,2,3\n',
    );
    const message = await errorOf(path, '--set', 'version=1');
    expect(message).toContain(
      `the prediction may be "Predicted Minutes" or "Predicted Distance", by the names: --map 'Predicted Minutes=prediction' or --map 'Predicted Distance=prediction'`,
    );
    expect(message).toContain(
      `the entity may be "Customer Id" or "Order Id", by the names: --map 'Customer Id=entity' or --map 'Order Id=entity'`,
    );
    const settled = [
      '--map',
      'Order Id=entity',
      '--map',
      'Predicted Minutes=prediction',
      '--set',
      'version=1',
    ];
    expect(await ingested(path, ...settled)).toMatchObject({ stored: { predictions: 1, actuals: 1 } });
    expect(await printed(addIngest, ['ingest', path, '--model', 'm', ...settled], test)).toContain(
      'look at      Predicted Distance is a feature, though it is called like a prediction',
    );
  });

  it('are told before it starts', async () => {
    const path = await file('rows.csv', `${head}\n${line('a', '0.5,\u001b[31mred,17')}\n`);
    const text = await printed(addIngest, ['ingest', path, '--model', 'm'], test);
    expect(text.replace(directory, '').replace(/in [\d.]+ s, [\d,]+ rows/, 'in 0.0 s, 1 rows')).toBe(
      `/rows.csv (CSV) -> m, which no monitor watches yet
  rows        predictions
  entity      entity
  event_time  event_time
  version     version
  prediction  prediction
  features    temp, season
stored 1 predictions (1 new or changed) in 0.0 s, 1 rows/s
next: \`tidewatch init m\` and \`tidewatch apply\`, as no monitor watches it yet`,
    );
  });
});

describe('formats', () => {
  const expected = [
    {
      version: '1',
      entity: '7',
      at: '2024-01-01T08:00',
      features: { temp: 0.5, season: 'a' },
      prediction: 17,
      class: null,
    },
    {
      version: '1',
      entity: '8',
      at: '2024-01-01T09:00',
      features: { temp: null, season: 'b' },
      prediction: 18,
      class: null,
    },
  ];

  it.each([
    [
      'CSV with a byte order mark and Windows line ends',
      'a.csv',
      `\uFEFF${head}\r\n1,7,2024-01-01T08:00:00Z,0.5,a,17\r\n1,8,2024-01-01T09:00:00Z,NA,b,18\r\n`,
    ],
    [
      'CSV of a spreadsheet',
      'b.csv',
      `${head.replaceAll(',', ';')}\n1;7;2024-01-01T08:00:00Z;0,5;a;17\n1;8;2024-01-01T10:00:00+01:00;;b;18`,
    ],
    [
      'gzipped CSV',
      'c.csv.gz',
      gzipSync(`${head}\n1,7,2024-01-01T08:00:00Z,0.5,a,17\n1,8,2024-01-01 09:00:00+00:00,,b,18\n`),
    ],
    [
      'flat JSON lines',
      'd.jsonl',
      `{"version":"1","entity":7,"event_time":"2024-01-01T08:00:00Z","temp":0.5,"season":"a","prediction":17}\n\n{"version":"1","entity":8,"event_time":1704099600,"season":"b","prediction":18,"temp":null}\n`,
    ],
    [
      'JSON lines as the client takes rows',
      'e.jsonl',
      `{"version":"1","entity":"7","eventTime":"2024-01-01T08:00:00Z","features":{"temp":0.5,"season":"a"},"prediction":17}\n{"version":"1","entity":"8","eventTime":"2024-01-01T09:00:00Z","features":{"season":"b","temp":null},"prediction":18}`,
    ],
  ] as const)('%s', async (_, name, content) => {
    expect(await ingested(await file(name, content))).toMatchObject({ rows: 2, rejected: 0 });
    expect(await stored()).toEqual(expected);
  });

  it('Parquet, in which times without a zone need one, and long keys keep their digits', async () => {
    const tables = await makeTables();
    const path = await tables.write(
      'rows.parquet',
      `select '1' as version, 9007199254740993 as entity, timestamp '2024-07-01 10:00:00' as event_time, 0.5 as temp,
         'a' as season, 17 as prediction, [1, 2] as embedding`,
    );
    expect(await errorOf(path)).toContain('the times in "event_time" have no zone: --time-zone UTC');
    await ingested(path, '--time-zone', 'Europe/Lisbon');
    await tables.remove();
    expect(await stored()).toEqual([{ ...expected[0], entity: '9007199254740993', at: '2024-07-01T09:00' }]);
  });

  it('a table of Postgres, and standard input', async () => {
    await test.database.execute(
      `create table log as select '1' as version, 7 as entity, timestamptz '2024-01-01T08:00:00Z' as event_time, 0.5 as temp,
         'a' as season, 17 as prediction`,
    );
    await ingested('postgres:log');
    expect(await stored()).toEqual([expected[0]]);
    const child = spawn(
      'sh',
      ['-c', `printf '%s\\n' '${head}' '1,8,2024-01-01T09:00:00Z,NA,b,18' | ${command('-')}`],
      {
        cwd: directory,
        env: environment(),
      },
    );
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(await stored()).toEqual(expected);
  });
});

const root = new URL('../../../', import.meta.url).pathname;
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '', DATABASE_URL: test.url });
const command = (path: string): string =>
  `${process.execPath} --import ${import.meta.resolve('tsx')} ${root}cli/tidewatch.ts ingest ${path} --model m --rejected ${inDirectory('rejected.jsonl')}`;

describe('rows that cannot be stored', () => {
  it('are kept with line and reason, and loaded once they are corrected', async () => {
    await watch();
    const rows = [
      head,
      line('a'),
      '1,b,2024-01-01T08:00:00Z,0.5,1',
      '',
      line('"c\nd"', 'warm,1,17'),
      line('e', 'nan,1,17'),
      line('f', '0.5,1,'),
      '1,g,2024-01-01T08:00:00,0.5,1,17',
      line('h', '0.5,1,"17'),
    ];
    // Nobody looked at the times before: the first rows have a zone.
    const summary = await ingested(await file('rows.csv', rows.join('\n')), '--time-zone', 'UTC');
    expect(summary).toMatchObject({ rows: 7, stored: { predictions: 2 }, rejected: 5 });
    expect(process.exitCode).toBe(2);
    expect(await rejectedLines()).toEqual([
      {
        line: 3,
        reason: 'the row has 5 values, and the first line names 6 columns',
        row: ['1', 'b', '2024-01-01T08:00:00Z', '0.5', '1'],
      },
      {
        line: 5,
        reason: 'features.temp is "warm", but the monitor says that it is continuous; send a number or null',
        row: {
          version: '1',
          entity: 'c\nd',
          event_time: '2024-01-01T08:00:00Z',
          temp: 'warm',
          season: '1',
          prediction: '17',
        },
      },
      { line: 7, reason: 'features.temp is NaN; send null for a missing value', row: expect.anything() },
      {
        line: 8,
        reason: 'prediction is null; the model is a regression: send a number',
        row: expect.anything(),
      },
      {
        line: 10,
        reason: 'a quote is opened and not closed, or stands inside of a value',
        row: expect.anything(),
      },
    ]);
    expect((await select(`select reason from rejected_rows where stream = 'predictions'`)).length).toBe(5);

    const corrected = (await readFile(inDirectory('rejected.jsonl'), 'utf8'))
      .split('\n')
      .flatMap((text) =>
        text.includes('"warm"')
          ? [JSON.stringify((JSON.parse(text.replace('"warm"', '"0.5"')) as { row: unknown }).row)]
          : [],
      );
    expect(await ingested(await file('corrected.jsonl', corrected.join('\n')))).toMatchObject({
      rejected: 0,
    });
    expect((await stored()).map(({ entity }) => entity)).toEqual(['a', 'c\nd', 'g']);
  });

  it('are of both streams where neither value is there; an actual that is not known yet is no mistake', async () => {
    const rows = [
      'version,entity,event_time,prediction,actual',
      '1,a,2024-01-01T08:00:00Z,1,',
      '1,b,2024-01-01T08:00:00Z,,2',
      '1,c,2024-01-01T08:00:00Z,,',
      '1,d,2024-01-01T08:00:00Z,3,4',
    ];
    expect(await ingested(await file('rows.csv', rows.join('\n')))).toMatchObject({
      rows: 4,
      stored: { predictions: 2, actuals: 2 },
      rejected: 1,
    });
    expect(await rejectedLines()).toMatchObject([{ line: 4 }]);
  });

  it('are the reason to store nothing where no row of the beginning is any better', async () => {
    await watch();
    const path = await file('rows.csv', `${head}\n${line('a', 'x,1,17')}\n`);
    expect(await errorOf(path)).toBe(
      'rows.csv: none of the first 1 row can be stored, so nothing was. Line 2: features.temp is "x", but the monitor says that it is continuous; send a number or null. Correct the file, or say with --map which column is what.',
    );
    expect(await select('select from rejected_rows')).toEqual([]);
    expect(existsSync(inDirectory('rejected.jsonl'))).toBe(false);
  });

  it('are found by a dry run, which stores and writes nothing unless asked', async () => {
    const path = await file('rows.csv', `${head}\n${line('a')}\n1,b\n1,c\n`);
    const run = (...options: readonly string[]): Promise<string> =>
      printed(addIngest, ['ingest', path, '--model', 'm', '--dry-run', ...options], test);
    expect(await run()).toContain(
      `would reject 2 of 3 rows of ${path}; --rejected <file> writes them with their lines and reasons
  2x, first in line 3: the row has 2 values, and the first line names 6 columns`,
    );
    expect([...(await stored()), ...(await select('select from rejected_rows'))]).toEqual([]);
    expect(await readdir(directory)).toEqual(['rows.csv']);
    const asked = inDirectory('asked.jsonl');
    expect(await run('--rejected', asked)).toContain(
      `would reject 2 of 3 rows of ${path}; they are in ${asked}`,
    );
    expect((await readdir(directory)).sort()).toEqual(['asked.jsonl', 'rows.csv']);
  });

  it('are beside their file unless another one is named', async () => {
    const path = await file('rows.csv', `${head}\n${line('a')}\n1,b\n`);
    const text = await printed(addIngest, ['ingest', path, '--model', 'm'], test);
    expect(text).toContain(`they are in ${path}.rejected.jsonl`);
    expect((await readdir(directory)).sort()).toEqual(['rows.csv', 'rows.csv.rejected.jsonl']);
  });

  it('of standard input, of a table, and of a directory in which nothing can be written are in the working directory', () => {
    expect(rejectedPath('-')).toBe('stdin.rejected.jsonl');
    expect(rejectedPath('postgres:select 1/2')).toBe('postgres.rejected.jsonl');
    expect(rejectedPath('/none/rows.csv')).toBe('rows.csv.rejected.jsonl');
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['an empty file', '', 'it is empty'],
    ['UTF-16', Buffer.from(`\uFEFF${head}\n`, 'utf16le'), 'it is UTF-16 text, not UTF-8'],
    [
      'Latin-1',
      Buffer.from(`${head}\n${line('a')}\n${line('Köln')}\n`, 'latin1'),
      'line 3 is not UTF-8; write it again as UTF-8, for example with iconv -f latin1 -t utf-8',
    ],
    ['HTML', '<!doctype html><p>404', 'it is HTML or XML, not CSV'],
    ['a JSON array', '[{"a": 1}]', 'it is one JSON array; write one object a line'],
    ['a column twice', 'a,b,a\n1,2,3\n', 'two columns are called "a"; rename one of them'],
    [
      'a million columns',
      `${Array.from({ length: 1_000_000 }, (_, i) => `c${i}`).join(',')}\n`,
      'it has 1000000 columns, and at most 10000 are read',
    ],
    [
      'a quote that is not closed',
      `${head}\n${line('a')}\n"${'x'.repeat(25 * 2 ** 20)}`,
      'line 3: a quote is opened, and not closed in the next 16 MB',
    ],
    [
      'damaged compression',
      gzipSync(`${head}\n${line('a')}\n`.repeat(100)).subarray(0, 60),
      'its compression is damaged',
    ],
  ])('%s', async (_, content, reason) => {
    expect(await errorOf(await file('rows.csv', content))).toContain(
      `rows.csv cannot be read as a table: ${reason}`,
    );
  });

  it('are stored up to where it goes wrong, and no further', async () => {
    const start = `${head}\n${Array.from({ length: 3_000 }, (_, i) => `${line(`e${i}`, `0.5,${'x'.repeat(2_000)},17`)}\n`).join('')}`;
    const path = await file(
      'rows.csv',
      Buffer.concat([Buffer.from(start), Buffer.from(line('Köln'), 'latin1')]),
    );
    expect(await errorOf(path)).toContain('line 3002 is not UTF-8');
    const [{ count } = {}] = await select('select count(*) from predictions');
    expect(count).toBeGreaterThan(1_000);
  });

  it('a file that is not there, a directory', async () => {
    expect(await errorOf(inDirectory('none.csv'))).toContain(
      'none.csv cannot be read as a table: there is no such file',
    );
    expect(await errorOf(directory)).toContain('it is a directory');
  });

  it('a head without rows is no error: there was nothing that day', async () => {
    expect(await ingested(await file('rows.csv', `${head}\n`))).toMatchObject({
      rows: 0,
      stored: { predictions: 0 },
    });
  });
});

describe('loading again', () => {
  it('changes nothing, and counts rows that repeat a key', async () => {
    const path = await file('rows.csv', [head, line('a'), line('b'), line('a', '0.7,1,18')].join('\n'));
    expect(await ingested(path)).toMatchObject({
      stored: { predictions: 3 },
      changed: { predictions: 2 },
      repeated: { predictions: 1, actuals: 0 },
    });
    await test.database.execute('delete from dirty_windows');
    expect(await ingested(path)).toMatchObject({ changed: { predictions: 0 } });
    expect(await select('select from dirty_windows')).toEqual([]);
    expect(await stored()).toMatchObject([
      { entity: 'a', prediction: 18 },
      { entity: 'b', prediction: 17 },
    ]);
  });

  it('stores what the client stores of the same row', async () => {
    await watch();
    await ingested(await file('rows.csv', `${head}\n${line('a', '0.25,x,17.5')}\n`));
    await test.database.execute('delete from dirty_windows');
    await openClient({ database: test.database }).logPredictions('m', [
      {
        version: '1',
        entity: 'a',
        eventTime: '2024-01-01T08:00:00Z',
        features: { temp: 0.25, season: 'x' },
        prediction: 17.5,
      },
    ]);
    expect(await select('select from dirty_windows')).toEqual([]);
  });

  it('goes on where it was cut short, unless the file was changed before that place', async () => {
    const wide = 'x'.repeat(2_000);
    const rowsFrom = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, i) => `${line(`e${from + i}`, `0.5,${wide},17`)}\n`).join('');
    const path = await file('rows.csv', `${head}\n${rowsFrom(0, 10_000)}`);
    // 20 MB in batches of 4 MB; the third one meets a database that refuses it.
    await test.database.execute(
      `create function refuse() returns trigger language plpgsql as $$ begin
         if new.entity = 'e5000' then raise 'refused'; end if; return new; end $$;
       create trigger refuse before insert on predictions for each row execute function refuse()`,
    );
    expect(await errorOf(path)).toBe('refused');
    const [{ count: before } = {}] = await select('select count(*) from predictions');
    expect(before).toBeGreaterThan(2_000);
    await test.database.execute('drop trigger refuse on predictions');
    const [{ line: reached } = {}] = await select('select line from ingest_progress');
    expect(reached).toBe(Number(before) + 2);

    await appendFile(path, rowsFrom(10_000, 10_001));
    expect(await ingested(path)).toMatchObject({
      rows: 10_001,
      rowsBefore: before,
      stored: { predictions: 10_001 - Number(before) },
    });
    expect(await select('select count(*) from predictions')).toEqual([{ count: 10_001 }]);
    // Once done, nothing is remembered.
    expect(await select('select from ingest_progress')).toEqual([]);
    expect(await ingested(path)).toMatchObject({ rowsBefore: 0, changed: { predictions: 0 } });
  });

  it('stores each row once where some are there already, and the last one of a key, in whichever batch they are', async () => {
    const wide = 'x'.repeat(2_000);
    const rows = Array.from({ length: 10_000 }, (_, i) => line(`e${i}`, `0.5,${wide},17`));
    await ingested(await file('some.csv', [head, line('e5000'), line('e9999')].join('\n')));
    const path = await file('rows.csv', [head, ...rows, line('e1', '0.5,s,18')].join('\n'));
    // In batches of 4,000 rows: of new ones, of some known, and with a key of the first again.
    expect(await ingested(path)).toMatchObject({ changed: { predictions: 10_001 } });
    expect(
      await select(
        `select count(*), count(*) filter (where prediction = 17 and features ->> 'season' = '${wide}') as first,
           min(entity) filter (where prediction = 18) as corrected from predictions`,
      ),
    ).toEqual([{ count: 10_000, first: 9_999, corrected: 'e1' }]);
    expect(await ingested(path)).toMatchObject({ changed: { predictions: 2 } });
  });

  it('stores each row once where two load the same file at once', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `1,e${i},2024-01-01T08:00:00Z,0.5,1,17,21`);
    const path = await file('rows.csv', [`${head},actual`, ...rows].join('\n'));
    const load = (): Promise<number | null> =>
      new Promise((resolve) => {
        spawn('sh', ['-c', command(path)], { cwd: directory, env: environment() }).on('close', resolve);
      });
    expect(await Promise.all([load(), load()])).toEqual([0, 0]);
    expect(await select('select count(*) from predictions')).toEqual([{ count: 3_000 }]);
    expect(await select('select count(*) from actuals')).toEqual([{ count: 3_000 }]);
  });

  it('starts anew where another content is in the file', async () => {
    const path = await file('rows.csv', `${head}\n${line('a')}\n`);
    const { progressSource } = await import('../../../cli/ingest/progress-store.ts');
    await test.database.execute(
      `insert into ingest_progress (model, source, byte_offset, line, row_count, rejected_count, fingerprint)
       values ('m', $1, 60, 2, 1, 0, 'of another content')`,
      [progressSource(path, [[], [], undefined, undefined])],
    );
    expect(await ingested(path)).toMatchObject({ rowsBefore: 0, stored: { predictions: 1 } });
  });
});

it('tells a log how far it is: of the file, in rows, and how fast', async () => {
  const rows = Array.from({ length: 45_000 }, (_, i) => line(`e${i}`));
  const content = `${[head, ...rows].join('\n')}\n`;
  const path = await file('rows.csv', content);
  // Between any two looks at the clock half a minute has gone by.
  const { now } = Date;
  let ahead = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + (ahead += 31_000));
  const told: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((text: string) => void told.push(text));
  expect(process.stderr.isTTY).not.toBe(true);
  await printed(addIngest, ['ingest', path, '--model', 'm'], test);
  const size = Math.round(content.length / 1e6);
  const shown = told.map((text) =>
    /^(\d+) of (\d+) MB, ([\d,]+) rows, ([\d,]+) rows\/s$/.exec(text)?.slice(1),
  );
  const read = shown.map((numbers) => (numbers ?? []).map((text) => Number(text.replaceAll(',', ''))));
  // A line a transaction.
  expect(read).toHaveLength(3);
  expect(read.map(([, total]) => total)).toEqual([size, size, size]);
  expect(read.map(([, , stored]) => stored)).toEqual([
    expect.closeTo(20_000, -4),
    expect.closeTo(40_000, -4),
    45_000,
  ]);
  expect(read.at(-1)?.[0]).toBe(size);
  for (const [, , , rate] of read) expect(rate).toBeGreaterThan(0);
});

it('ends with 3 where Postgres does not answer, with 2 for bad options, and asks for a migrated schema', async () => {
  const path = await file('rows.csv', `${head}\n${line('a')}\n`);
  const run = (options: string, url = test.url): Promise<{ code: number; stderr: string }> =>
    new Promise((resolve) => {
      execFile(
        'sh',
        ['-c', `${command(path)} ${options}`],
        { cwd: directory, env: { ...environment(), DATABASE_URL: url } },
        (error, _, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }),
      );
    });
  expect((await run('', 'postgres://x@127.0.0.1:1/x')).code).toBe(3);
  expect(await run('--time-zone Mars')).toEqual({
    code: 2,
    stderr: '--time-zone: "Mars" is no time zone; write for example UTC or Europe/Lisbon.\n',
  });
  expect(await run('--map entity')).toMatchObject({
    code: 2,
    stderr: '--map: "entity" is not <column>=<what it is>.\n',
  });
  await test.database.execute('delete from schema_migrations where id = 16');
  expect(await run('')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Run `tidewatch migrate`'),
  });
});
