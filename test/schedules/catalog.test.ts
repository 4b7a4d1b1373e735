import { describe, expect, it } from 'vitest';

import { monitorSchema } from '../../core/monitor/schema.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { scheduleIdsOf, schedulesOf } from '../../schedules/catalog.ts';

function definitions(schedules: MonitorInput['schedules'] = {}, recipients: string[] = []) {
  return schedulesOf(
    monitorSchema.parse({
      model: 'bike-demand',
      task: 'regression',
      features: { hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
      schedules,
      report: { recipients },
    }),
  );
}

describe('schedulesOf', () => {
  it('gives a monitor four schedules when it says nothing about them', () => {
    expect(
      definitions().map(({ scheduleId, workflowType, cron, timeZone }) => [
        scheduleId,
        workflowType,
        cron,
        timeZone,
      ]),
    ).toEqual([
      ['actuals-backfill:bike-demand', 'actualsBackfill', '5 * * * *', 'UTC'],
      ['drift-detection:bike-demand', 'driftDetection', '0 3 * * *', 'UTC'],
      ['performance-evaluation:bike-demand', 'performanceEvaluation', '20 3 * * *', 'UTC'],
      ['degradation-check:bike-demand', 'degradationCheck', '40 3 * * *', 'UTC'],
    ]);
  });

  it('gives a schedule to every process that the monitor enables, and no other', () => {
    const all = {
      actualsBackfill: {},
      driftDetection: {},
      hourlyDriftDetection: {},
      performanceEvaluation: {},
      degradationCheck: {},
      weeklyReport: {},
    };
    const enabled = Object.fromEntries(Object.keys(all).map((process) => [process, { enabled: true }]));
    const disabled = Object.fromEntries(Object.keys(all).map((process) => [process, { enabled: false }]));
    expect(definitions(enabled).map(({ scheduleId }) => scheduleId)).toEqual(scheduleIdsOf('bike-demand'));
    expect(definitions(disabled)).toEqual([]);
  });

  it('writes a weekly report where somebody gets it, on Monday after what it shows', () => {
    const weekly = (...given: Parameters<typeof definitions>) =>
      definitions(...given).filter(({ workflowType }) => workflowType === 'weeklyReport');
    expect(weekly()).toEqual([]);
    expect(weekly({}, ['a@example.org'])).toMatchObject([
      { scheduleId: 'weekly-report:bike-demand', cron: '0 4 * * 1', timeZone: 'UTC', overlap: 'BUFFER_ALL' },
    ]);
    expect(weekly({ weeklyReport: { enabled: true } })).toHaveLength(1);
    expect(weekly({ weeklyReport: { enabled: false } }, ['a@example.org'])).toEqual([]);
  });

  it('starts the hourly drift detection as a drift detection of the last 24 hours', () => {
    const [hourly] = definitions({
      hourlyDriftDetection: { enabled: true },
      driftDetection: { enabled: false },
    }).filter(({ workflowType }) => workflowType === 'driftDetection');
    expect(hourly).toMatchObject({
      scheduleId: 'hourly-drift-detection:bike-demand',
      input: { model: 'bike-demand', current: '24h' },
      cron: '15 * * * *',
    });
  });

  it('starts every other workflow with the model alone', () => {
    for (const { input } of definitions()) expect(input).toEqual({ model: 'bike-demand' });
  });

  it('buffers every run whose window nobody else covers, and one actuals backfill', () => {
    const overlaps = definitions({ hourlyDriftDetection: { enabled: true } }).map(
      ({ scheduleId, overlap }) => [scheduleId.split(':')[0], overlap],
    );
    expect(Object.fromEntries(overlaps)).toEqual({
      'actuals-backfill': 'BUFFER_ONE',
      'drift-detection': 'BUFFER_ALL',
      'hourly-drift-detection': 'BUFFER_ALL',
      'performance-evaluation': 'BUFFER_ALL',
      'degradation-check': 'BUFFER_ALL',
    });
  });

  it('takes cron, time zone and catch-up window from the monitor', () => {
    const [drift] = definitions({
      driftDetection: { cron: '30 4 * * 1-5', timeZone: 'America/New_York', catchupWindow: '2d' },
    }).slice(1);
    expect(drift).toMatchObject({
      cron: '30 4 * * 1-5',
      timeZone: 'America/New_York',
      catchupWindowMs: 172_800_000,
      pauseOnFailure: false,
    });
  });

  it('starts every run as much later as the monitor says at most, by default at once', () => {
    const jitterOf = (schedules: object): number[] => [
      ...new Set(definitions(schedules).map(({ jitterMs }) => jitterMs)),
    ];
    expect(jitterOf({})).toEqual([0]);
    expect(jitterOf({ jitter: '10m' })).toEqual([600_000]);
    expect(() => definitions({ jitter: '1h' })).toThrow('write 30m or less');
  });

  it('asks for no shorter catch-up window than the server has', () => {
    expect(definitions({ actualsBackfill: { catchupWindow: '0m' } })[0]?.catchupWindowMs).toBe(10_000);
  });
});
