/** Files as people have them, from `init` over the line that it prints to what is stored. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { addIngest } from '../../../cli/commands/ingest.ts';
import { runInit, type InitOptions } from '../../../cli/init/run-init.ts';
import { readMonitorFiles } from '../../../cli/monitor-files.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { formatDay, formatInstant } from '../../../core/window.ts';
import { createTestDatabase, type TestDatabase } from '../../setup/servers.ts';
import { printed } from '../on-database.ts';

let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'newcomers-'));
  return async () => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
    await rm(directory, { recursive: true });
  };
});

const day = (i: number, perDay = 20): string => formatDay(Date.UTC(2026, 0, 1 + Math.floor(i / perDay)));
const instant = (i: number, minutes = 0): string =>
  formatInstant(Date.UTC(2026, 0, 1 + Math.floor(i / 20), i % 20, minutes));
const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** 30 days of 20 rows. */
function madeFile(head: string, row: (i: number) => readonly unknown[], delimiter = ','): string {
  return [head, ...Array.from({ length: 600 }, (_, i) => row(i).join(delimiter))].join('\n');
}

interface Said {
  readonly lines: readonly string[];
  readonly text: string;
  readonly yaml: string;
  readonly monitor: Monitor;
  readonly command: string | undefined;
}

async function init(model: string, content: string, options: Partial<InitOptions> = {}): Promise<Said> {
  const from = join(directory, `${model}.csv`);
  await writeFile(from, content);
  const lines: string[] = [];
  const output = join(directory, 'monitors', `${model}.yaml`);
  await runInit(model, { from, output, ...options }, (line) => lines.push(line));
  const { monitors } = await readMonitorFiles(join(directory, 'monitors'));
  const text = lines.join('\n');
  return {
    lines,
    text,
    yaml: await readFile(output, 'utf8'),
    monitor: monitors.find(({ monitor }) => monitor.model === model)!.monitor,
    command: /to load the rows: tidewatch (.*)/.exec(text)?.[1],
  };
}

/** Applies the monitor and runs the printed line, as a shell splits it. */
async function load({ monitor, command }: Said): Promise<{
  readonly stored: { readonly predictions: number; readonly actuals: number };
  readonly rejected: number;
}> {
  await test.database.execute(
    `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash')`,
    [monitor.model, JSON.stringify(monitor)],
  );
  const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\n' ${command}`]);
  const text = await printed(addIngest, [...stdout.trimEnd().split('\n'), '--json'], test);
  vi.restoreAllMocks();
  return (JSON.parse(text) as Awaited<ReturnType<typeof load>>[])[0]!;
}

const firstRow = async (model: string): Promise<Record<string, unknown>> => {
  const [row] = await test.database.query<Record<string, unknown>>(
    `select entity, event_time as at, features, prediction, predicted_class as class, probabilities
     from predictions where model = $1 order by event_time, entity limit 1`,
    [model],
  );
  return row!;
};

const kindsOf = ({ features }: Monitor): Record<string, string> =>
  Object.fromEntries(Object.entries(features).map(([name, { kind }]) => [name, kind]));

describe('a file of deliveries', () => {
  const head = 'Order Id,Ordered At,Distance,Hour,Predicted Minutes,Actual Minutes,Delivered At';
  const deliveries = (of = head): string =>
    madeFile(of, (i) => {
      const isKnown = i < 560;
      return [
        i,
        instant(i),
        (i % 37) / 4 + 0.3,
        8 + (i % 12),
        20 + (i % 5),
        isKnown ? 22.5 + (i % 7) : '',
        isKnown ? instant(i, 25) : '',
      ];
    });

  it('is read by the words of its names; nothing that looks like a prediction becomes a feature', async () => {
    const said = await init('deliveries', deliveries());
    expect(kindsOf(said.monitor)).toEqual({ Distance: 'continuous', Hour: 'categorical' });
    expect(said.text).toMatch(/Predicted Minutes +prediction +by its name; --prediction names another/);
    expect(said.text).not.toContain('warning');
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 560 }, rejected: 0 });
  });

  it('has a column that says when the actual became known, by its values', async () => {
    const said = await init('known', deliveries());
    expect(said.text).toMatch(
      /Delivered At +recorded_at +it lies after the event time, and is missing where the actual is/,
    );
    expect(said.command).toContain("--map 'Delivered At=recorded_at'");
    await load(said);
    const [row] = await test.database.query(
      `select min(recorded_at)::text as first from actuals where model = 'known'`,
    );
    expect(row).toEqual({ first: expect.stringContaining('00:25:00') });
  });

  it('says why whole numbers are codes, and how to change it, on the screen and in the file', async () => {
    const why =
      '12 levels; whole numbers from 8 to 19, taken as codes by its name; if they are amounts, write continuous';
    const { text, yaml } = await init('hours', deliveries());
    expect(text).toMatch(new RegExp(`Hour +categorical +${why}`));
    expect(yaml).toContain(`Hour: { kind: categorical } # ${why}`);
  });

  it('of two predictions has none until an option settles it', async () => {
    const content = deliveries(
      head.replace('Distance', 'Predicted Distance').replace('Actual Minutes', 'Took'),
    );
    const said = await init('two', content);
    expect(said.text).toContain(
      'warning: the prediction may be "Predicted Distance" or "Predicted Minutes", by their names: say --prediction <column>',
    );
    expect(kindsOf(said.monitor)).toEqual({ Hour: 'categorical', Took: 'continuous' });
    expect(said.command).toBeUndefined();
    expect(said.text).toContain('the rows cannot be loaded like this');
    const settled = await init('two', content, {
      prediction: 'Predicted Minutes',
      actual: 'Took',
      force: true,
    });
    expect(settled.yaml).toContain('# "Predicted Distance": left out; it is called like a prediction');
    expect(await load(settled)).toMatchObject({ stored: { predictions: 600, actuals: 560 } });
  });

  it('without a prediction says so, with the nearest candidates and the option', async () => {
    const { text } = await init('none', deliveries(head.replace('Predicted Minutes', 'Eta')));
    expect(text).toContain(
      'warning: no column is the prediction by its name, and without one neither predictions nor features are loaded.',
    );
    expect(text).toContain('Name it by --prediction <column>');
    expect(text).toContain('to load the actuals only: ');
    const misspelled = await init(
      'misspelled',
      deliveries(head.replace('Predicted Minutes', 'Predcited Minutes')),
    );
    expect(misspelled.text).toContain('The nearest: "Predcited Minutes".');
    const correlated = madeFile('id,timestamp,size,quote,actual', (i) => [
      i,
      instant(i),
      i % 3,
      (i % 50) + 0.5,
      (i % 50) * 2,
    ]);
    expect((await init('correlated', correlated)).text).toContain('The nearest: "quote".');
  });
});

describe('files as spreadsheets write them', () => {
  it('German: semicolons, decimal commas, dates with points, a byte order mark', async () => {
    const content = madeFile(
      '\uFEFFFiliale;Datum;Umsatz Vortag;Temperatur;Umsatz Forecast;Umsatz Actual',
      (i) => {
        const [year, month, date] = day(i).split('-');
        return [
          `F${i % 20}`,
          `${date}.${month}.${year}`,
          `1.${100 + (i % 800)},5`,
          `-${i % 9},25`,
          `${i % 50},5`,
          `${i % 60},0`,
        ];
      },
      ';',
    ).replaceAll('\n', '\r\n');
    const said = await init('german', content, { entity: 'Filiale' });
    expect(kindsOf(said.monitor)).toEqual({ 'Umsatz Vortag': 'continuous', Temperatur: 'continuous' });
    expect(said.yaml).toContain('1.100,5 is read as 1100.5');
    expect(said.text).toContain('the times have no zone: UTC stands for it below');
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow('german')).toMatchObject({
      entity: 'F0',
      features: { 'Umsatz Vortag': 1100.5, Temperatur: -0.25 },
      prediction: 0.5,
    });
  });

  it('American: month first, AM and PM, thousands separators, dollars, per cent', async () => {
    const content = madeFile(
      'Store Id,Sale Date,Price,Discount,Promo,Predicted Revenue,Actual Revenue',
      (i) => {
        const [, month, date] = day(i).split('-');
        const at = `${Number(month)}/${Number(date)}/2026 ${i % 2 === 0 ? '1:05 PM' : '12:30 AM'}`;
        return [
          `s${i % 20}`,
          at,
          `"$1,${100 + (i % 800)}.50"`,
          `${i % 40}%`,
          i % 2 === 0 ? 'TRUE' : 'FALSE',
          '"1,000"',
          `"1,${100 + (i % 9)}"`,
        ];
      },
    );
    const said = await init('american', content);
    expect(kindsOf(said.monitor)).toEqual({
      Price: 'continuous',
      Discount: 'continuous',
      Promo: 'categorical',
    });
    expect(said.monitor.reference).toMatchObject({ start: '2026-01-01', end: '2026-01-16' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow('american')).toMatchObject({
      at: Date.parse('2026-01-01T00:30:00Z'),
      features: { Price: 1101.5, Discount: 0.01, Promo: 'FALSE' },
      prediction: 1000,
    });
  });

  it('with dates that could be read both ways ask for the order', async () => {
    const content = madeFile('id,date,x,prediction,actual', (i) => [
      i,
      `${twoDigits(1 + (i % 9))}/02/2026`,
      i / 7,
      1,
      i % 5,
    ]);
    const said = await init('order', content);
    expect(said.text).toContain('warning: the dates in "date" may have the day or the month first');
    expect(said.command).toBeUndefined();
    expect(said.monitor.reference).toEqual(expect.objectContaining({ kind: 'rolling' }));
    const settled = await init('order', content, { dates: 'day-first', force: true });
    expect(settled.monitor.reference).toMatchObject({ start: '2026-02-01' });
    expect(await load(settled)).toMatchObject({ stored: { predictions: 600 }, rejected: 0 });
    expect(await firstRow('order')).toMatchObject({ at: Date.parse('2026-02-01T00:00:00Z') });
  });

  it('with dates that only later rows tell apart are told by all of them', async () => {
    const content = [
      'id,date,x,prediction,actual',
      ...Array.from(
        { length: 1_200 },
        (_, i) => `${i},${twoDigits(1 + Math.floor(i / 100))}/01/2026,${i / 7},1,2`,
      ),
      '9999,13/01/2026,1,1,2',
    ].join('\n');
    const said = await init('later', content);
    expect(said.command).toContain('--dates day-first');
    expect(await load(said)).toMatchObject({ stored: { predictions: 1_201 }, rejected: 0 });
  });
});

describe('files of services', () => {
  it.each([
    ['milliseconds', 1],
    ['seconds', 1000],
    ['microseconds', 1 / 1000],
  ])('with times as epoch %s', async (unit, divisor) => {
    const content = madeFile('ts,device_id,rpm,y_pred,y_true', (i) => [
      Date.parse(instant(i)) / divisor,
      `d${i % 20}`,
      i * 3,
      i / 9,
      i / 8,
    ]);
    const said = await init(unit, content);
    expect(said.monitor.reference).toMatchObject({ kind: 'fixed', start: '2026-01-01' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow(unit)).toMatchObject({ at: Date.parse('2026-01-01T00:00:00Z') });
  });

  it('with probabilities only: the likeliest class is the prediction', async () => {
    const content = madeFile('transaction_id,event_time,amount,fraud_probability,label', (i) => [
      `t-${i}`,
      instant(i),
      i / 7,
      i % 4 === 0 ? 0.75 : 0.2,
      i % 5 === 0 ? 1 : 0,
    ]);
    const said = await init('fraud', content);
    expect(said.monitor).toMatchObject({ task: 'classification', classes: ['0', '1'], positiveClass: '1' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow('fraud')).toMatchObject({ class: '1', probabilities: { '0': 0.25, '1': 0.75 } });
  });

  it('with classes in the prediction, a confidence in the predicted one, and the actuals in another file', async () => {
    const content = madeFile('customer_id,scored_at,tenure,Model says,Confidence,Model build', (i) => [
      `c${i}`,
      instant(i),
      i / 7,
      i % 4 === 0 ? 'leaves' : 'stays',
      i % 4 === 0 ? 0.35 + (i % 5) / 8 : 0.72 + (i % 7) / 40,
      `b-${1 + (i % 2)}`,
    ]);
    const said = await init('leaving', content, { prediction: 'Model says' });
    expect(said.monitor).toMatchObject({
      task: 'classification',
      classes: ['leaves', 'stays'],
      features: { Confidence: { kind: 'continuous' } },
    });
    expect(said.yaml).toContain('# those that were predicted: add what only actuals may be');
    expect(said.yaml).toContain(
      'by its values not the probability of stays: of the class that was predicted?',
    );
    expect(said.text).toMatch(/Model build +version/);
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 0 }, rejected: 0 });
    expect(await firstRow('leaving')).toMatchObject({ class: 'leaves', probabilities: null });
  });

  it('with a confidence that is the probability of one class', async () => {
    const content = madeFile('customer_id,scored_at,tenure,prediction,confidence', (i) => [
      `c${i}`,
      instant(i),
      i / 7,
      i % 4 === 0 ? 'yes' : 'no',
      i % 4 === 0 ? 0.75 : 0.25,
    ]);
    const said = await init('sure', content);
    expect(said.monitor).toMatchObject({ classes: ['no', 'yes'], positiveClass: 'yes' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600 }, rejected: 0 });
    expect(await firstRow('sure')).toMatchObject({ class: 'yes', probabilities: { no: 0.25, yes: 0.75 } });
  });

  it('with a prediction that is a probability, by its name or by an option', async () => {
    const content = (name: string): string =>
      madeFile(`customer_id,snapshot_at,tenure,${name},churned`, (i) => [
        `c${i}`,
        instant(i),
        i / 7,
        i % 4 === 0 ? 0.7 : 0.2,
        i % 5 === 0 ? 1 : 0,
      ]);
    const byName = await init('by-name', content('prediction'), { actual: 'churned' });
    expect(byName.text).toMatch(/prediction +probability of 1/);
    expect(byName.yaml).toContain('In the days of the reference: accuracy 0.');
    expect(await load(byName)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow('by-name')).toMatchObject({ class: '1' });
    const byOption = await init('by-option', content('risk'), { actual: 'churned', prediction: 'risk' });
    expect(byOption.command).toContain('--map risk=probability:1');
    expect(await load(byOption)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
  });

  it('with classes that are spelled otherwise in the prediction', async () => {
    const content = madeFile('loan_id,decided_at,income,prediction,defaulted', (i) => [
      `L${i}`,
      instant(i),
      i / 7,
      i % 4 === 0 ? '1.0' : '0.0',
      i % 5 === 0 ? 'yes' : 'no',
    ]);
    const said = await init('spelled', content, { actual: 'defaulted' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    expect(await firstRow('spelled')).toMatchObject({ class: 'yes' });
  });

  it('of Prophet, with intervals', async () => {
    const content = madeFile('ds,store,y,yhat,yhat_lower,yhat_upper,wind', (i) => [
      day(i),
      `s${i % 20}`,
      i % 9,
      4,
      1,
      8,
      i / 7,
    ]);
    const said = await init('prophet', content, { entity: 'store' });
    expect(await load(said)).toMatchObject({ stored: { predictions: 600, actuals: 600 }, rejected: 0 });
    const [row] = await test.database.query(
      `select distinct interval_low as low, interval_high as high from predictions where model = 'prophet'`,
    );
    expect(row).toEqual({ low: 1, high: 8 });
  });

  it('with free text, keys, a constant, and a column that is mostly missing', async () => {
    const content = madeFile(
      'ticket_id,created_at,subject,body,priority,region,old_code,prediction,actual',
      (i) => [
        `T${i}`,
        instant(i),
        `${i % 400} please`,
        `words that somebody has written about an order that has not arrived yet ${i % 40}`,
        i % 2 === 0 ? 'low' : 'high',
        'EU',
        i % 20 === 0 ? 'x' : '',
        i % 3,
        i % 4,
      ],
    );
    const { monitor, text } = await init('tickets', content, { actual: 'actual' });
    expect(kindsOf(monitor)).toMatchObject({
      priority: 'categorical',
      region: 'categorical',
      old_code: 'categorical',
    });
    expect(text).toMatch(/subject +left out +400 levels in 600 values: a key or free text\?/);
    expect(text).toMatch(/body +left out +its texts have \d+ characters on average/);
    expect(text).toMatch(/region +categorical +1 level; the same in each row/);
    expect(text).toMatch(
      /old_code +categorical +1 level; empty in 95% of rows; if empty means something \(no rain\), write it as a value/,
    );
  });

  it('with words among the numbers', async () => {
    const content = madeFile('id,timestamp,temp,prediction,actual', (i) => [
      i,
      instant(i),
      i % 50 === 7 ? '?' : i / 7,
      1,
      2,
    ]);
    const said = await init('words', content);
    expect(kindsOf(said.monitor)).toEqual({ temp: 'continuous' });
    expect(said.text).toContain('12 values are no numbers, for example "?": rows that have one are rejected');
    expect(said.text).toContain('of the first 600 rows 12 would be rejected');
  });

  it('whose keys repeat: says how many rows would not be kept', async () => {
    const content = madeFile('vendor_id,timestamp,x,prediction,actual', (i) => [i % 2, day(i), i / 7, 1, 2]);
    const said = await init('repeated', content);
    expect(said.text).toContain(
      'warning: 540 rows have the "vendor_id" and time of another row, and the last of them counts: for example rows 1 and 3, which differ in "x" (',
    );
    // What is lost by none comes first.
    expect(said.text).toMatch(/name when by --issued-at; .* --set entity=@line/);
    // The same number for the same thing.
    expect(await load(said)).toMatchObject({ repeated: { predictions: 540, actuals: 540 } });
  });
});

describe('a file without a feature', () => {
  it('says so, and prints no line that would not work', async () => {
    const content = madeFile('id,timestamp,prediction,actual', (i) => [i, instant(i), 1, i % 4]);
    const { text, command } = await init('bare', content);
    expect(text).toContain('warning: no column can be watched as a feature');
    expect(command).toBeUndefined();
  });
});

describe('files that no monitor can be made of', () => {
  it.each([
    ['empty', '', 'it is empty'],
    ['a head only', 'id,timestamp,x,prediction\n', 'it has no rows'],
    ['another delimiter', 'id:x:y\n1:2:3\n', 'it has one column, "id:x:y"'],
    ['lines before the head', 'Report of January\n\nid,x\n1,2\n', 'it has one column, "Report of January"'],
    ['a name twice', 'id,x,x\n1,2,3\n', 'two columns are called "x"; rename one of them'],
    ['Latin-1', Buffer.from('id,x\n1,Köln\n', 'latin1'), 'line 2 is not UTF-8'],
  ])('%s', async (_, content, reason) => {
    const from = join(directory, 'bad.csv');
    await writeFile(from, content);
    await expect(runInit('bad', { from, output: join(directory, 'bad.yaml') })).rejects.toThrow(reason);
  });
});
