/** Performance reports as they are drawn: bikes against the same hour a week before, and flights with made probabilities. */

import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';

import type {
  ErrorPoint,
  Measured,
  PerformanceReport,
  ReportedComparison,
  TrendPoint,
} from '../../../console/performance-report/performance-report.ts';
import { dayMs, formatInstant, hourMs, localHour, parseInstant, weekMs } from '../../../core/window.ts';

interface Outcome {
  readonly at: number;
  readonly predicted: number;
  readonly actual: number;
}

const rows: readonly Readonly<Record<string, string>>[] = parse(
  readFileSync(new URL('../../../demo/data/bikeshare_2011.csv', import.meta.url)),
  { columns: true },
);
const counts = new Map(
  rows.map((row, i) => [parseInstant('2011-01-01T05:00:00Z') + i * hourMs, Number(row['bikers'])]),
);

const outcomes: readonly Outcome[] = [...counts].flatMap(([at, actual]) => {
  const predicted = counts.get(at - weekMs);
  return predicted === undefined ? [] : { at, predicted, actual };
});

const within = (start: number, end: number): readonly Outcome[] =>
  outcomes.filter(({ at }) => at >= start && at < end);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const rmse = (rows: readonly Outcome[]): number =>
  Math.sqrt(mean(rows.map(({ predicted, actual }) => (predicted - actual) ** 2)));
const mae = (rows: readonly Outcome[]): number =>
  mean(rows.map(({ predicted, actual }) => Math.abs(predicted - actual)));
const bias = (rows: readonly Outcome[]): number =>
  mean(rows.map(({ predicted, actual }) => predicted - actual));

const end = parseInstant('2011-05-20T00:00:00Z');
const start = end - weekMs;
const reference = { start: parseInstant('2011-03-01T00:00:00Z'), end: parseInstant('2011-04-01T00:00:00Z') };

const around = (value: number, share: number): Measured => ({
  value,
  interval: [value * (1 - share), value * (1 + share)],
});
const day = (n: number): number => end - n * dayMs;

function pointOf(n: number): TrendPoint {
  const value = rmse(within(day(n + 7), day(n)));
  return {
    windowEnd: formatInstant(day(n)),
    version: day(n) < parseInstant('2011-04-24T00:00:00Z') ? '2011-03-01' : '2011-04-24',
    value,
    interval: [value * 0.86, value * 1.16],
    state: n < 7 ? 'provisional' : 'final',
  };
}

const errorOf = (rows: readonly Outcome[]): ErrorPoint =>
  rows.length === 0 ? { outcomes: 0 } : { value: mae(rows), bias: bias(rows), outcomes: rows.length };

const span = Array.from({ length: 56 }, (_, i) => 55 - i);
const current = within(start, end);

const window = { start: formatInstant(start), end: formatInstant(end) };
const comparison = (
  against: string,
  metric: 'rmse' | 'mae',
  value: number,
  againstValue: number,
  interval: readonly [number, number],
  verdict: ReportedComparison['verdict'],
): ReportedComparison => ({
  subject: '2011-04-24',
  against,
  metric,
  verdict,
  reason: `version 2011-04-24 and ${against} differ: ${metric} ${value} against ${againstValue}`,
  rows: 148,
  value,
  againstValue,
  difference: value - againstValue,
  interval,
  pValue: 0.0002,
});

/** A regression with every part. */
export const bikes: PerformanceReport = {
  model: 'bike-demand',
  task: 'regression',
  version: '2011-04-24',
  window: {
    start: formatInstant(start),
    end: formatInstant(end),
    outcomes: current.length,
    predictions: 168,
    evaluation: { state: 'provisional', revision: 3, verdict: { level: 'ok', reason: '148 outcomes' } },
  },
  reference: {
    start: formatInstant(reference.start),
    end: formatInstant(reference.end),
    outcomes: 730,
    predictions: 744,
    evaluation: { state: 'final', revision: 1, verdict: { level: 'ok', reason: '730 outcomes' } },
  },
  verdict: {
    level: 'critical',
    reason: 'RMSE over 7 days 80.14 is above 80 (148 outcomes, coverage 88.1%)',
  },
  since: { windowEnd: '2011-05-17T00:00:00Z', windows: 4, before: 'calm' },
  origin: { 'As of': '2011-05-20 04:00 UTC', 'Made by': 'Tidewatch 1f2e3d4, configuration 0123456789ab' },
  metric: 'rmse',
  metrics: [
    {
      metric: 'rmse',
      current: around(rmse(current), 0.1),
      reference: around(rmse(within(reference.start, reference.end)), 0.05),
      limits: { warning: 65, critical: 80 },
    },
    {
      metric: 'mae',
      current: around(mae(current), 0.1),
      reference: around(mae(within(reference.start, reference.end)), 0.05),
    },
    { metric: 'mape', current: around(0.41, 0.2), reference: around(0.38, 0.05) },
    { metric: 'r2', current: around(0.81, 0.05), reference: around(0.84, 0.02) },
    {
      metric: 'bias',
      current: { value: bias(current), interval: [-8, 9] },
      reference: { value: -4.2, interval: [-8.8, 0.9] },
    },
    {
      metric: 'peak_hour_mape',
      current: { notComputable: 'no outcome lies in a peak hour' },
      reference: { notComputable: 'no outcome lies in a peak hour' },
    },
  ],
  trend: {
    length: '7 days',
    points: span.map(pointOf),
    days: span.map((n) => ({ windowEnd: formatInstant(day(n)), value: rmse(within(day(n + 1), day(n))) })),
    limits: { warning: 65, critical: 80 },
    reference: rmse(within(reference.start, reference.end)),
    marks: [
      { at: '2011-04-24T03:40:00Z', kind: 'promotion', label: '2011-04-24' },
      { at: '2011-05-15T03:40:00Z', kind: 'retraining', label: 'rejected' },
    ],
  },
  estimates: {
    length: '7 days',
    metric: 'rmse',
    points: span.slice(14).map((n) => {
      const value = rmse(within(day(n + 7), day(n)));
      const estimated = value * (1 + 0.08 * Math.sin(n / 3));
      return {
        windowEnd: formatInstant(day(n)),
        estimated,
        interval: [estimated * 0.85, estimated * 1.15],
        ...(n > 0 && { realized: value }),
      };
    }),
  },
  segments: {
    metric: 'rmse',
    whole: around(rmse(current), 0.1),
    segments: [
      { name: 'workingday=0', outcomes: 44, value: around(92.4, 0.12) },
      { name: 'horizon=day-ahead', outcomes: 168, value: around(78.1, 0.1) },
      { name: 'workingday=1', outcomes: 104, value: around(61.7, 0.1) },
      { name: 'holiday=1', outcomes: 3, value: { notComputable: '3 outcomes, at least 10 are needed' } },
    ],
  },
  slices: {
    window: { start: '2011-04-20T00:00:00Z', end: '2011-05-20T00:00:00Z' },
    loss: 'mae',
    slices: [
      {
        name: 'workingday = 1 and hr 17 to 19',
        outcomes: 60,
        value: 142,
        rest: 61.2,
        adjustedPValue: 0.0004,
      },
      { name: 'weathersit = rain', outcomes: 31, value: 118, rest: 63.5, adjustedPValue: 0.012 },
    ],
  },
  errorByDay: {
    measure: 'mean absolute error',
    days: span.map((n) => ({ start: formatInstant(day(n + 1)), ...errorOf(within(day(n + 1), day(n))) })),
  },
  errorByHour: {
    measure: 'mean absolute error',
    timeZone: 'America/New_York',
    hours: Array.from({ length: 24 }, (_, hour) =>
      errorOf(current.filter(({ at }) => localHour(at, 'America/New_York') === hour)),
    ),
  },
  predictedAgainstActual: {
    points: within(day(14), end).map(({ predicted, actual }) => [predicted, actual] as const),
    outcomes: 336,
  },
  baselines: {
    window,
    comparisons: [
      comparison('the actual of a week before', 'rmse', 66.1, 82.3, [-23.9, -9.1], 'better'),
      comparison('the mean actual of the window before', 'rmse', 66.1, 151.2, [-101, -70.2], 'better'),
      comparison('the actual of a day before', 'rmse', 66.1, 64.9, [-4.4, 7.2], 'unclear'),
    ],
  },
  versions: {
    window,
    comparisons: [comparison('2011-03-01', 'rmse', 66.1, 112.4, [-55.4, -38.2], 'better')],
  },
  drift: {
    verdict: { level: 'warning', reason: '3 of 5 features drifted (60%), more than 50%' },
    since: { windowEnd: '2011-05-13T00:00:00Z', windows: 7, before: 'calm' },
    limit: 0.5,
    runs: span.slice(20).map((n) => ({
      windowEnd: formatInstant(day(n)),
      value: n > 7 ? 0.2 : 0.6,
      level: n > 7 ? 'ok' : 'warning',
    })),
    runsInWindow: 7,
    columns: [
      { name: 'temp', runs: 7, level: 'warning', reason: 'Wasserstein 1.42 sd is at least 1' },
      { name: 'atemp', runs: 7, level: 'warning', reason: 'Wasserstein 1.38 sd is at least 1' },
      { name: 'hum', runs: 2, level: 'warning', reason: 'Wasserstein 0.61 sd is at least 0.5' },
    ],
  },
  quality: {
    verdict: { level: 'warning', reason: '1 of 2 checks failed' },
    checks: [
      { check: 'range', column: 'temp', level: 'warning', reason: '12 values above 0.9' },
      { check: 'volume', level: 'ok', reason: 'as expected' },
    ],
  },
  alerts: {
    alerts: [
      {
        at: '2011-05-17T03:40:00Z',
        level: 'critical',
        title: 'bike-demand is degraded',
        summary: 'RMSE over 7 days 81.2 is above 80 (149 outcomes, coverage 88.7%)',
      },
      {
        at: '2011-05-14T03:00:00Z',
        level: 'ok',
        title: 'bike-demand has good data again',
        summary: 'all checks passed',
      },
    ],
  },
  retrainings: {
    retrainings: [
      {
        at: '2011-05-15T03:40:00Z',
        state: 'rejected',
        reason:
          'RMSE over 7 days 80.14 is above 80; challenger RMSE 79.9 against 80.14 on the same 148 held-out rows: 0.3% better, at least 2% needed',
        champion: '2011-04-24',
        challenger: '2011-05-15',
      },
    ],
  },
  coverage: {
    days: span.map((n) => ({
      start: formatInstant(day(n + 1)),
      predictions: 24,
      outcomes: n === 0 ? 11 : n < 3 ? 21 : 24,
    })),
    restated: [
      {
        day: '2011-05-18T00:00:00Z',
        metric: 'rmse',
        from: 108,
        to: 94.3,
        coverageFrom: 0.61,
        coverageTo: 0.97,
      },
      { day: '2011-05-17T00:00:00Z', metric: 'rmse', from: 70.2, to: 71.3, coverageFrom: 0.5, coverageTo: 1 },
    ],
  },
};

const logLoss = (n: number): number => 0.58 + 0.05 * Math.sin(n / 6) + 0.01 * ((n * 7) % 5);

const { since: _, predictedAgainstActual: __, ...shared } = bikes;

/** A classification with every part. */
export const flights: PerformanceReport = {
  ...shared,
  model: 'flight-delay',
  task: 'classification',
  version: '2013-05-03',
  verdict: {
    level: 'ok',
    reason: 'log loss over 7 days 0.58 is not above 0.65 (1840 outcomes, coverage 96%)',
  },
  metric: 'log_loss',
  metrics: [
    {
      metric: 'log_loss',
      current: around(0.58, 0.05),
      reference: around(0.56, 0.02),
      limits: { warning: 0.65, critical: 0.7 },
    },
    { metric: 'accuracy', current: around(0.743, 0.03), reference: around(0.762, 0.01) },
    { metric: 'precision', current: around(0.731, 0.03), reference: around(0.755, 0.01) },
    { metric: 'recall', current: around(0.743, 0.03), reference: around(0.762, 0.01) },
    { metric: 'f1', current: around(0.69, 0.03), reference: around(0.71, 0.01) },
    { metric: 'roc_auc', current: around(0.68, 0.03), reference: around(0.71, 0.01) },
    { metric: 'confidence', current: around(0.72, 0.01), reference: around(0.73, 0.01) },
  ],
  trend: {
    length: '7 days',
    points: span.map((n) => ({
      windowEnd: formatInstant(day(n)),
      version: '2013-05-03',
      value: logLoss(n),
      interval: [logLoss(n) - 0.03, logLoss(n) + 0.03],
      state: n < 3 ? 'provisional' : 'final',
    })),
    days: span.map((n) => ({
      windowEnd: formatInstant(day(n)),
      value: logLoss(n) + 0.06 * (((n * 11) % 7) / 7 - 0.5),
    })),
    limits: { warning: 0.65, critical: 0.7 },
    reference: 0.56,
    marks: [],
  },
  estimates: { absent: 'No estimate is stored: estimation begins once the reference has 500 outcomes.' },
  segments: {
    metric: 'log_loss',
    whole: around(0.58, 0.05),
    segments: ['EV', 'B6', 'UA', 'DL', 'AA', 'WN', 'US', 'MQ', 'F9', '9E', 'VX', 'FL', 'AS', 'HA'].map(
      (carrier, i) => ({
        name: `carrier=${carrier}`,
        outcomes: 320 - 20 * i,
        value: around(0.72 - 0.02 * i, 0.08),
      }),
    ),
  },
  slices: { window, loss: 'log_loss', slices: [] },
  errorByDay: {
    measure: 'share of wrong classes',
    days: span.map((n) => ({
      start: formatInstant(day(n + 1)),
      value: 0.25 + 0.05 * Math.sin(n),
      outcomes: 260,
    })),
  },
  errorByHour: {
    measure: 'share of wrong classes',
    timeZone: 'America/New_York',
    hours: Array.from({ length: 24 }, (_, hour) =>
      hour < 5 ? { outcomes: 0 } : { value: 0.12 + 0.012 * hour, outcomes: 80 },
    ),
  },
  calibration: {
    of: 'late',
    bins: [0.06, 0.15, 0.25, 0.34, 0.45, 0.55, 0.64, 0.75].map((predicted, i) => ({
      predicted,
      observed: Math.min(1, predicted * 0.8 + 0.06 + 0.02 * (i % 2)),
      outcomes: 700 - 80 * i,
    })),
  },
  confusion: {
    classes: ['on-time', 'late'],
    counts: [
      [1270, 82],
      [391, 97],
    ],
  },
  thresholds: {
    of: 'late',
    points: Array.from({ length: 40 }, (_, i) => {
      const threshold = i / 40;
      const recall = (1 - threshold) ** 1.8;
      const precision = 0.27 + 0.6 * threshold ** 1.2;
      return { threshold, recall, precision, f1: (2 * recall * precision) / (recall + precision) };
    }),
  },
  baselines: { absent: 'No baseline is stored for this window.' },
  versions: { absent: 'Only one version predicted in this window.' },
};

const none = (absent: string) => ({ absent });

/** A model that nothing is known of. */
export const nothing: PerformanceReport = {
  model: 'new-model',
  task: 'classification',
  window: { start: '2024-01-01T00:00:00Z', end: '2024-01-08T00:00:00Z', outcomes: 0, predictions: 0 },
  reference: { start: '2023-01-01T00:00:00Z', end: '2023-02-01T00:00:00Z', outcomes: 0, predictions: 0 },
  verdict: { level: 'insufficient-data', reason: 'no degradation check speaks for this window' },
  metric: 'log_loss',
  metrics: [
    {
      metric: 'log_loss',
      current: { notComputable: 'no outcomes' },
      reference: { notComputable: 'no outcomes' },
    },
  ],
  trend: none('No trend'),
  estimates: none('No estimates'),
  segments: none('No segments'),
  slices: none('No slices'),
  errorByDay: none('No errors by day'),
  errorByHour: none('No errors by hour'),
  calibration: none('No calibration'),
  confusion: none('No confusion'),
  thresholds: none('No thresholds'),
  baselines: none('No baselines'),
  versions: none('No versions'),
  drift: none('No drift'),
  quality: none('No quality'),
  alerts: none('No alerts'),
  retrainings: none('No retrainings'),
  coverage: none('No coverage'),
};

export const hostileNames = [
  '<script>alert(1)</script>',
  'x'.repeat(120),
  '🚲'.repeat(40),
  '"><img src=x onerror=alert(1)>',
  '',
  '</style>',
];

/** Hostile names wherever a name goes, and 200 segments. */
export const wide: PerformanceReport = {
  ...flights,
  model: hostileNames[0]!,
  version: hostileNames[3]!,
  segments: {
    metric: 'log_loss',
    whole: around(0.58, 0.05),
    segments: Array.from({ length: 200 }, (_, i) => ({
      name: hostileNames[i] ?? `segment=${i}`,
      outcomes: 1000 - i,
      value: around(0.9 - i / 500, 0.1),
    })),
  },
  slices: {
    window,
    loss: 'error_rate',
    slices: hostileNames.map((name) => ({
      name,
      outcomes: 12,
      value: 0.9,
      rest: 0.5,
      adjustedPValue: 0.001,
    })),
  },
  confusion: {
    classes: Array.from({ length: 30 }, (_, i) => hostileNames[i] ?? `class ${i}`),
    counts: Array.from({ length: 30 }, (_, i) =>
      Array.from({ length: 30 }, (_, j) => (i === j ? 100 - i : (i * j) % 3)),
    ),
  },
  calibration: { of: hostileNames[3]!, bins: [{ predicted: 0.2, observed: 0.3, outcomes: 5 }] },
  thresholds: { of: hostileNames[0]!, points: [{ threshold: 0.5, recall: 0.4 }] },
  trend: {
    ...(bikes.trend as Extract<typeof bikes.trend, { points: unknown }>),
    marks: hostileNames.map((label, i) => ({
      at: `2011-04-${10 + 2 * i}T00:00:00Z`,
      kind: 'promotion',
      label,
    })),
  },
  versions: {
    window,
    comparisons: hostileNames.map((against) => ({
      subject: hostileNames[1]!,
      against,
      metric: 'log_loss',
      verdict: 'insufficient-data',
      reason: against,
      rows: 5,
    })),
  },
  alerts: {
    alerts: hostileNames.map((title) => ({
      at: '2011-05-17T03:40:00Z',
      level: 'critical',
      title,
      summary: title,
    })),
  },
  retrainings: {
    retrainings: hostileNames.map((reason) => ({
      at: '2011-05-17T03:40:00Z',
      state: 'failed',
      reason,
      champion: reason,
      challenger: reason,
    })),
  },
};
