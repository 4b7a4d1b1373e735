import { beforeEach, describe, expect, it } from 'vitest';

import type { DetectDriftInput, DetectDriftResult } from '../../../activities/drift/detect-drift.ts';
import type { Activities } from '../../../activities/index.ts';
import { dropDirtyProfiles } from '../../../activities/profiles/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { PredictionRow } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { methodsFor } from '../../../core/statistics/registry.ts';
import { at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'drifting';
/** Reference: days 1 to 7; current window: the day before. */
const settings = {
  model,
  reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  current: '1d',
  drift: { share: 0.4 },
} as const satisfies Partial<MonitorInput>;

const test = useActivities('empty for each test');
beforeEach(async () => {
  await watch(test.database, settings);
  await load(test.database, model, { from: 1, to: 8 });
});

async function detect(
  asOf: string,
  input: Partial<DetectDriftInput> = {},
  by: Activities = test.activities,
): Promise<DetectDriftResult> {
  await by.attachActuals({ model, asOf });
  await by.profileHours({ model, asOf, ...input });
  return by.detectDrift({ model, asOf, act: false, ...input });
}

const log = (rows: readonly PredictionRow[]) =>
  openClient({ database: test.database }).logPredictions(model, rows);
const runs = () =>
  test.database.query(
    `select window_start as start, verdict, drift_share as share, row_count as rows, coverage, as_of as "asOf", run_id as run
     from drift_runs order by window_start`,
  );
const resultsOf = (column: string) =>
  test.database.query<{
    method: string;
    statistic: number | null;
    verdict: string;
    reason: string;
    deciding: boolean;
  }>(
    'select method, statistic, verdict, reason, deciding from drift_results where column_name = $1 order by method',
    [column],
  );
const decidingOf = async (column: string) => (await resultsOf(column)).find(({ deciding }) => deciding);
const ratioOf = async (column: string, ratio: string) =>
  (await resultsOf(column)).find(({ method }) => method === ratio)?.statistic;
const alerts = () =>
  test.database.query(
    `select alert_key as key, episode, state, severity from alerts where kind = 'dataset-drift' order by alert_key, episode`,
  );

describe('detectDrift', () => {
  it('finds nothing where the data is as it was', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    expect(await detect(at(9))).toMatchObject({
      process: 'drift-detection',
      window: { start: at(8), end: at(9) },
      verdict: 'ok',
      reason: '0 of 2 features drifted (0%, limit 40%)',
      rows: 24,
      pendingAlerts: [],
    });
  });

  it('finds a shifted feature, with what was compared', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    expect(await detect(at(9))).toMatchObject({
      verdict: 'critical',
      driftShare: 0.5,
      driftedFeatures: ['x'],
      reason: '1 of 2 features drifted (50%, limit 40%): x',
    });
    expect((await decidingOf('x'))?.reason).toMatch(
      /^x: Wasserstein 2\.\d+ sd from the reference, p \S+( \S+)? after correction \(.*168 and 24 values.*\)$/,
    );
    const ratios = ['beyond-3-sd-ratio', 'invalid-ratio', 'missing-ratio', 'out-of-range-ratio'];
    expect((await resultsOf('x')).map(({ method }) => method)).toEqual(
      [...methodsFor('continuous'), ...ratios].sort(),
    );
  });

  it('stores where the numbers come from', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9));
    const [run] = await test.database.query(
      `select reference_row_count as "referenceRows", row_count as rows, coverage, code_version as code,
         workflow_id as workflow, run_id as run, configuration_hash = (select configuration_hash from monitors) as configured
       from drift_runs`,
    );
    expect(run).toEqual({
      referenceRows: 168,
      rows: 24,
      coverage: 1,
      code: 'test',
      workflow: 'workflow',
      run: 'run',
      configured: true,
    });
  });

  it('keeps one run a window: the newest result, or the row as it is when nothing has changed', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9));
    await detect(at(9, 0, 5), {}, activitiesOn(test.database, { runId: 'later' }));
    expect(await runs()).toMatchObject([{ start: day(8), rows: 24, asOf: day(9), run: 'run' }]);
    await log(predictionsOf({ from: 8, to: 9, shift: 9 }).map((row) => ({ ...row, entity: 'late' })));
    await detect(at(9, 0, 6), {}, activitiesOn(test.database, { runId: 'latest' }));
    expect(await runs()).toMatchObject([{ start: day(8), verdict: 'critical', rows: 48, run: 'latest' }]);
  });

  it('forgets the results of a feature that is not watched any more', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9));
    await watch(test.database, { ...settings, features: { c: { kind: 'categorical' } } });
    await detect(at(9));
    expect(await resultsOf('x')).toEqual([]);
    expect(await decidingOf('c')).toBeDefined();
  });

  it('compares whole windows, also when another run has dropped profiles in between', async () => {
    await load(test.database, model, { from: 8, to: 9 });
    const whole = await detect(at(9));
    // Rows of the reference and of the window are written again; a run of another day drops their profiles.
    await test.activities.profileHours({ model, asOf: at(9) });
    await test.database.execute(
      `update predictions set inserted_at = now() where event_time >= $1 and event_time < $2`,
      [at(7), at(9)],
    );
    await test.database.transaction((connection) => dropDirtyProfiles(connection, model));
    expect(await test.activities.detectDrift({ model, asOf: at(9), act: false })).toEqual(whole);
    expect(await detect(at(9))).toEqual(whole);
    const [x] = await test.database.query(
      `select reference_rows as reference, current_rows as current from drift_results where column_name = 'x' and deciding`,
    );
    expect(x).toEqual({ reference: 168, current: 24 });
  });

  it('needs no profiles made for it', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await test.activities.attachActuals({ model, asOf: at(9) });
    expect(await test.activities.detectDrift({ model, asOf: at(9), act: false })).toMatchObject({
      verdict: 'critical',
      rows: 24,
    });
  });
});

describe('data that cannot be judged', () => {
  it('in an empty window gives insufficient data', async () => {
    expect(await detect(at(9))).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'no feature could be judged: c, x',
      driftShare: null,
      rows: 0,
    });
    expect(await runs()).toMatchObject([{ share: null, coverage: null, rows: 0 }]);
    expect((await decidingOf('x'))?.reason).toBe('x: the current window has no value');
  });

  it('in a feature that is missing from all rows leaves the others judged', async () => {
    await log(
      predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, features: { c: row.features['c'] } })),
    );
    expect(await detect(at(9))).toMatchObject({
      verdict: 'ok',
      driftShare: 0,
      reason: '0 of 1 feature drifted (0%, limit 40%); not judged: x',
    });
    expect(await ratioOf('x', 'missing-ratio')).toBe(1);
    expect(await decidingOf('x')).toMatchObject({ verdict: 'insufficient-data', statistic: null });
  });

  it('in a feature of another type counts as invalid', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    // The client would reject these rows; plain SQL does not.
    await test.database.execute(
      `update predictions set features = features || '{"x": "warm"}' where event_time >= $1`,
      [at(8)],
    );
    expect(await detect(at(9))).toMatchObject({ verdict: 'ok', driftShare: 0 });
    expect(await ratioOf('x', 'invalid-ratio')).toBe(1);
    expect(await ratioOf('x', 'missing-ratio')).toBe(0);
    expect(await decidingOf('x')).toMatchObject({ verdict: 'insufficient-data' });
  });

  it('in a feature that the reference never had stays unjudged', async () => {
    const features = { c: { kind: 'categorical' }, z: { kind: 'continuous' } } as const;
    await watch(test.database, { ...settings, features });
    await log(
      predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, features: { ...row.features, z: 1 } })),
    );
    expect(await detect(at(9))).toMatchObject({ verdict: 'ok', driftShare: 0 });
    expect(await decidingOf('z')).toMatchObject({
      verdict: 'insufficient-data',
      reason: 'z: the reference has no value',
    });
  });
});

describe('a constant feature', () => {
  const constant = (rows: readonly PredictionRow[], x: number): PredictionRow[] =>
    rows.map((row) => ({ ...row, features: { ...row.features, x } }));

  beforeEach(() => log(constant(predictionsOf({ from: 1, to: 8 }), 7)));

  it('that stays what it is has not drifted', async () => {
    await log(constant(predictionsOf({ from: 8, to: 9 }), 7));
    expect(await detect(at(9))).toMatchObject({ verdict: 'ok', driftShare: 0 });
    expect(await decidingOf('x')).toMatchObject({ verdict: 'ok', statistic: 0 });
  });

  it('that becomes another constant has drifted', async () => {
    await log(constant(predictionsOf({ from: 8, to: 9 }), 8));
    expect(await detect(at(9))).toMatchObject({ verdict: 'critical', driftedFeatures: ['x'] });
  });
});

describe('the alert of the dataset', () => {
  const key = `dataset-drift:${model}:dataset`;

  it('opens, is not told of again while it is open, and ends', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    expect(await detect(at(9))).toMatchObject({ pendingAlerts: [] });
    expect(await alerts()).toEqual([{ key, episode: 1, state: 'open', severity: 'critical' }]);
    await load(test.database, model, { from: 9, to: 10, shift: 3 });
    await detect(at(10));
    expect(await test.database.query('select event from alert_events where alert_key = $1', [key])).toEqual([
      { event: 'opened' },
    ]);
    await load(test.database, model, { from: 10, to: 11 });
    await detect(at(11));
    expect(await alerts()).toEqual([{ key, episode: 1, state: 'resolved', severity: 'critical' }]);
  });

  it('names what has drifted', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await detect(at(9));
    const [event] = await test.database.query<{ facts: { name: string; value: string }[] }>(
      'select facts from alert_events where alert_key = $1',
      [key],
    );
    expect(event!.facts.map(({ name }) => name)).toEqual(['x']);
    expect(event!.facts[0]!.value).toContain('Wasserstein');
  });

  it('is given to be woken as long as there are messages to deliver', async () => {
    await watch(test.database, {
      ...settings,
      alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
    });
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    const pendingAlerts = [`data-quality:${model}:dataset`, key, `drift:${model}:x`];
    expect(await detect(at(9))).toMatchObject({ pendingAlerts });
    expect(await detect(at(9))).toMatchObject({ pendingAlerts });
  });

  it('stays open where the window could not be judged', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await detect(at(9));
    expect(await detect(at(10))).toMatchObject({ verdict: 'insufficient-data' });
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
  });

  it('does not open for a run that makes up the past, unless it is to act', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    expect(await detect(at(9))).toMatchObject({ verdict: 'critical' });
    expect(await alerts()).toEqual([]);
    await detect(at(9), { act: true });
    expect(await alerts()).toMatchObject([{ key, state: 'open' }]);
  });

  it('does not open for a window of the past that is asked for today', async () => {
    await load(test.database, model, { from: 8, to: 9, shift: 3 });
    await load(test.database, model, { from: 9, to: 10 });
    await detect(at(10));
    const window = { start: at(8), end: at(9) };
    expect(await detect(at(10, 9), { window })).toMatchObject({ verdict: 'critical' });
    expect(await alerts()).toEqual([]);
    const [watermark] = await test.database.query(
      `select window_end as "windowEnd" from process_watermarks where process = 'drift-detection'`,
    );
    expect(watermark).toEqual({ windowEnd: day(10) });
  });

  it('of the last 24 hours is another one than that of the week', async () => {
    await watch(test.database, { ...settings, current: '7d' });
    await load(test.database, model, { from: 8, to: 11 });
    await load(test.database, model, { from: 11, to: 12, shift: 1.5 });
    expect(await detect(at(12, 1), { current: '24h' })).toMatchObject({
      process: 'hourly-drift-detection',
      verdict: 'critical',
      // The last full hour: the model has not predicted anything since midnight.
      window: { start: at(11, 1), end: at(12, 1) },
    });
    expect(await detect(at(12, 3))).toMatchObject({ process: 'drift-detection', verdict: 'ok' });
    expect(await alerts()).toEqual([
      { key: `dataset-drift:${model}:24h/dataset`, episode: 1, state: 'open', severity: 'critical' },
    ]);
  });
});

describe('segments', () => {
  const segmented = { ...settings, segments: ['c'], drift: { share: 0.4, minimumRows: 8 } };

  it('are judged on their own, and named when they drift', async () => {
    await watch(test.database, segmented);
    const rows = predictionsOf({ from: 8, to: 9 });
    // Only the rows with c = a move: a third of all.
    await log(
      rows.map((row) =>
        row.features['c'] === 'a'
          ? { ...row, features: { ...row.features, x: Number(row.features['x']) + 9 } }
          : row,
      ),
    );
    expect(await detect(at(9))).toMatchObject({ driftedSegments: { 'c=a': expect.stringContaining('x') } });
    const stored = await test.database.query(
      `select segment, drifted_features @> '{x}' as drifted, row_count as rows from drift_runs order by segment`,
    );
    expect(stored).toEqual([
      { segment: '', drifted: true, rows: 24 },
      { segment: 'c=a', drifted: true, rows: 8 },
      { segment: 'c=b', drifted: false, rows: 16 },
    ]);
  });

  it('are forgotten when they are not watched any more', async () => {
    await watch(test.database, segmented);
    await load(test.database, model, { from: 8, to: 9 });
    await detect(at(9));
    await watch(test.database, settings);
    await detect(at(9));
    expect(await test.database.query('select segment from drift_runs')).toEqual([{ segment: '' }]);
  });
});
