import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { writeTableProfile } from '../../../cli/profile/write-profile.ts';
import { readProfileFile, type ProfileFile } from '../../../cli/profile-file.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import { buildProfile } from '../../../core/profile/profile.ts';
import { makeTables, type MadeTables } from '../../sql/made-tables.ts';

let tables: MadeTables;
beforeAll(async () => {
  tables = await makeTables();
});
afterAll(() => tables.remove());

const noWishes = { categorical: [], continuous: [] };
const write = (
  table: string,
  wishes: Partial<Parameters<typeof writeTableProfile>[0]['wishes']> = {},
  like?: string,
) =>
  writeTableProfile(
    {
      table,
      output: join(tables.directory, 'out.profile'),
      wishes: { ...noWishes, ...wishes },
      ...(like !== undefined && { like }),
    },
    () => {},
  );
const csv = (name: string, ...lines: string[]) => tables.writeText(name, `${lines.join('\n')}\n`);
const kindsOf = ({ columns }: ProfileFile) => columns.map(({ name, grid }) => `${name}: ${grid.kind}`);

describe('writeTableProfile', () => {
  it('profiles numbers as continuous, text and booleans as categorical', async () => {
    const path = await csv('plain.csv', 'temp,sky,wet', '1.5,clear,false', ',rain,true', '2.5,rain,');
    const { content, leftOut } = await write(path);
    expect(leftOut).toEqual([]);
    expect(content).toMatchObject({ sources: [path], rows: 3 });
    expect(kindsOf(content)).toEqual(['temp: continuous', 'sky: categorical', 'wet: categorical']);
    const [temp, sky, wet] = content.columns;
    expect(temp!.profile).toEqual(buildProfile(temp!.grid, [1.5, null, 2.5]));
    expect(sky!.profile).toEqual(buildProfile(sky!.grid, ['clear', 'rain', 'rain']));
    expect(wet!.profile).toEqual(buildProfile(wet!.grid, [false, true, null]));
    expect(await readProfileFile(join(tables.directory, 'out.profile'))).toEqual(content);
  });

  it('does not depend on the order of rows, to the bit', async () => {
    const query = 'select random() as x, (10 * random())::integer as k from range(5000)';
    const sorted = await tables.write('sorted.parquet', `select * from (${query}) order by x`);
    const reversed = await tables.write('reversed.parquet', `select * from (${query}) order by x desc`);
    const [a, b] = [await write(sorted), await write(reversed)];
    expect(b.content.columns).toEqual(a.content.columns);
  });

  it('takes the columns and the kinds that it is told', async () => {
    const path = await csv('kinds.csv', 'code,day,text', '1,2024-01-01,7', '2,2024-01-02,x');
    const wishes = { columns: ['text', 'code'], categorical: ['code'], continuous: ['text'] };
    expect(kindsOf((await write(path, wishes)).content)).toEqual(['code: categorical', 'text: continuous']);
    expect(await write(path)).toMatchObject({ leftOut: [{ name: 'day' }] });
    expect(kindsOf((await write(path, { continuous: ['day'] })).content)).toContain('day: continuous');
    await expect(write(path, { columns: ['day'] })).rejects.toThrow(/day: DATE/);
  });

  it('counts in the cells of another profile, so that both add up to the profile of all rows', async () => {
    const january = await csv('january.csv', 'sky,temp,more', 'clear,1,a', 'rain,2,b', 'clear,3,c');
    const february = await csv('february.csv', 'temp,sky', '2,fog', '9,clear');
    const model = join(tables.directory, 'january.profile');
    const written = await writeTableProfile(
      { table: january, output: model, wishes: { ...noWishes, columns: ['sky', 'temp'] } },
      () => {},
    );
    const like = await write(february, {}, model);
    for (const [i, { grid, profile }] of written.content.columns.entries()) {
      const other = like.content.columns[i]!;
      expect(other.grid).toEqual(grid);
      const rows = [
        ['clear', 'rain', 'clear', 'fog', 'clear'],
        [1, 2, 3, 2, 9],
      ][i]!;
      expect(mergeProfiles(grid, [profile, other.profile])).toEqual(buildProfile(grid, rows));
    }
    expect(kindsOf((await write(february, { columns: ['temp'] }, model)).content)).toEqual([
      'temp: continuous',
    ]);
  });

  it('tells what is missing: a column, or all rows', async () => {
    const path = await csv('small.csv', 'temp,hum', '1,2');
    const empty = await csv('empty.csv', 'temp,hum');
    await expect(write(path, { columns: ['tmp'] })).rejects.toThrow(/the nearest is "temp"/);
    await expect(write(path, { categorical: ['humm'] })).rejects.toThrow(/the nearest is "hum"/);
    await expect(write(empty)).rejects.toThrow(/empty\.csv has no rows/);

    const model = join(tables.directory, 'small.profile');
    await writeTableProfile({ table: path, output: model, wishes: noWishes }, () => {});
    expect((await write(empty, {}, model)).content.rows).toBe(0);
    await expect(write(path, { columns: ['wind'] }, model)).rejects.toThrow(
      /small\.profile has no column "wind"/,
    );
    const other = await csv('other.csv', 'temp,humidity', '1,2');
    await expect(write(other, {}, model)).rejects.toThrow(/other\.csv has no column "hum"/);
  });
});
