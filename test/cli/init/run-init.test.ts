import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkTableExpectations } from '../../../cli/check-expectations.ts';
import { readExpectationsFile } from '../../../cli/expectations-file.ts';
import { runInit, type InitOptions } from '../../../cli/init/run-init.ts';
import { readMonitorFiles } from '../../../cli/monitor-files.ts';
import { TidewatchError } from '../../../core/errors.ts';
import { openTableFile } from '../../../sql/table-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'init-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inDirectory = (name: string): string => join(directory, name);
const bikes = new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url).pathname;

/** 100 rows of a station's sensors. */
const sensors = [
  'id,at,station,temp,level,wind,empty,late',
  ...Array.from(
    { length: 100 },
    (_, i) =>
      `${1000 + i},2024-01-01 ${String(i % 24).padStart(2, '0')}:00:00,${'ABC'[i % 3]},${(i % 50) / 10 - 1},${i % 4},${i % 25 === 0 ? '' : i + 0.5},,${i < 60 ? '' : 1}`,
  ),
].join('\n');

async function suiteOf(text: string, options: Partial<InitOptions> = {}): Promise<string> {
  await writeFile(inDirectory('table.csv'), text);
  const output = inDirectory('suite.yaml');
  const asked = { expectations: true, reference: inDirectory('table.csv'), output, ...options } as const;
  expect(await runInit(undefined, asked)).toBe(output);
  return readFile(output, 'utf8');
}

const errorOf = async (model: string | undefined, options: InitOptions): Promise<string> =>
  runInit(model, options).then(
    () => 'no error',
    (error: unknown) => {
      expect(error).toBeInstanceOf(TidewatchError);
      return (error as TidewatchError).message.replaceAll(`${directory}/`, '');
    },
  );

describe('tidewatch init --expectations', () => {
  it('suggests a range with slack, levels, missing shares and keys, and says what it saw', async () => {
    const text = await suiteOf(sensors);
    const entries = text.slice(text.indexOf('expectations:'));
    expect(entries).toBe(`expectations:
  # 1000 to 1099, none missing, all different
  id: { notNull: true, unique: true }
  # dates or times, none missing
  at: { notNull: true }
  # 3 levels, none missing
  station: { in: [ A, B, C ], notNull: true }
  # -1 to 3.9, none missing
  temp: { min: -1.5, max: 4.4, notNull: true }
  # 0 to 3, none missing
  level: { in: [ 0, 1, 2, 3 ], notNull: true }
  # 1.5 to 99.5, 4 of 100 missing
  wind: { min: 0, max: 110, notNull: 0.92 }
  # 1 to 1, 60 of 100 missing
  late: { in: [ 1 ] }
`);
    expect(text).toContain('# Left out: empty (no row has a value)');
  });

  it('writes a suite that its own table fulfils', async () => {
    const suite = inDirectory('bikes.yaml');
    await runInit(undefined, { expectations: true, reference: bikes, output: suite });
    const table = await openTableFile(bikes);
    const { verdict, checks } = await checkTableExpectations(table, await readExpectationsFile(suite));
    await table.close();
    expect(verdict).toEqual({ level: 'ok', reason: `${checks.length} checks passed` });
    expect(checks.length).toBeGreaterThan(25);
  });

  it('holds names and levels that YAML would read as something else', async () => {
    const names = ['true', 'a: b', '# c', '1', "it's", 'line end'];
    const row = ['*x', '~', '1e3', 'no', '- x', '"']
      .map((value) => `"${value.replaceAll('"', '""')}"`)
      .join(',');
    await suiteOf(
      [names.map((name) => `"${name}"`).join(','), ...Array.from({ length: 30 }, () => row)].join('\n'),
    );
    const { expectations } = await readExpectationsFile(inDirectory('suite.yaml'));
    expect(Object.keys(expectations).sort()).toEqual([...names].sort());
    expect(expectations['true']?.in).toEqual(['*x']);
    expect(expectations['a: b']?.in).toEqual(['~']);
  });

  it('takes a table without rows, and one of one row', async () => {
    expect(await suiteOf('a,b\n')).toContain('# Left out: a (no row has a value)');
    expect(await suiteOf('a,b\n1,x\n', { force: true })).toContain('a: { min: 0, max: 1, notNull: true }');
  });

  it('never replaces a file unless it is told to', async () => {
    await writeFile(inDirectory('suite.yaml'), 'mine');
    const options = { expectations: true, reference: bikes, output: inDirectory('suite.yaml') } as const;
    expect(await errorOf(undefined, options)).toBe(
      'suite.yaml already exists. Name another file with --output, or replace it with --force.',
    );
    expect(await readFile(options.output, 'utf8')).toBe('mine');
    await runInit(undefined, { ...options, force: true });
    expect(await readFile(options.output, 'utf8')).toContain('expectations:');
  });
});

describe('tidewatch init <model>', () => {
  it('writes a monitor of the columns of a table, which apply can read', async () => {
    await runInit('bike-demand', { from: bikes, actual: 'bikers', output: inDirectory('bike.yaml') });
    const [file] = (await readMonitorFiles(directory)).monitors;
    expect(file?.monitor).toMatchObject({
      model: 'bike-demand',
      task: 'regression',
      reference: { kind: 'rolling' },
    });
    const kinds = Object.entries(file!.monitor.features).map(([name, { kind }]) => `${name} ${kind}`);
    expect(kinds).toEqual([
      'season categorical',
      'mnth categorical',
      'day continuous',
      'hr categorical',
      'holiday categorical',
      'weekday categorical',
      'workingday categorical',
      'weathersit categorical',
      'temp continuous',
      'atemp continuous',
      'hum continuous',
      'windspeed continuous',
      'casual continuous',
      'registered continuous',
    ]);
  });

  it('is a classification with the classes of its actuals, without keys, times and what is logged beside', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `k${i},2024-01-01,${i / 7},${i % 2 ? 'late' : 'on-time'},0.5`,
    );
    await writeFile(inDirectory('table.csv'), ['key,at,distance,outcome,prediction', ...rows].join('\n'));
    await runInit('delays', {
      from: inDirectory('table.csv'),
      actual: 'outcome',
      output: inDirectory('delays.yaml'),
    });
    const text = await readFile(inDirectory('delays.yaml'), 'utf8');
    expect(text).toContain('  # key: left out; it is the entity, what a row is about');
    expect(text).toContain('  # at: left out; it is the event time');
    expect(text).toContain('  # prediction: left out; it is the prediction');
    const [file] = (await readMonitorFiles(directory)).monitors;
    expect(file?.monitor).toMatchObject({ task: 'classification', classes: ['late', 'on-time'] });
    expect(Object.keys(file!.monitor.features)).toEqual(['distance']);
  });

  it('writes an example without a table', async () => {
    await runInit('fresh', { output: inDirectory('fresh.yaml') });
    expect((await readMonitorFiles(directory)).monitors[0]?.monitor.model).toBe('fresh');
  });
});

describe('the options of tidewatch init', () => {
  it.each<[string | undefined, InitOptions, string]>([
    [
      undefined,
      {},
      'init: name the model, for example `tidewatch init bike-demand`, or give --expectations.',
    ],
    ['Bike', {}, 'Bike: use lower-case letters, digits, ".", "_" and "-", at most 63 characters.'],
    ['bike', { reference: 'a.csv' }, '--reference: belongs to --expectations.'],
    ['bike', { actual: 'cnt' }, '--actual: is a column of --from.'],
    [undefined, { expectations: true }, '--expectations: takes either --reference with a file, or --model.'],
    [
      undefined,
      { expectations: true, reference: 'a', model: 'b' },
      '--expectations: takes either --reference with a file, or --model.',
    ],
    ['bike', { expectations: true, reference: 'a' }, 'bike: with --expectations, name a model as --model.'],
    [
      undefined,
      { expectations: true, reference: 'a', from: 'b' },
      '--from: belongs to a monitor, not to --expectations.',
    ],
    ['bike', { from: bikes, actual: 'biker', output: 'x.yaml' }, 'the nearest is "bikers"'],
    ['bike', { from: 'none.csv' }, 'none.csv cannot be read as a table: there is no such file.'],
    ['bike', { output: join(bikes, 'bike.yaml') }, 'bike.yaml cannot be written'],
  ])('%s %j: %s', async (model, options, message) => {
    expect(await errorOf(model, options)).toContain(message);
  });
});

describe('tidewatch init without --actual', () => {
  it('says which columns became features, and that the actual is to be named', async () => {
    await writeFile(inDirectory('table.csv'), 'at,temp,sky\n2024-01-01,1.5,rain\n2024-01-02,2.5,rain\n');
    const said: string[] = [];
    const options = { from: inDirectory('table.csv'), output: inDirectory('model.yaml') };
    await runInit('bikes', options, (line) => said.push(line));
    expect(said).toContain(
      'warning: no column is the actual by its name; if one of the features is it (temp, sky), name it by --actual: it is no feature, and tells the task',
    );
    // Nothing could be loaded: no line is printed that would not work.
    expect(said.join('\n')).not.toContain('to load');
    expect(said.join('\n')).toContain('no column is a prediction or an actual by its name');
    expect(await readFile(options.output, 'utf8')).toContain(
      'sky: { kind: categorical } # 1 level; the same in each row',
    );
    await runInit('bikes', { ...options, actual: 'temp', force: true }, (line) => said.push(line));
    expect(said.join('\n').match(/no column is the actual/g)).toHaveLength(1);
  });
});

describe('tidewatch init from rows with predictions, actuals and times', () => {
  it('suggests a reference, the task, and limits, and says how to load the rows', async () => {
    const rows = Array.from(
      { length: 400 },
      (_, i) =>
        `${5000 - i},c${i % 50},2024-01-${String(1 + (i % 30)).padStart(2, '0')} 06:00:00,${i / 7},${i % 10 === 0 ? 1 : 0},${i % 2},${i % 7 === 0 ? 1 - (i % 2) : i % 2},0.5`,
    );
    const head = 'serial,customer,scored at,amount,foreign,churned,guess,probability_1';
    await writeFile(inDirectory('scored.csv'), [head, ...rows].join('\n'));
    const said: string[] = [];
    await runInit(
      'churn',
      {
        from: inDirectory('scored.csv'),
        output: inDirectory('churn.yaml'),
        actual: 'churned',
        prediction: 'guess',
        entity: 'customer',
        time: 'scored at',
      },
      (line) => said.push(line.replaceAll(`${directory}/`, '')),
    );
    expect(said.slice(-1)).toEqual([
      "to load the rows: tidewatch ingest scored.csv --model churn --map customer=entity --map 'scored at=event_time' --map guess=prediction --map churned=actual --set version=1 --time-zone UTC",
    ]);
    const text = await readFile(inDirectory('churn.yaml'), 'utf8');
    expect(text).toContain('has rows from 2024-01-01 to 2024-01-30.');
    expect(text).toContain('  # serial: left out; every value is different: a key?\n');
    expect(text).toContain('  # probability_1: left out; it is a probability\n');
    // 30 of the 205 of the reference are wrong; a tenth more would be 33.
    expect(text).toContain('In the days of the reference: accuracy 0.8537;');
    expect(text).toContain('#     accuracy: { warning: 0.839, critical: 0.817 }');
    const [file] = (await readMonitorFiles(directory)).monitors;
    expect(file?.monitor).toMatchObject({
      task: 'classification',
      classes: ['0', '1'],
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-16' },
    });
    expect(Object.keys(file!.monitor.features)).toEqual(['amount', 'foreign']);
  });
});

describe('a first monitor of rows that went wrong at the end', () => {
  it('takes its limits from the days of the reference only', async () => {
    // 40 days: off by 2 in the first 28, by 50 in the last 12.
    const rows = Array.from({ length: 40 * 24 }, (_, i) => {
      const at = new Date(Date.UTC(2026, 0, 1, i)).toISOString();
      const actual = 100 + (i % 17);
      return `${at},s${i % 3},${i % 7},${actual + (i < 28 * 24 ? 2 : 50)},${actual}`;
    });
    await writeFile(
      inDirectory('rides.csv'),
      ['timestamp,entity,wind,prediction,actual', ...rows].join('\n'),
    );
    await runInit('rides', { from: inDirectory('rides.csv'), output: inDirectory('rides.yaml') });
    const text = await readFile(inDirectory('rides.yaml'), 'utf8');
    expect(text).toContain('reference: { kind: fixed, start: 2026-01-01, end: 2026-01-21 }');
    expect(text).toContain('In the days of the reference: rmse 2;');
    expect(text).toContain('#     rmse: { warning: 2.2, critical: 2.5 }');
  });

  it('takes the share of right classes from them, too', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const day = String(1 + Math.floor(i / 20)).padStart(2, '0');
      const isRight = i < 200 ? i % 10 !== 0 : i % 2 === 0;
      return `2026-01-${day}T06:00:00Z,c${i},${(i % 9) / 2},${isRight ? 'no' : 'yes'},no`;
    });
    rows[0] = '2026-01-01T06:00:00Z,c0,0,no,yes';
    await writeFile(inDirectory('left.csv'), ['timestamp,entity,use,prediction,actual', ...rows].join('\n'));
    await runInit('left', { from: inDirectory('left.csv'), output: inDirectory('left.yaml') });
    expect(await readFile(inDirectory('left.yaml'), 'utf8')).toContain(
      'In the days of the reference: accuracy 0.9;',
    );
  });
});

describe('tidewatch init where the file is there already', () => {
  it('says only that, and reads no table', async () => {
    await writeFile(inDirectory('mine.yaml'), 'mine');
    const said: string[] = [];
    await expect(
      runInit('bikes', { from: bikes, output: inDirectory('mine.yaml') }, (line) => said.push(line)),
    ).rejects.toThrow('already exists');
    expect(said).toEqual([]);
    await expect(runInit('bikes', { from: 'none.csv', output: inDirectory('mine.yaml') })).rejects.toThrow(
      'already exists',
    );
  });
});
