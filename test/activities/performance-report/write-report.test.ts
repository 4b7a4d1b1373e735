import { beforeAll, describe, expect, it } from 'vitest';

import { findReport, findReportContent, type ReportKey } from '../../../activities/reports/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { PerformanceReport, Section } from '../../../console/performance-report/performance-report.ts';
import { dayMs, formatInstant, formatWindow, hourMs, hoursOf } from '../../../core/window.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const test = useActivities('shared by all tests');

const keyOf = (model: string, from: number, to: number): ReportKey => ({
  kind: 'performance',
  model,
  window: { start: day(from), end: day(to) },
});
const contentOf = async (model: string, from: number, to: number): Promise<PerformanceReport> =>
  (await findReportContent<PerformanceReport>(test.database, keyOf(model, from, to)))!;
/** The content of a section that is there. */
function shown<Content extends object>(section: Section<Content> | undefined): Content {
  if (section === undefined || 'absent' in section) throw new Error(`absent: ${section?.absent}`);
  return section;
}

/** An estimate of the week up to a day, as it is stored. */
async function estimated(
  model: string,
  version: string,
  end: number,
  metrics: object,
  realized: object | null,
): Promise<void> {
  await test.database.execute(
    `insert into performance_estimates (model, version, window_start, window_end, row_count, metrics, intervals, details,
       realized, gaps, realized_revision, as_of, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, 168, $5, '{"rmse": [2, 5]}', '{}', $6, $7, $8, $4, 'c', 'v', 'w', 'r')`,
    [
      model,
      version,
      at(end - 7),
      at(end),
      JSON.stringify(metrics),
      realized === null ? null : JSON.stringify(realized),
      realized === null ? null : '{}',
      realized === null ? null : 1,
    ],
  );
}

/** What the schedules run in the night of a day. */
async function night(model: string, n: number): Promise<void> {
  const request = { model, asOf: at(n, 3) };
  await test.activities.attachActuals(request);
  await test.activities.summarizeOutcomes(request);
  await test.activities.profileHours(request);
  await test.activities.detectDrift({ ...request, act: true });
  await test.activities.evaluatePerformance(request);
  await test.activities.comparePerformance(request);
  await test.activities.checkDegradation({ ...request, act: true });
}

describe('writeReport of a regression', () => {
  const model = 'reported';
  let report: PerformanceReport;
  beforeAll(async () => {
    await watch(test.database, {
      model,
      segments: ['c'],
      current: '1d',
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-05' },
      drift: { share: 0.4, multivariate: { enabled: false } },
      performance: {
        windows: ['1d', '7d'],
        limits: { rmse: { warning: 2, critical: 3 } },
        peakHours: { timeZone: 'America/New_York' },
      },
    });
    await load(test.database, model, { from: 1, to: 15, error: 1 });
    await load(test.database, model, { from: 15, to: 22, error: 4, shift: 8 });
    for (const n of [15, 20, 21]) await night(model, n);
    // Late: the last day is evaluated with half of its actuals first.
    await test.database.execute(`delete from actuals where model = $1 and event_time >= $2`, [
      model,
      at(21, 12),
    ]);
    await test.database.execute(`delete from outcomes where model = $1 and event_time >= $2`, [
      model,
      at(21, 12),
    ]);
    await night(model, 22);
    await openClient({ database: test.database }).recordActuals(
      model,
      actualsOf({ from: 21, to: 22, error: 8 }),
    );
    await night(model, 22);
    await test.database.execute(
      `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
         holdout_start, holdout_end, champion_version, challenger_version, workflow_id, run_id, finished_at)
       values ($1, 'r', 'rejected', 'degraded; 1% better, 2% needed', $2, $2, $2, $2, $2, '1', '2', 'w', 'r', now())`,
      [model, at(20, 4)],
    );
    await estimated(model, '1', 21, { rmse: 3.2 }, { rmse: 3.9 });
    await estimated(model, '1', 22, { rmse: 3.1 }, null);
    await estimated(model, 'another', 22, { rmse: 9 }, null);
    await test.activities.writeReport({ model, asOf: at(22, 4), send: 'no' });
    report = await contentOf(model, 15, 22);
  });

  it('stores the page of the week before asOf', async () => {
    expect(await findReport(test.database, keyOf(model, 15, 22))).toContain('<h1><bdi>reported</bdi></h1>');
    expect(report).toMatchObject({
      model,
      task: 'regression',
      version: '1',
      window: { ...formatWindow(keyOf(model, 15, 22).window), outcomes: 168, predictions: 168 },
      reference: { start: at(1), end: at(5), outcomes: 96 },
      metric: 'rmse',
    });
  });

  it('says what the degradation checks have said, and since when', () => {
    expect(report.verdict).toEqual({
      level: 'critical',
      reason: expect.stringMatching(/^RMSE over 7 days 4\.\d+ is above 3/),
    });
    expect(report.since).toMatchObject({ windowEnd: at(20), before: 'calm' });
  });

  it('takes the numbers of the window from its evaluation, those of the reference from its hours', () => {
    const [rmse] = report.metrics;
    expect(rmse).toMatchObject({
      metric: 'rmse',
      reference: { value: 1 },
      limits: { warning: 2, critical: 3 },
    });
    expect(rmse!.current).toMatchObject({ value: expect.closeTo(Math.sqrt((6 * 16 + 64) / 7), 10) });
    expect(report.window.evaluation).toMatchObject({ state: 'provisional', revision: 2 });
  });

  it('shows the trend: what is stored, and computed where it is not', () => {
    const { points, days, length, marks } = shown(report.trend);
    expect(length).toBe('7 days');
    expect(points.at(-1)).toMatchObject({ windowEnd: at(22), version: '1', state: 'provisional' });
    // Evaluated in no night; by then all was well.
    expect(points.find(({ windowEnd }) => windowEnd === at(9))).toMatchObject({ value: 1 });
    expect(days.find(({ windowEnd }) => windowEnd === at(21))).toEqual({ windowEnd: at(21), value: 4 });
    expect(marks).toEqual([{ at: at(20, 4), kind: 'retraining', label: 'rejected' }]);
  });

  it('shows what was estimated of the version that served, and what came', () => {
    expect(shown(report.estimates)).toEqual({
      length: '7 days',
      metric: 'rmse',
      points: [
        { windowEnd: at(21), estimated: 3.2, interval: [2, 5], realized: 3.9 },
        { windowEnd: at(22), estimated: 3.1, interval: [2, 5] },
      ],
    });
  });

  it('ranks the segments, the worst first', () => {
    const { segments, whole } = shown(report.segments);
    expect(segments.map(({ name }) => name).sort()).toEqual(['c=a', 'c=b']);
    expect(segments.reduce((sum, { outcomes }) => sum + outcomes, 0)).toBe(168);
    const [worst, best] = segments.map(({ value }) => ('value' in value ? value.value : Number.NaN));
    expect(worst).toBeGreaterThanOrEqual(best!);
    expect(whole).toEqual(report.metrics[0]!.current);
  });

  it('shows errors by day, and by the hour that clocks show where the peak hours are', () => {
    const { measure, days } = shown(report.errorByDay);
    expect(measure).toBe('mean absolute error');
    expect(days).toHaveLength(21);
    expect(days.at(-1)).toEqual({ start: at(21), value: 8, bias: 0, outcomes: 24 });
    const { hours, timeZone } = shown(report.errorByHour);
    expect(timeZone).toBe('America/New_York');
    expect(hours).toHaveLength(24);
    // 05:00 UTC is midnight in New York; the sign of the error alternates by hour.
    expect(hours[0]).toMatchObject({ outcomes: 7, value: expect.closeTo(32 / 7, 10) });
  });

  it('pairs predictions with actuals', () => {
    const { points, outcomes } = shown(report.predictedAgainstActual);
    expect(outcomes).toBe(168);
    expect(points).toHaveLength(168);
    for (const [predicted, actual] of points) expect([4, 8]).toContain(Math.abs(predicted - actual));
  });

  it('shows drift, data quality, alerts and retrainings', () => {
    expect(shown(report.drift)).toMatchObject({
      runsInWindow: 3,
      columns: expect.arrayContaining([expect.objectContaining({ name: 'x', runs: 3, level: 'critical' })]),
    });
    expect(shown(report.quality).checks.length).toBeGreaterThan(3);
    // On day 20 the interval of the week's RMSE clears the limit of a warning, on day 21 the critical one.
    expect(shown(report.alerts).alerts).toContainEqual(
      expect.objectContaining({ at: at(21, 3), level: 'critical', title: 'reported is degraded' }),
    );
    expect(shown(report.retrainings).retrainings).toEqual([
      {
        at: at(20, 4),
        state: 'rejected',
        reason: 'degraded; 1% better, 2% needed',
        champion: '1',
        challenger: '2',
      },
    ]);
  });

  it('holds the version against something simpler, and looks for weak slices', () => {
    const { window, comparisons } = shown(report.baselines);
    expect(window).toEqual({ start: at(15), end: at(22) });
    expect(new Set(comparisons.map(({ against }) => against))).toEqual(
      new Set([
        'the actual of a week before',
        'the actual of a day before',
        'the mean actual of the window before',
      ]),
    );
    for (const { value, againstValue, difference } of comparisons)
      expect(difference).toBe(value! - againstValue!);
    expect(report.versions).toEqual({ absent: 'Only one version predicted these rows.' });
    const weak = shown(report.slices);
    // The last week has errors and a shifted x: looked for in a month.
    expect(weak).toMatchObject({
      window: { start: formatInstant(day(22) - 30 * dayMs), end: at(22) },
      loss: 'mae',
    });
    expect(weak.slices[0]!.name).toContain('x at least');
    for (const { value, rest } of weak.slices) expect(value).toBeGreaterThan(rest);
  });

  it('shows which actuals have come, and what that restated', () => {
    const { days, restated } = shown(report.coverage);
    expect(days.at(-1)).toEqual({ start: at(21), predictions: 24, outcomes: 24 });
    expect(restated).toEqual([
      { day: at(21), metric: 'rmse', from: 4, to: 8, coverageFrom: 0.5, coverageTo: 1 },
    ]);
  });

  it('is the same when it is written again', async () => {
    const before = await test.database.query(
      `select html, stored_at from reports where kind = 'performance'`,
    );
    await test.activities.writeReport({ model, asOf: at(22, 4), send: 'no' });
    expect(
      await test.database.query(`select html, stored_at from reports where kind = 'performance'`),
    ).toEqual(before);
  });

  it('can be of any window, stored or not', async () => {
    const window = { start: at(2, 6), end: at(4, 18) };
    const written = await test.activities.writeReport({ model, asOf: at(22, 4), window, send: 'no' });
    expect(written).toMatchObject({
      window,
      verdict: 'insufficient-data',
      reason: expect.stringContaining('no degradation check speaks for a day of this window'),
      report: expect.stringContaining(`/reports/performance/${model}/${window.start}/${window.end}`),
    });
    const [row] = await test.database.query<{ content: PerformanceReport }>(
      `select content from reports where window_start = $1`,
      [window.start],
    );
    expect(row!.content.window).toEqual({ ...window, outcomes: 60, predictions: 60 });
    expect(row!.content.metrics[0]!.current).toEqual({ value: 1 });
    expect(shown(row!.content.segments).segments).toHaveLength(2);
    expect(row!.content.drift).toEqual({ absent: expect.stringContaining('start driftDetection') });
  });
});

describe('writeReport of a classification', () => {
  const model = 'classified';
  let report: PerformanceReport;
  beforeAll(async () => {
    await watch(test.database, {
      model,
      task: 'classification',
      classes: ['no', 'yes'],
      performance: { limits: {} },
    });
    const client = openClient({ database: test.database });
    const hours = hoursOf({ start: day(15), end: day(22) });
    await client.logPredictions(
      model,
      hours.map((hour, i) => ({
        version: '1',
        entity: 'e',
        eventTime: hour,
        features: { x: 1, c: 'a' },
        prediction: i % 4 === 0 ? 'yes' : 'no',
        probabilities: { yes: i % 4 === 0 ? 0.8 : 0.2, no: i % 4 === 0 ? 0.2 : 0.8 },
      })),
    );
    await client.recordActuals(
      model,
      hours.map((hour, i) => ({
        entity: 'e',
        eventTime: hour,
        value: i % 8 === 0 ? 'yes' : 'no',
        recordedAt: hour + hourMs,
      })),
    );
    const request = { model, asOf: at(22, 4) };
    await test.activities.attachActuals(request);
    await test.activities.summarizeOutcomes(request);
    await test.activities.evaluatePerformance(request);
    await test.activities.writeReport({ ...request, send: 'no' });
    report = await contentOf(model, 15, 22);
  });

  it('shows calibration, confusion and thresholds', () => {
    expect(shown(report.calibration)).toEqual({
      of: 'yes',
      bins: [
        { predicted: expect.closeTo(0.2, 10), observed: 0, outcomes: 126 },
        { predicted: expect.closeTo(0.8, 10), observed: 0.5, outcomes: 42 },
      ],
    });
    expect(shown(report.confusion)).toEqual({
      classes: ['no', 'yes'],
      counts: [
        [126, 21],
        [0, 21],
      ],
    });
    const { of, points } = shown(report.thresholds);
    expect(of).toBe('yes');
    expect(points.find(({ threshold }) => threshold === 0.5)).toMatchObject({
      threshold: 0.5,
      precision: 0.5,
      recall: 1,
      f1: 2 / 3,
    });
    expect(report.predictedAgainstActual).toBeUndefined();
  });

  it('is about the log loss where nothing is limited, and counts wrong classes', () => {
    expect(report.metric).toBe('log_loss');
    expect(shown(report.errorByDay)).toMatchObject({ measure: 'share of wrong classes' });
    expect(shown(report.errorByDay).days.at(-1)).toMatchObject({ value: 0.125, outcomes: 24 });
  });

  it('says how sure a number is that was computed for it', async () => {
    // Of three days and more, what repeats every day is no uncertainty.
    const window = { start: at(16), end: at(18) };
    await test.activities.writeReport({ model, asOf: at(22, 4), window, send: 'no' });
    const key = {
      kind: 'performance',
      model,
      window: { start: day(16), end: day(18) },
    } as const;
    const { metrics } = (await findReportContent<PerformanceReport>(test.database, key))!;
    const accuracy = metrics.find(({ metric }) => metric === 'accuracy')!.current;
    expect(accuracy).toMatchObject({ value: expect.closeTo(0.875, 1) });
    const [low, high] = accuracy.interval!;
    expect(low).toBeLessThan(0.875);
    expect(high).toBeGreaterThan(0.875);
  });

  it('says why the reference has no number', () => {
    expect(report.metrics[0]!.reference).toEqual({ notComputable: expect.any(String) });
    expect(report.reference).toMatchObject({ outcomes: 0, predictions: 0 });
  });
});

describe('writeReport of a model that nothing is known of', () => {
  it('says so in every section, and fails in none', async () => {
    const model = 'unknown-yet';
    await watch(test.database, { model });
    await test.activities.writeReport({ model, asOf: at(22, 4), send: 'no' });
    const report = await contentOf(model, 15, 22);
    expect(report.window).toEqual({ start: at(15), end: at(22), outcomes: 0, predictions: 0 });
    const absent = Object.entries(report).flatMap(([name, part]: [string, unknown]) =>
      typeof part === 'object' && part !== null && 'absent' in part ? [name] : [],
    );
    expect(absent.sort()).toEqual([
      'alerts',
      'baselines',
      'coverage',
      'drift',
      'errorByDay',
      'errorByHour',
      'estimates',
      'predictedAgainstActual',
      'quality',
      'retrainings',
      'segments',
      'slices',
      'trend',
      'versions',
    ]);
    expect(await findReport(test.database, keyOf(model, 15, 22))).not.toContain('NaN');
  });

  it('shows predictions whose actuals have not come', async () => {
    const model = 'waiting';
    await watch(test.database, { model });
    await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 15, to: 22 }));
    const request = { model, asOf: at(22, 4) };
    await test.activities.summarizeOutcomes(request);
    await test.activities.evaluatePerformance(request);
    await test.activities.writeReport({ ...request, send: 'no' });
    const report = await contentOf(model, 15, 22);
    expect(report).toMatchObject({ version: '1', window: { outcomes: 0, predictions: 168 } });
    expect(report.errorByDay).toEqual({ absent: 'No outcome is known.' });
    expect(shown(report.coverage).days).toContainEqual({
      start: formatInstant(day(15)),
      predictions: 24,
      outcomes: 0,
    });
  });
});
