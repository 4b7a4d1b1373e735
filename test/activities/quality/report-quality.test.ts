/** The alert of bad data, as a drift run opens and resolves it. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { DetectDriftInput } from '../../../activities/drift/detect-drift.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { PredictionRow } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'fed';
const key = `data-quality:${model}:dataset`;
/** Reference: days 1 to 7; current window: the day before. */
const settings = {
  model,
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  current: '1d',
} as const satisfies Partial<MonitorInput>;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, settings);
  await load(test.database, model, { from: 1, to: 8 });
});

async function loadDay(day: number, change: (row: PredictionRow) => PredictionRow): Promise<void> {
  const rows = predictionsOf({ from: day, to: day + 1 }).map(change);
  await load(test.database, model, { from: day, to: day + 1 });
  await openClient({ database: test.database }).logPredictions(model, rows);
}
const withoutX = (row: PredictionRow): PredictionRow => ({ ...row, features: { c: row.features['c'] } });

async function detect(
  asOf: string,
  input: Partial<DetectDriftInput> = {},
): ReturnType<Activities['detectDrift']> {
  await test.activities.attachActuals({ model, asOf });
  return test.activities.detectDrift({ model, asOf, act: false, ...input });
}
/** `<key> <state> <severity>` of each alert. */
async function alerts(): Promise<string[]> {
  const rows = await test.database.query<Record<'key' | 'state' | 'severity', string>>(
    `select alert_key as key, state, severity from alerts
     where kind in ('data-quality', 'missing-data', 'freshness') order by alert_key`,
  );
  return rows.map(({ key, state, severity }) => `${key} ${state} ${severity}`);
}
const events = (alertKey = key) =>
  test.database.query<Record<'event' | 'summary', string> & { facts: unknown; links: unknown }>(
    `select event, summary, facts, links from alert_events where alert_key = $1 order by as_of`,
    [alertKey],
  );
const reportOf = (n: number, anchor: string) => [
  { label: 'Open the drift report', path: `/reports/drift/${model}/${at(n)}/${at(n + 1)}#${anchor}` },
];
const above = {
  ...settings,
  features: { x: { kind: 'continuous', expect: { max: 1.5, level: 'warning' } }, c: { kind: 'categorical' } },
} as const satisfies Partial<MonitorInput>;

describe('the data-quality alert', () => {
  it('opens with the failed checks in words and a link to the report, and ends when they pass', async () => {
    await watch(test.database, above);
    await load(test.database, model, { from: 8, to: 9 });
    expect((await detect(at(9))).quality.level).toBe('warning');
    expect(await alerts()).toEqual([`${key} open warning`]);
    await watch(test.database, settings);
    await load(test.database, model, { from: 9, to: 10 });
    expect((await detect(at(10))).quality.level).toBe('ok');
    expect(await alerts()).toEqual([`${key} resolved warning`]);
    const [opened, resolved] = await events();
    expect(opened).toEqual({
      event: 'opened',
      summary: '1 of 23 checks failed: x above what is expected',
      facts: [
        { name: 'x: above what is expected', value: '2 of 24 values are above 1.5, for example 1.75, 2' },
      ],
      links: reportOf(8, 'quality'),
    });
    expect(resolved).toMatchObject({ event: 'resolved', facts: [] });
    expect(resolved!.summary).toMatch(/^\d+ checks passed/);
  });

  it('of the last 24 hours is another one than that of the week', async () => {
    await watch(test.database, { ...above, current: '7d' });
    await load(test.database, model, { from: 8, to: 12 });
    await detect(at(12), { current: '24h' });
    expect(await alerts()).toEqual([`data-quality:${model}:24h/dataset open warning`]);
  });

  it('opens before there is a reference, of what needs none', async () => {
    await watch(test.database, {
      ...settings,
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-02-01' },
      features: { x: { kind: 'continuous', expect: { max: 1.5 } }, c: { kind: 'categorical' } },
    });
    await load(test.database, model, { from: 8, to: 9 });
    expect(await detect(at(9))).toMatchObject({
      verdict: 'insufficient-data',
      quality: { level: 'critical' },
    });
    expect(await alerts()).toEqual([`${key} open critical`]);
  });

  it('leaves columns that nobody watches to the report', async () => {
    await loadDay(8, (row) => ({ ...row, features: { ...row.features, gust: 1 } }));
    expect((await detect(at(9))).quality.level).toBe('ok');
    expect(await alerts()).toEqual([]);
    const [stored] = await test.database.query(
      `select column_name as "column", verdict from quality_results where check_name = 'new-column'`,
    );
    expect(stored).toEqual({ column: 'gust', verdict: 'warning' });
  });
});

describe('the alert of missing values', () => {
  const ofX = `missing-data:${model}:x`;
  /** Every third row has no x. */
  const someWithoutX = (row: PredictionRow): PredictionRow =>
    row.features['c'] === 'a' ? withoutX(row) : row;

  it('is one for each column, and ends when the values are back', async () => {
    await loadDay(8, someWithoutX);
    await detect(at(9));
    expect(await alerts()).toEqual([`${ofX} open critical`]);
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    expect(await alerts()).toEqual([`${ofX} resolved critical`]);
    const [opened, resolved] = await events(ofX);
    expect(opened).toEqual({
      event: 'opened',
      summary: '8 of 24 rows have no value (33%; reference 0%)',
      facts: [
        { name: 'missing values', value: '8 of 24 rows have no value (33%; reference 0%)' },
        { name: 'p-value', value: expect.any(String) },
      ],
      links: reportOf(8, 'column-x'),
    });
    expect(resolved).toMatchObject({ event: 'resolved', summary: 'none of 24 rows have no value' });
  });

  it('speaks of a column that is gone: the values have not come back', async () => {
    await loadDay(8, someWithoutX);
    await detect(at(9));
    await loadDay(9, withoutX);
    await detect(at(10));
    expect(await alerts()).toEqual([`${ofX} open critical`]);
    expect((await events(ofX)).map(({ event }) => event)).toEqual(['opened']);
  });

  it('is not told of again while it is open, and stays open while nothing can be judged', async () => {
    await loadDay(8, withoutX);
    await detect(at(9));
    await detect(at(9));
    await detect(at(10));
    expect((await events(ofX)).map(({ event, summary }) => `${event}: ${summary}`)).toEqual([
      'opened: none of 24 rows has a value',
    ]);
    expect(await alerts()).toContain(`${ofX} open critical`);
  });

  it('does not open for a run that makes up the past, unless it is to act', async () => {
    await loadDay(8, withoutX);
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    expect((await detect(at(9))).quality.level).toBe('critical');
    expect(await alerts()).toEqual([]);
    await detect(at(9), { act: true });
    expect(await alerts()).toEqual([`${ofX} open critical`]);
  });

  it.each<[string, Partial<MonitorInput>, string]>([
    ['is not watched any more', { features: { c: { kind: 'categorical' } } }, 'x is no longer watched'],
    [
      'may have missing values',
      { quality: { ignore: ['missing', 'schema'] } },
      'missing values of x are ignored by the monitor',
    ],
  ])('ends at once where the column %s', async (_, changed, summary) => {
    await loadDay(8, withoutX);
    await detect(at(9));
    await watch(test.database, { ...settings, ...changed, alerts: { life: { resolveAfter: 2 } } });
    await detect(at(9));
    expect(await alerts()).toEqual([`${ofX} resolved critical`]);
    expect((await events(ofX)).map(({ event }) => event).sort()).toEqual(['opened', 'resolved']);
    expect((await events(ofX)).map((event) => event.summary)).toContain(summary);
  });
});

describe('the alert of a stream that is late', () => {
  const quality = { freshness: { predictions: '2h' } } as const;
  const ofPredictions = `freshness:${model}:predictions`;

  it('opens by the age that the monitor allows, and ends with the first fresh row', async () => {
    await watch(test.database, { ...settings, quality });
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9, 6));
    expect(await alerts()).toEqual([`${ofPredictions} open critical`]);
    expect((await events(ofPredictions))[0]).toMatchObject({
      summary: `the newest is of ${at(8, 23)}, 7 h old (limit 2 h)`,
    });
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    expect(await alerts()).toEqual([`${ofPredictions} resolved critical`]);
  });

  it('is not ended by a run that speaks for an earlier instant', async () => {
    await watch(test.database, { ...settings, current: '7d' });
    await load(test.database, model, { from: 8, to: 12 });
    // No row for half of the last 24 hours; the week ended at midnight, when all was fresh.
    await detect(at(12, 12), { current: '24h' });
    expect(await alerts()).toContain(`${ofPredictions} open critical`);
    await detect(at(12, 13));
    expect(await alerts()).toContain(`${ofPredictions} open critical`);
  });
});
