import { describe, expect, it } from 'vitest';

import { outcomeOf } from '../../../cli/run/outcome.ts';
import type { Level } from '../../../core/verdict.ts';

const window = { start: '2011-05-13T00:00:00Z', end: '2011-05-20T00:00:00Z' };
const fine = { level: 'ok', reason: 'nothing is missing' } as const;

describe('what a run of driftDetection has found', () => {
  const drift = (verdict: Level, quality: { level: Level; reason: string } = fine) =>
    outcomeOf(
      'driftDetection',
      { window, verdict, reason: 'hum has drifted', driftedFeatures: [], rows: 168, quality },
      'bikes',
    );

  it('is said in words', () => {
    expect(drift('warning', { level: 'critical', reason: 'temp is missing' }).lines).toEqual([
      'bikes, 2011-05-13 to 2011-05-20, 168 rows: dataset warning: hum has drifted',
      'data quality: critical: temp is missing',
    ]);
    expect(drift('ok').lines).toHaveLength(1);
  });

  it.each<[Level, Level, number]>([
    ['ok', 'ok', 0],
    ['warning', 'ok', 1],
    ['critical', 'ok', 1],
    ['ok', 'warning', 1],
    ['insufficient-data', 'ok', 2],
    ['insufficient-data', 'critical', 1],
    ['ok', 'insufficient-data', 0],
  ])('%s, with %s data, ends with %d', (verdict, level, exitCode) => {
    expect(drift(verdict, { level, reason: '' }).exitCode).toBe(exitCode);
  });
});

it('one feature that has drifted ends with 1, though the dataset has not', () => {
  const drift = {
    window,
    verdict: 'ok',
    reason: '1 of 4 features drifted',
    rows: 168,
    quality: fine,
  } as const;
  expect(outcomeOf('driftDetection', { ...drift, driftedFeatures: ['hum'] }, 'bikes').exitCode).toBe(1);
});

it('a check says whether a retraining has started, and why not', () => {
  const check = { verdict: 'critical', reason: 'RMSE is above 80' } as const;
  const retraining = { decision: 'wait', reason: 'the last one was 3 days ago' } as never;
  expect(outcomeOf('degradationCheck', { ...check, retraining, retrainingWorkflow: null }, 'bikes')).toEqual({
    lines: ['bikes: critical: RMSE is above 80', 'no retraining: the last one was 3 days ago'],
    exitCode: 1,
  });
  expect(
    outcomeOf('degradationCheck', { ...check, retraining, retrainingWorkflow: 'retraining:bikes:x' }, 'bikes')
      .lines,
  ).toContain('retraining: retraining:bikes:x');
});

it('a report that is not sent to all says why', () => {
  const report = { verdict: 'ok', reason: 'fine', window, report: 'http://tidewatch/r', sent: 1 } as const;
  expect(outcomeOf('weeklyReport', report, 'bikes').lines).toEqual([
    'bikes, 2011-05-13 to 2011-05-20: ok: fine',
    'the report: http://tidewatch/r',
    'sent to 1 recipient',
  ]);
  expect(outcomeOf('weeklyReport', { ...report, sent: 'not sent to all: no mail' }, 'bikes').lines[2]).toBe(
    'not sent to all: no mail',
  );
});
