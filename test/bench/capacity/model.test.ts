import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { firstLimit, needOf, type Load } from '../../../bench/capacity/model.ts';

const page = await readFile(new URL('../../../docs/scale.md', import.meta.url), 'utf8');

/** A row of the table in docs/scale.md. */
function rowOf(load: Load, predictions: string): string {
  const need = needOf(load);
  const numbers = [
    need.workerCores,
    need.postgresCores,
    need.temporalCores,
    need.actionsPerSecond,
    need.gigabytesPerDay,
    need.roundMinutes,
  ].map((value) => Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 5 }));
  return `| ${[load.models.toLocaleString('en-US'), predictions, load.features, ...numbers].join(' | ')} |`;
}

describe('the capacity model', () => {
  it.each([
    [{ models: 10, predictionsPerDay: 1e6, features: 20 }, '10^6'],
    [{ models: 1_000, predictionsPerDay: 480_000, features: 5 }, '480,000'],
    [{ models: 1_000, predictionsPerDay: 1e8, features: 20 }, '10^8'],
    [{ models: 10_000, predictionsPerDay: 1e10, features: 20 }, '10^10'],
  ] satisfies [Load, string][])('says of %j what docs/scale.md says', (load, predictions) => {
    expect(page).toContain(rowOf(load, predictions));
  });

  it('names what breaks first', () => {
    const first = (models: number, predictionsPerDay: number) =>
      firstLimit(needOf({ models, predictionsPerDay, features: 20 }));
    expect(first(10, 1e6)).toMatch(/^nothing; next the disk of one Postgres/);
    expect(first(10_000, 1e10)).toBe('the disk of one Postgres, at 500 GB a day (22 times)');
    expect(first(500_000, 1e7)).toMatch(/^two processors for everything/);
  });

  it('is linear: twice the models with twice the rows need twice as much', () => {
    const one = needOf({ models: 100, predictionsPerDay: 1e7, features: 10 });
    const two = needOf({ models: 200, predictionsPerDay: 2e7, features: 10 });
    for (const [what, value] of Object.entries(one))
      expect(two[what as keyof typeof two] / value, what).toBeCloseTo(2, 9);
  });
});
