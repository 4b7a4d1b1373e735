import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { thresholdUnitOf } from '../../../cli/compare/threshold-units.ts';
import { makeTables, type MadeTables } from '../../sql/made-tables.ts';
import { columnOf, compare, compareToJson } from '../comparing.ts';

it('tells the unit of the threshold of a method', () => {
  expect(thresholdUnitOf('chi-squared')).toBe('a p-value');
  expect(thresholdUnitOf('wasserstein')).toBe('standard deviations');
  expect(thresholdUnitOf('jensen-shannon')).toBe('a distance from 0 to 1');
  expect(thresholdUnitOf('population-stability-index')).toBe('a divergence from 0 upwards');
});

describe('a threshold', () => {
  let tables: MadeTables;
  let files: { reference: string; current: string };
  beforeAll(async () => {
    tables = await makeTables();
    const path = await tables.write(
      'mixed.parquet',
      `select i / 1e0 as hum, 'w' || (i % 3) as weather from range(100) t(i)`,
    );
    files = { reference: path, current: path };
  });
  afterAll(() => tables.remove());

  it('is refused as one number for several units', async () => {
    await expect(compare({ ...files, threshold: ['0.3'] })).rejects.toThrow(
      '--threshold: one number cannot be the limit of several units: Wasserstein of "hum" is standard deviations, ' +
        'Jensen-Shannon of "weather" is a distance from 0 to 1; write <column>=<number>, or choose a method for all of them, such as psi, by --method.',
    );
  });

  it('is taken where one method decides, and column by column', async () => {
    const one = await compareToJson({ ...files, method: ['psi'], threshold: ['0.3'] });
    expect(columnOf(one, 'weather').threshold).toBe(0.3);
    const each = await compareToJson({ ...files, threshold: ['hum=2', 'weather=0.2'] });
    expect(columnOf(each, 'hum').threshold).toBe(2);
  });

  it('is refused above 1 where it is the limit of a p-value or of a distance up to 1', async () => {
    await expect(compare({ ...files, method: ['hum=ks'], threshold: ['hum=5'] })).rejects.toThrow(
      '--threshold: 5 is above 1, and KS of "hum" is a p-value.',
    );
    await expect(compare({ ...files, threshold: ['weather=1.5'] })).rejects.toThrow(
      '--threshold: 1.5 is above 1, and Jensen-Shannon of "weather" is a distance from 0 to 1.',
    );
  });
});
