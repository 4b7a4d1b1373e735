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
const alerts = () =>
  test.database.query(
    `select alert_key as key, episode, state, severity from alerts where kind = 'data-quality' order by alert_key, episode`,
  );
const events = () =>
  test.database.query<Record<'event' | 'summary', string> & { facts: unknown; links: unknown }>(
    `select event, summary, facts, links from alert_events where alert_key = $1 order by as_of`,
    [key],
  );

describe('the data-quality alert', () => {
  it('opens with the failed checks in words and a link to the report, and ends when they pass', async () => {
    await loadDay(8, withoutX);
    expect((await detect(at(9))).quality.level).toBe('critical');
    expect(await alerts()).toEqual([{ key, episode: 1, state: 'open', severity: 'critical' }]);
    await load(test.database, model, { from: 9, to: 10 });
    expect((await detect(at(10))).quality.level).toBe('ok');
    expect(await alerts()).toEqual([{ key, episode: 1, state: 'resolved', severity: 'critical' }]);
    const [opened, resolved] = await events();
    expect(opened).toEqual({
      event: 'opened',
      summary: '1 of 19 checks failed: x gone or of another type',
      facts: [{ name: 'x: gone or of another type', value: 'none of 24 rows has it' }],
      links: [{ label: 'Open the drift report', path: `/reports/drift/${model}/${at(8)}/${at(9)}` }],
    });
    expect(resolved).toMatchObject({ event: 'resolved', facts: [] });
    expect(resolved!.summary).toMatch(/^\d+ checks passed/);
  });

  it('says which expectation failed, by how many rows', async () => {
    await watch(test.database, {
      ...settings,
      features: {
        x: { kind: 'continuous', expect: { max: 1.5, level: 'warning' } },
        c: { kind: 'categorical' },
      },
    });
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9));
    expect(await alerts()).toMatchObject([{ severity: 'warning' }]);
    expect((await events())[0]!.facts).toEqual([
      { name: 'x: above what is expected', value: '2 of 24 values are above 1.5, for example 1.75, 2' },
    ]);
  });

  it('is not told of again while it is open, and stays open while nothing can be judged', async () => {
    await loadDay(8, withoutX);
    await detect(at(9));
    await loadDay(9, withoutX);
    await detect(at(10));
    await detect(at(10));
    expect((await events()).map(({ event }) => event)).toEqual(['opened']);
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
  });

  it('does not open for a run that makes up the past, unless it is to act', async () => {
    await loadDay(8, withoutX);
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    expect((await detect(at(9))).quality.level).toBe('critical');
    expect(await alerts()).toEqual([]);
    await detect(at(9), { act: true });
    expect(await alerts()).toMatchObject([{ key, state: 'open' }]);
  });

  it('of the last 24 hours is another one than that of the week', async () => {
    await watch(test.database, { ...settings, current: '7d' });
    await load(test.database, model, { from: 8, to: 11 });
    await loadDay(11, withoutX);
    await detect(at(12), { current: '24h' });
    expect(await alerts()).toMatchObject([{ key: `${key}-24h`, state: 'open' }]);
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
    expect(await alerts()).toMatchObject([{ key, state: 'open' }]);
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
