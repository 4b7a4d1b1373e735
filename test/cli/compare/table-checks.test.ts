import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checkColumns } from '../../../cli/compare/table-checks.ts';
import { makeTables, type MadeTables } from '../../sql/made-tables.ts';
import { columnOf, compare, compareToJson } from '../comparing.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

const lost = {
  column: 'hum',
  kind: 'continuous',
  notCompared: 'the current table has no such column',
  isLost: true,
} as const;

describe('checkColumns', () => {
  it('is critical about a column that the current table lost, unless a table has no rows', () => {
    const [check] = checkColumns([lost], { reference: 50, current: 50 });
    expect(check!.verdict).toEqual({ level: 'critical', reason: 'the current table has no such column' });
    expect(checkColumns([lost], { reference: 50, current: 0 })).toEqual([]);
    expect(checkColumns([lost], { reference: 0, current: 50 })).toEqual([]);
  });

  it('leaves alone what was not compared for another reason', () => {
    const { isLost: _, ...left } = lost;
    expect(checkColumns([left], { reference: 50, current: 50 })).toEqual([]);
  });
});

describe('a current table that is broken', () => {
  const intact = `select i % 10 / 1e0 as x, 'w' || (i % 3) as y, date '2020-01-01' + (i % 9)::integer as d from range(400) t(i)`;
  const against = async (current: string) => ({
    reference: await tables.write('intact.parquet', intact),
    current: await tables.write('broken.parquet', current),
  });

  it.each([
    [
      'lacks a column',
      `select y, d from (${intact})`,
      'x',
      'schema',
      'critical',
      'the current table has no such column',
    ],
    [
      'has no value in one',
      `select null::double as x, y, d from (${intact})`,
      'x',
      'schema',
      'critical',
      'none of 400 rows has a value',
    ],
    [
      'has words for numbers',
      `select 'oops' as x, y, d from (${intact})`,
      'x',
      'schema',
      'critical',
      'none of 400 rows holds a finite number',
    ],
    [
      'has numbers for dates',
      `select x, y, 1 as d from (${intact})`,
      'd',
      'schema',
      'critical',
      'its types differ: DATE and INTEGER; --continuous or --categorical compares it',
    ],
    [
      'lacks half of its values',
      `select case when x < 5 then null else x end as x, y, d from (${intact})`,
      'x',
      'missing',
      'critical',
      '200 of 400 rows have no value (50%; reference 0%)',
    ],
    [
      'lacks 3 values in a hundred',
      `select * exclude y, case when x = 0 and y = 'w0' then null else y end as y from (${intact})`,
      'y',
      'missing',
      'warning',
      '14 of 400 rows have no value (3.5%; reference 0%)',
    ],
  ])('fails when it %s, in every format', async (_, current, column, check, verdict, reason) => {
    const files = await against(current);
    const report = await compareToJson(files);
    expect(report.quality.verdict).toBe(verdict);
    expect(report.quality.checks).toContainEqual(expect.objectContaining({ column, check, verdict, reason }));
    const table = await compare(files);
    expect(table.drifted).toBe(true);
    expect(table.text).toContain(`${check}: ${reason}`);
    expect(table.text.split('\n').at(-1)).toContain(`${column} ${check}: ${reason}`);
    const junit = await compare({ ...files, format: 'junit' });
    expect(junit.text).toMatch(
      new RegExp(
        `classname="quality" name="${column} ${check}">\\s*<failure message="[^"]+" type="${verdict}"`,
      ),
    );
    expect((await compare({ ...files, format: 'html' })).text).toContain(reason);
  });

  it('fails by the rules of Evidently, too', async () => {
    const { drifted } = await compare({
      ...(await against(`select y, d from (${intact})`)),
      compat: 'evidently',
    });
    expect(drifted).toBe(true);
  });

  it('fails only for columns that were asked for', async () => {
    const files = await against(`select y, d from (${intact})`);
    expect((await compare({ ...files, columns: ['y'] })).drifted).toBe(false);
    expect((await compare({ ...files, columns: ['x'] })).drifted).toBe(true);
  });

  it('is refused as another file when it shares no column', async () => {
    await expect(compare(await against('select 1 as other from range(400)'))).rejects.toThrow(
      '--current: it shares no column with the reference: other against x, y, d.',
    );
  });

  it('passes when it is whole, or has more', async () => {
    const files = await against(`select *, 1 as more from (${intact})`);
    const report = await compareToJson(files);
    expect(report.quality).toMatchObject({ verdict: 'ok', reason: '4 checks passed' });
    expect(columnOf(report, 'x').verdict).toBe('ok');
    expect((await compare(files)).drifted).toBe(false);
  });
});
