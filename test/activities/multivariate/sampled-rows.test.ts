import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSampledRows } from '../../../activities/multivariate/sampled-rows.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { day, load, syntheticMonitor } from '../../setup/synthetic.ts';

const model = 'sampled';
const monitor = monitorSchema.parse({ ...syntheticMonitor, model });
const week = { start: day(1), end: day(8) };

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await load(test.database, model, { from: 1, to: 15 });
  await load(test.database, model, { from: 1, to: 8, version: '2', role: 'shadow' });
  await load(test.database, 'another', { from: 1, to: 8 });
});
afterAll(() => test.drop());

const timesOf = async (windows = [week], request = { rows: 50, seed: 1 }): Promise<number[]> =>
  (await readSampledRows(test.database, monitor, windows, request)).map((row) => row.event_time);

describe('readSampledRows', () => {
  it('draws so many serving rows of the windows, in the order of time', async () => {
    const rows = await readSampledRows(test.database, monitor, [week], { rows: 50, seed: 1 });
    expect(rows).toHaveLength(50);
    const times = rows.map((row) => row.event_time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(50);
    expect(times.every((time) => time >= week.start && time < week.end)).toBe(true);
    expect(rows[0]).toMatchObject({ features: { x: expect.any(Number) }, prediction: expect.any(Number) });
  });

  it('draws from the whole window, not only its beginning', async () => {
    const times = await timesOf();
    for (let i = 1; i < 8; i += 1) {
      expect(
        times.some((time) => time >= day(i) && time < day(i + 1)),
        `day ${i}`,
      ).toBe(true);
    }
  });

  it('draws the same rows again, and others for another seed', async () => {
    const first = await timesOf();
    expect(await timesOf()).toEqual(first);
    expect(await timesOf([week], { rows: 50, seed: 2 })).not.toEqual(first);
  });

  it('draws from several windows together, and all rows where there are no more', async () => {
    const days = [2, 5].map((n) => ({ start: day(n), end: day(n + 1) }));
    expect(await timesOf(days)).toHaveLength(48);
    expect(await timesOf([])).toEqual([]);
  });
});
