import { describe, expect, it } from 'vitest';

import { namedColumns } from '../../../cli/init/named-columns.ts';
import { sourceSection } from '../../../cli/init/source-section.ts';
import { tableColumn } from '../../../sql/table-types.ts';

const types: Readonly<Record<string, string>> = {
  id: 'BIGINT',
  scored_at: 'TIMESTAMP',
  model_version: 'VARCHAR',
  predicted: 'DOUBLE',
  'sold for': 'DOUBLE',
  updated_at: 'TIMESTAMP WITH TIME ZONE',
};
const section = (
  from: string,
  { without = [], directory }: { without?: readonly string[]; directory?: string } = {},
): readonly string[] => {
  const names = Object.keys(types).filter((name) => !without.includes(name));
  const columns = names.map((name) => tableColumn(name, types[name]!));
  const given = {
    ...(names.includes('sold for') && { actual: 'sold for' }),
    ...(names.includes('scored_at') && { event_time: 'scored_at' }),
  };
  return sourceSection({ from, columns, named: namedColumns(names, given), directory });
};

describe('the source section of a first monitor', () => {
  it('says which column is what, in the table of the predictions and of the actuals', () => {
    expect(section('postgres:scoring.scores').join('\n')).toBe(`\
# Its rows stay where they are: each run reads what is new or has changed.
source:
  predictions:
    table: scoring.scores
    timeZone: UTC # scored_at: the zone that these times are in
    changed: updated_at
    columns:
      entity: id
      event_time: scored_at
      version: model_version
      prediction: predicted
  actuals:
    table: scoring.scores
    timeZone: UTC # scored_at: the zone that these times are in
    changed: updated_at
    columns:
      entity: id
      event_time: scored_at
      actual: "sold for"`);
  });

  it('says what may be missing', () => {
    const lines = section('postgres:scores', { without: ['model_version', 'updated_at', 'sold for'] });
    expect(lines).toContain('      version: { value: "1" } # or the column that has it');
    expect(lines.filter((line) => line.includes('# changed: updated_at'))).toHaveLength(1);
    expect(lines).not.toContain('  actuals:');
  });

  it('of Parquet files is a folder of SOURCE_DIRECTORY', () => {
    const place = (from: string, directory?: string): string | undefined =>
      section(from, directory === undefined ? {} : { directory })[3]?.trim();
    expect(place('scores/*.parquet')).toBe('parquet: scores # a folder in SOURCE_DIRECTORY');
    expect(place('/lake/scores/dt=*/*.parquet', '/lake')).toBe(
      'parquet: scores # a folder in SOURCE_DIRECTORY',
    );
    expect(() => place('/elsewhere/*.parquet', '/lake')).toThrow('is not in SOURCE_DIRECTORY');
  });

  it.each([
    ['postgres:select * from scores', {}, 'name a table or a view after postgres:'],
    ['scores.csv', {}, 'is for a table of Postgres, or the Parquet files of a folder'],
    [
      'postgres:scores',
      { without: ['id'] },
      'no column is called as is usual for the entity (--entity <column>)',
    ],
    ['postgres:scores', { without: ['scored_at'] }, 'the event time (--time <column>)'],
    ['postgres:scores', { without: ['predicted', 'sold for'] }, 'the prediction or the actual'],
  ])('of %s without what it needs says so', (from, part, problem) => {
    expect(() => section(from, part)).toThrow(problem);
  });
});
