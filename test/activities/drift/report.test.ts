import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import { findReport, listReports } from '../../../activities/reports/store.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, day, load, watch } from '../../setup/synthetic.ts';

const model = 'drifting';

let test: TestDatabase;
let activities: Activities;
beforeAll(async () => {
  test = await createTestDatabase();
  activities = activitiesOn(test.database);
  await watch(test.database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
    current: '1d',
    segments: ['c'],
    drift: { share: 0.4, minimumRows: 8 },
  });
  await load(test.database, model, { from: 1, to: 9 });
  await load(test.database, model, { from: 9, to: 11, shift: 3 });
  for (const n of [9, 10, 11]) await detect(n);
});
afterAll(() => test.drop());

async function detect(n: number): Promise<void> {
  const asOf = at(n, 3);
  await activities.attachActuals({ model, asOf });
  await activities.profileHours({ model, asOf });
  await activities.detectDrift({ model, asOf, act: false });
}

const keyOf = (n: number) => ({ kind: 'drift', model, window: { start: day(n - 1), end: day(n) } }) as const;
/** What stands between the tags. */
async function textOf(n: number): Promise<string> {
  const page = (await findReport(test.database, keyOf(n)))!;
  return page
    .replaceAll(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

it('says what was compared with what, when, and by which code', async () => {
  const text = await textOf(11);
  expect(text).toContain('Current 2024-01-10 to 2024-01-11 24 rows');
  expect(text).toContain('Reference 2024-01-01 to 2024-01-08 (fixed) 168 rows');
  expect(text).toContain('As of 2024-01-11 03:00 UTC');
  expect(text).toMatch(/Made by Tidewatch test, configuration [0-9a-f]{12} /);
});

it('says since when the model and each column have drifted', async () => {
  expect(await textOf(9)).toContain('✓ No drift');
  expect(await textOf(10)).toMatch(/◆ Critical drift new 1 of 2 features drifted/);
  const text = await textOf(11);
  expect(text).toMatch(/◆ Critical drift since 2024-01-10 1 of 2 features drifted/);
  expect(text).toContain('Share of drifted features through time limit 40%');
  expect(text).toMatch(/ x ◆ Critical since 2024-01-10 Wasserstein/);
});

it('has data quality, all features together and the segments', async () => {
  const text = await textOf(11);
  expect(text).toMatch(/c=a 8 rows [◆▲] (Critical|Warning) x Wasserstein \d/);
  expect(text).toContain('Can a model tell current rows from reference rows?');
  expect(text).toContain('Data quality');
});

it('shows of each window what had been found by then, however often it is written', async () => {
  const before = await findReport(test.database, keyOf(10));
  await detect(10);
  expect(await findReport(test.database, keyOf(10))).toBe(before);
});

it('is listed with its verdict', async () => {
  expect(await listReports(test.database, { kind: 'drift', model })).toMatchObject([
    { ...keyOf(11), verdict: { level: 'critical' } },
    { ...keyOf(10), verdict: { level: 'critical' } },
    { ...keyOf(9), verdict: { level: 'ok', reason: expect.stringContaining('0 of 2') } },
  ]);
});
