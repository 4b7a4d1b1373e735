import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { compare, compareToJson } from './comparing.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

describe('--preset regression', () => {
  it('reports the performance on both files beside the drift of all columns', async () => {
    const rows = (error: string) => `select i / 1e0 as feature, i + 10e0 as cnt,
      case when i = 0 then null else i + 10e0 + ${error} end as predicted from range(100) t(i)`;
    const files = {
      reference: await tables.write('a.parquet', rows('case when i % 2 = 0 then 1 else -1 end')),
      current: await tables.write('b.parquet', rows('3')),
    };
    const options = { ...files, preset: 'regression', actual: 'cnt', prediction: 'predicted' } as const;
    const { columns, performance } = await compareToJson(options);
    expect(columns.map(({ column }) => column)).toEqual(['feature', 'cnt', 'predicted']);
    const named = await compareToJson({ ...options, columns: ['cnt'] });
    expect(named.columns.map(({ column }) => column)).toEqual(['cnt']);
    expect(named.performance).toEqual(performance);
    expect(performance).toMatchObject({ task: 'regression', sampleSizes: { reference: 99, current: 99 } });
    expect(performance!.metrics.map(({ metric }) => metric)).toEqual([
      'rmse',
      'mae',
      'median_ae',
      'mape',
      'wmape',
      'smape',
      'r2',
      'bias',
    ]);
    expect(performance!.metrics[0]).toEqual({
      metric: 'rmse',
      reference: { value: 1 },
      current: { value: 3 },
      betterBy: -2,
    });
    const { text } = await compare(options);
    expect(text).toContain('performance is shown, not judged');
    expect(text).toMatch(/│ RMSE +│ 1 +│ 3 +│ -2 +│/);
    const page = await compare({ ...options, format: 'html' });
    expect(page.text).toMatch(/RMSE<\/th>\s*<td>1<\/td>\s*<td>3<\/td>\s*<td>worse by 2<\/td>/);
  });
});

describe('--preset regression with --interval', () => {
  it('says how often the actual is within, and what the bounds cost as quantiles', async () => {
    const rows = (width: number) => `select i as cnt, i + 1 as predicted,
      case when i < 5 then null else i - ${width} end as low, i + ${width} as high from range(20) t(i)`;
    const options = {
      reference: await tables.write('narrow.parquet', rows(1)),
      current: await tables.write('missing.parquet', rows(-2)),
      preset: 'regression',
      actual: 'cnt',
      prediction: 'predicted',
      interval: ['low', 'high'],
      intervalLevels: '0.1,0.9',
    } as const;
    const { performance } = await compareToJson(options);
    const metrics = new Map(performance!.metrics.map(({ metric, ...values }) => [metric, values]));
    expect(metrics.get('interval_coverage')).toEqual({
      reference: { value: 1 },
      current: { value: 0 },
      betterBy: -1,
    });
    expect(metrics.get('pinball_loss')).toMatchObject({
      reference: { value: expect.closeTo(0.1, 12) },
      current: { value: expect.closeTo(1.8, 12) },
    });
    const { text } = await compare(options);
    expect(text).toMatch(/│ interval coverage +│ 100% +│ 0% +│/);
  });
});

describe('--preset classification', () => {
  const rows = (
    wrong: number,
  ) => `select i % 2 as churned, 0.25 + 0.5 * ((i + (i < ${wrong})::integer) % 2) as chance,
    (i + (i < ${wrong})::integer) % 2 as predicted from range(100) t(i)`;

  it('takes whole numbers as classes, and probabilities where there are some', async () => {
    const files = {
      reference: await tables.write('good.parquet', rows(10)),
      current: await tables.write('worse.csv', rows(40)),
    };
    const { columns, performance } = await compareToJson({
      ...files,
      preset: 'classification',
      actual: 'churned',
      prediction: 'predicted',
      probability: 'chance',
      positiveClass: '1',
    });
    expect(columns).toMatchObject([
      { column: 'churned', kind: 'categorical', verdict: expect.any(String) },
      { column: 'chance', kind: 'continuous' },
      { column: 'predicted', kind: 'categorical' },
    ]);
    const metrics = Object.fromEntries(performance!.metrics.map(({ metric, ...values }) => [metric, values]));
    expect(metrics['accuracy']).toMatchObject({ reference: { value: 0.9 }, current: { value: 0.6 } });
    expect(metrics['roc_auc']).toMatchObject({ reference: { value: 0.9 }, current: { value: 0.6 } });
    expect(metrics['accuracy']!.betterBy).toBeCloseTo(-0.3, 12);
  });

  it('says what a probability needs', async () => {
    const path = await tables.write(
      'three.parquet',
      'select i % 3 as y, i % 3 as p, 0.5 as chance from range(30) t(i)',
    );
    await expect(
      compare({
        reference: path,
        current: path,
        preset: 'classification',
        actual: 'y',
        prediction: 'p',
        probability: 'chance',
      }),
    ).rejects.toThrow('--probability: it needs two classes, one of them the positive one; there are 0, 1, 2');
  });

  it('says what is missing where there are too few outcomes', async () => {
    const path = await tables.write('few.parquet', `select 'a' as y, 'a' as p from range(3)`);
    const { performance } = await compareToJson({
      reference: path,
      current: path,
      preset: 'classification',
      actual: 'y',
      prediction: 'p',
    });
    expect(performance).toMatchObject({
      metrics: [],
      verdicts: { reference: { level: 'insufficient-data', reason: '3 outcomes, at least 10 are needed' } },
    });
  });
});

describe('--preset actuals-drift', () => {
  it('reports the drift of all columns, the actuals among them', async () => {
    const path = await tables.write('actuals.parquet', 'select i as cnt, i as feature from range(100) t(i)');
    const { columns } = await compareToJson({
      reference: path,
      current: path,
      preset: 'actuals-drift',
      actual: 'cnt',
    });
    expect(columns.map(({ column }) => column)).toEqual(['cnt', 'feature']);
  });
});

describe('--preset stability', () => {
  const expectations = `expectations:
  hum: { min: 0, max: 1, notNull: 0.9 }
  weather: { in: [clear, rain] }
  gone: { notNull: true, level: warning }
`;

  it('holds the current file against expectations, beside the drift of their columns', async () => {
    const rows = (top: number, weather: string) =>
      `select (i % 100) * ${top} / 99e0 as hum, '${weather}' as weather, i as other from range(200) t(i)`;
    const options = {
      reference: await tables.write('expected.parquet', rows(1, 'clear')),
      current: await tables.write('found.parquet', rows(1.5, 'snow')),
      preset: 'stability',
      expectations: await tables.writeText('suite.yaml', expectations),
    } as const;
    const report = await compareToJson(options);
    expect(report.columns.map(({ column }) => column)).toEqual(['hum', 'weather']);
    expect(report.expectations).toMatchObject({
      verdict: 'critical',
      reason: expect.stringContaining('failed'),
    });
    expect(report.expectations!.checks.map(({ column, check, verdict }) => [column, check, verdict])).toEqual(
      [
        ['hum', 'expect-min', 'ok'],
        ['hum', 'expect-max', 'critical'],
        ['hum', 'expect-notNull', 'ok'],
        ['weather', 'expect-in', 'critical'],
        ['gone', 'expect-column', 'warning'],
      ],
    );

    const junit = await compare({ ...options, format: 'junit' });
    expect(junit.drifted).toBe(true);
    expect(junit.text).toMatch(/<testcase classname="expectation" name="hum expect-min"\/>/);
    expect(junit.text).toMatch(/name="weather expect-in">\s*<failure message="[^"]+" type="critical"/);
    expect((await compare(options)).text).toContain('hum expect-max: ');
    expect((await compare({ ...options, format: 'html' })).text).toContain('expect-max');
  });

  it('needs expectations', async () => {
    await expect(async () =>
      compare({ reference: 'a.csv', current: 'b.csv', preset: 'stability' }),
    ).rejects.toThrow('--preset: stability needs expectations: add --expectations <file>');
  });

  it('is an alarm where an expectation fails without drift', async () => {
    const path = await tables.write('calm.parquet', 'select i % 10 as hum from range(100) t(i)');
    const suite = await tables.writeText('strict.yaml', 'expectations:\n  hum: { max: 8 }\n');
    const { drifted } = await compare({ reference: path, current: path, expectations: suite });
    expect(drifted).toBe(true);
  });
});
