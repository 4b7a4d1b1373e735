import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { columnOf, compare, compareToJson, reasonsOf } from './comparing.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

/** Two Parquet files of one column `x`, each from a query for its rows. */
async function pair(reference: string, current: string) {
  return {
    reference: await tables.write('reference.parquet', reference),
    current: await tables.write('current.parquet', current),
  };
}

/** 1,000 values that look normal, in an order that looks random. */
const bell = (shift = 0) =>
  `select sqrt(-2 * ln((i + 0.5) / 1000)) * cos(i * 2.399963) + ${shift} as x from range(1000) t(i)`;

describe('a comparison of two files', () => {
  it('carries every statistic of a continuous column, exact', async () => {
    const report = await compareToJson(
      await pair('select i / 1e0 as x from range(100) t(i)', 'select i + 10e0 as x from range(100) t(i)'),
    );
    expect(report).toMatchObject({ reference: { rows: 100 }, current: { rows: 100 } });
    const { statistics, ...column } = columnOf(report, 'x');
    expect(column).toMatchObject({
      kind: 'continuous',
      sampleSizes: { reference: 100, current: 100 },
      missing: { reference: 0, current: 0 },
      invalid: { reference: 0, current: 0 },
      decidedBy: 'wasserstein',
    });
    // The deviation of 0 to 99 is sqrt((100^2 - 1) / 12); PSI: of ten bins of ten, the lowest is empty now, the highest has 20.
    const distance = expect.closeTo(0.1, 12);
    expect(statistics['ks']).toMatchObject({
      statistic: distance,
      pValue: expect.closeTo(0.7021, 3),
      effect: distance,
    });
    const normalized = expect.closeTo(10 / Math.sqrt(9_999 / 12), 12);
    expect(statistics['wasserstein']).toMatchObject({ statistic: 10, effect: normalized, normalized });
    expect(statistics['psi']).toMatchObject({
      statistic: expect.closeTo((10 * Math.log(21) + 10 * Math.log(20.5 / 10.5)) / 105, 9),
    });
    expect(Object.keys(statistics)).toEqual(
      expect.arrayContaining(['ks', 'wasserstein', 'psi', 'jensenShannon']),
    );
    for (const statistic of Object.values(statistics)) expect(statistic).not.toHaveProperty('errorBound');
  });

  it('carries every statistic of a categorical column', async () => {
    const report = await compareToJson(
      await pair(
        `select case when i < 60 then 'clear' else 'rain' end as x from range(100) t(i)`,
        `select case when i < 30 then 'clear' when i < 90 then 'rain' else 'snow' end as x from range(100) t(i)`,
      ),
    );
    const { kind, statistics } = columnOf(report, 'x');
    expect(kind).toBe('categorical');
    // (60 + 30) / 2 = 45 and (40 + 60) / 2 = 50 are expected, and 5 of the snow.
    const statistic = expect.closeTo(2 * (15 ** 2 / 45 + 10 ** 2 / 50 + 5), 9);
    expect(statistics['chiSquared']).toMatchObject({ statistic, pValue: expect.any(Number) });
    expect(Object.keys(statistics)).toEqual(expect.arrayContaining(['psi', 'jensenShannon', 'chiSquared']));
    expect(statistics).not.toHaveProperty('ks');
  });

  it('finds no drift between halves of one distribution, and a warning in a column that moved', async () => {
    const calm = await compareToJson(await pair(bell(), `${bell()} order by i desc`));
    expect(columnOf(calm, 'x').verdict).toBe('ok');
    expect(calm.dataset).toMatchObject({ verdict: 'ok', share: 0, drifted: [] });

    const { reference, current } = await pair(bell(), bell(0.3));
    const { text, drifted } = await compare({ reference, current, json: true });
    expect(drifted).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      columns: [
        { column: 'x', verdict: 'warning', decidedBy: 'wasserstein', adjustedPValue: expect.any(Number) },
      ],
      dataset: { verdict: 'warning', share: 1, threshold: 0.5, drifted: ['x'] },
    });
  });

  it('is the same for CSV and Parquet', async () => {
    const query = `select i % 50 as count, i * 0.37 as amount, 'w' || (i % 3) as weather from range(500) t(i)`;
    const other = query.replace('0.37', '0.4');
    const columns = async (extension: string) => {
      const report = await compareToJson({
        reference: await tables.write(`same-a.${extension}`, query),
        current: await tables.write(`same-b.${extension}`, other),
      });
      return report.columns;
    };
    expect(await columns('csv')).toEqual(await columns('parquet'));
  });

  it('keeps to the methods that are asked for, and the deciding one', async () => {
    const files = await pair(bell(), bell(0.3));
    const { statistics } = columnOf(
      await compareToJson({ ...files, statistics: ['psi', 'jensen-shannon'] }),
      'x',
    );
    expect(Object.keys(statistics)).toEqual(['wasserstein', 'psi', 'jensenShannon']);
  });

  it('decides by another method and a frozen threshold when told to', async () => {
    const files = await pair(bell(), bell(0.3));
    const decided = async (method: string[], threshold: string[]) =>
      columnOf(await compareToJson({ ...files, method, threshold }), 'x');
    expect(await decided(['ks'], [])).toMatchObject({ decidedBy: 'ks' });
    expect(await decided(['x=psi'], ['0.1'])).toMatchObject({ decidedBy: 'psi', threshold: 0.1 });
    expect(await decided(['ks', 'x=jensen-shannon'], ['x=0.9'])).toMatchObject({
      decidedBy: 'jensenShannon',
      threshold: 0.9,
      verdict: 'ok',
    });
    // A method for all columns is none for those of another kind.
    expect(await decided(['chi-squared'], [])).toMatchObject({ decidedBy: 'wasserstein' });
  });

  it('takes a column as what it is told to', async () => {
    const files = await pair(
      'select i % 4 as x from range(200) t(i)',
      'select i % 4 as x from range(200) t(i)',
    );
    expect(columnOf(await compareToJson(files), 'x').kind).toBe('continuous');
    expect(columnOf(await compareToJson({ ...files, categorical: ['x'] }), 'x').kind).toBe('categorical');

    const dates = await pair(
      `select date '2011-01-01' + i::integer as x from range(200) t(i)`,
      `select date '2011-01-01' + i::integer as x from range(200) t(i)`,
    );
    expect(columnOf(await compareToJson(dates), 'x')).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'DATE only moves on; --continuous or --categorical compares it',
    });
    expect(columnOf(await compareToJson({ ...dates, continuous: ['x'] }), 'x').verdict).toBe('ok');
  });
});

describe('poor columns', () => {
  const columns = {
    good: 'i / 1e0',
    constant: '7e0',
    missing: 'null::double',
    infinite: `case when i % 2 = 0 then 'nan'::double else 'infinity'::double end`,
    gaps: 'case when i % 4 = 0 then null else i / 1e0 end',
    list: '[i, i + 1]',
    id: `'user-' || i`,
  };
  const select = (wanted: Partial<typeof columns>) =>
    `select ${Object.entries(wanted)
      .map(([name, expression]) => `${expression} as ${name}`)
      .join(', ')} from range(400) t(i)`;

  it('never fail a report: each has its numbers, or a reason', async () => {
    const reversed = Object.fromEntries(Object.entries(columns).reverse());
    const report = await compareToJson(await pair(select(columns), select(reversed)));
    expect(report.columns.map(({ column }) => column)).toEqual(Object.keys(columns));
    for (const column of report.columns) {
      expect(JSON.stringify(column), column.column).not.toMatch(/:null/);
      expect(column.reason).not.toBe('');
    }
    expect(columnOf(report, 'good').verdict).toBe('ok');
    expect(columnOf(report, 'constant').verdict).toBe('ok');
    expect(columnOf(report, 'missing')).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'the reference has no value',
      missing: { reference: 400, current: 400 },
    });
    expect(reasonsOf(columnOf(report, 'missing'))).toMatchObject({ ks: 'the reference has no value' });
    expect(columnOf(report, 'infinite')).toMatchObject({
      verdict: 'insufficient-data',
      invalid: { reference: 400, current: 400 },
    });
    expect(columnOf(report, 'gaps')).toMatchObject({
      verdict: 'ok',
      sampleSizes: { reference: 300, current: 300 },
      missing: { reference: 100, current: 100 },
    });
    expect(columnOf(report, 'list')).toMatchObject({
      kind: 'unsupported',
      verdict: 'insufficient-data',
      reason: 'values of type BIGINT[] cannot be compared',
    });
  });

  it('of one side only say on which they are, in the order of the reference', async () => {
    const report = await compareToJson(
      await pair('select i as a, i as b from range(50) t(i)', 'select i as c, i as b from range(50) t(i)'),
    );
    expect(report.columns.map(({ column, reason }) => [column, reason])).toEqual([
      ['a', 'the current table has no such column'],
      ['b', expect.stringContaining('(reference mean')],
      ['c', 'the reference has no such column'],
    ]);
  });

  it('whose types differ are what the reference says; what does not fit is invalid', async () => {
    const reference = await tables.writeText(
      'numbers.csv',
      `x\n${Array.from({ length: 50 }, (_, i) => i).join('\n')}\n`,
    );
    const current = await tables.writeText(
      'words.csv',
      `x\n${Array.from({ length: 50 }, (_, i) => (i < 5 ? 'oops' : i)).join('\n')}\n`,
    );
    expect(columnOf(await compareToJson({ reference, current }), 'x')).toMatchObject({
      kind: 'continuous',
      sampleSizes: { reference: 50, current: 45 },
      invalid: { reference: 0, current: 5 },
    });
    expect(columnOf(await compareToJson({ reference: current, current: reference }), 'x')).toMatchObject({
      kind: 'categorical',
    });
  });

  it('without any rows say so, and take their kind from the other side', async () => {
    const empty = await tables.writeText('empty.csv', 'x,y\n');
    const full = await tables.write('full.csv', `select i as x, 'w' || (i % 3) as y from range(50) t(i)`);
    for (const [reference, current, reason] of [
      [empty, full, 'the reference has no value'],
      [full, empty, 'the current window has no value'],
      [empty, empty, 'the reference has no value'],
    ] as const) {
      const report = await compareToJson({ reference, current });
      expect(report.dataset).toMatchObject({ verdict: 'insufficient-data', share: null });
      for (const column of report.columns)
        expect(column).toMatchObject({ verdict: 'insufficient-data', reason });
    }
    const { kind } = columnOf(await compareToJson({ reference: empty, current: full }), 'x');
    expect(kind).toBe('continuous');
  });

  it('may have a million categories', async () => {
    const ids = `select 'user-' || (i * 7919 % 1000000) as x from range(1000000) t(i)`;
    const { verdict, sampleSizes } = columnOf(await compareToJson(await pair(ids, ids)), 'x');
    expect({ verdict, sampleSizes }).toEqual({
      verdict: 'ok',
      sampleSizes: { reference: 1_000_000, current: 1_000_000 },
    });
  });

  it('may have quotes, equals signs and dots in their names', async () => {
    const named = `select i as "a ""b""", i as "c=d", i as "e.f" from range(50) t(i)`;
    const files = await pair(named, named);
    const report = await compareToJson({ ...files, method: ['c=d=ks'], columns: ['a "b"', 'c=d'] });
    expect(report.columns).toMatchObject([{ column: 'a "b"' }, { column: 'c=d', decidedBy: 'ks' }]);
  });
});
