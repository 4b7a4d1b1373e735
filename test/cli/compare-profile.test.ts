import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { writeTableProfile } from '../../cli/profile/write-profile.ts';
import { makeTables, type MadeTables } from '../sql/made-tables.ts';
import { columnOf, compareToJson } from './comparing.ts';

let tables: MadeTables;
let reference: string;
let current: string;
let profile: string;
beforeAll(async () => {
  tables = await makeTables();
  reference = await tables.write(
    'reference.parquet',
    `select random() as x, 'w' || (i % 5) as weather, i as gone from range(3000) t(i)`,
  );
  current = await tables.write(
    'current.parquet',
    `select random() + 0.1 as x, 'w' || (i % 4) as weather, i as late from range(2000) t(i)`,
  );
  profile = join(tables.directory, 'reference.profile');
  await writeTableProfile(
    { table: reference, output: profile, wishes: { categorical: [], continuous: [] } },
    () => {},
  );
});
afterAll(() => tables.remove());

describe('a comparison with a stored profile', () => {
  it('has the statistics of the rows within their error bounds', async () => {
    const ofRows = columnOf(await compareToJson({ reference, current }), 'x').statistics;
    const ofProfile = columnOf(await compareToJson({ profile, current }), 'x').statistics;
    expect(Object.keys(ofProfile)).toEqual(Object.keys(ofRows));
    for (const [key, exact] of Object.entries(ofRows)) {
      const bounded = ofProfile[key]!;
      if ('notComputable' in exact || 'notComputable' in bounded) throw new Error(`${key} was not computed`);
      expect(Math.abs(bounded.statistic - exact.statistic), key).toBeLessThanOrEqual(
        (bounded.errorBound ?? 0) + 1e-9,
      );
    }
    expect(ofProfile['ks']).toHaveProperty('errorBound');
  });

  it('has those of categories exactly', async () => {
    const report = await compareToJson({ profile, current });
    const exact = await compareToJson({ reference, current });
    expect(columnOf(report, 'weather').statistics).toEqual(columnOf(exact, 'weather').statistics);
    expect(report.reference).toEqual({ file: profile, rows: 3000 });
  });

  it('says which columns one side lacks', async () => {
    const { columns } = await compareToJson({ profile, current });
    expect(columns.map(({ column, reason }) => [column, reason])).toEqual([
      ['x', expect.stringContaining('reference mean')],
      ['weather', expect.any(String)],
      ['gone', 'the current table has no such column'],
      ['late', 'the reference has no such column'],
    ]);
  });

  it('says what is no profile', async () => {
    await expect(compareToJson({ profile: current, current })).rejects.toThrow('cannot be read as a profile');
  });
});
