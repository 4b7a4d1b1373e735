import { beforeEach, describe, expect, it } from 'vitest';

import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { at, day, load, watch } from '../setup/synthetic.ts';
import { startTestWorker } from '../setup/worker.ts';
import { failureOf } from './failures.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const model = 'reported-weekly';

const test = useWorkerWithChannels('empty for each test');
beforeEach(async () => {
  await watch(test.database, { model, report: { recipients: ['team@example.org'] } });
  await load(test.database, model, { from: 1, to: 9 });
  test.channels.told();
});

const reports = () =>
  test.database.query<{ start: number; end: number }>(
    `select window_start as start, window_end as "end" from reports where kind = 'performance' order by window_end`,
  );

describe('weeklyReport', () => {
  it('attaches and evaluates what has come, and stores the report of the week before', async () => {
    expect(await test.worker.run('weeklyReport', { model, asOf: at(9, 4) })).toEqual({
      asOf: at(9, 4),
      verdict: 'insufficient-data',
      reason: expect.stringContaining('no degradation check'),
      window: { start: at(2), end: at(9) },
      report: `http://127.0.0.1:9464/reports/performance/${model}/${at(2)}/${at(9)}`,
      sent: 0,
      metrics: 'pushed',
    });
    expect(await reports()).toEqual([{ start: day(2), end: day(9) }]);
    const [row] = await test.database.query<{ outcomes: number; state: string }>(
      `select (content -> 'window' ->> 'outcomes')::integer as outcomes,
         content -> 'window' -> 'evaluation' ->> 'state' as state from reports`,
    );
    expect(row).toEqual({ outcomes: 168, state: 'provisional' });
    expect(await pushedSeries(model, 'weekly-report')).toMatchObject({
      tidewatch_window_end_timestamp_seconds: day(9) / 1000,
    });
  });

  it('sends e-mails only when it is told to, and to nobody twice', async () => {
    await test.worker.run('weeklyReport', { model, asOf: at(9, 4) });
    expect(test.channels.told().emails).toEqual([]);
    for (const sent of [1, 0]) {
      expect(await test.worker.run('weeklyReport', { model, asOf: at(9, 4), send: true })).toMatchObject({
        sent,
      });
    }
    expect(test.channels.told().emails).toEqual([`${model}: not judged, week to 2024-01-09`]);
  });

  it('sends e-mails when a schedule starts it', async () => {
    const scheduleId = `weekly-report:${model}-${process.pid}`;
    const handle = await test.worker.client.schedule.create({
      scheduleId,
      spec: {},
      action: {
        type: 'startWorkflow',
        workflowType: 'weeklyReport',
        workflowId: scheduleId,
        taskQueue: test.worker.taskQueue,
        args: [{ model, asOf: at(9, 4) }],
      },
    });
    try {
      await handle.trigger();
      await expect.poll(() => test.channels.told().emails, { timeout: 20_000 }).toHaveLength(1);
    } finally {
      await handle.delete();
    }
  });

  it('is about a given window, of which it evaluates nothing', async () => {
    const window = { start: at(3), end: at(5) };
    expect(await test.worker.run('weeklyReport', { model, asOf: at(9, 4), window })).toMatchObject({
      window,
    });
    expect(await reports()).toEqual([{ start: day(3), end: day(5) }]);
    expect(await test.database.query('select from performance_evaluations')).toEqual([]);
  });

  it('is written where nobody takes the e-mail: that is only told', async () => {
    const without = await startTestWorker(test.database, {
      channels: {
        email: { ...test.channels.channels.email!, sendReport: () => Promise.reject(new Error('gone')) },
      },
    });
    try {
      const handle = await without.client.workflow.start('weeklyReport', {
        workflowId: `weekly-${process.pid}-${Date.now()}`,
        taskQueue: without.taskQueue,
        args: [{ model, asOf: at(9, 4), send: true }],
      });
      await expect.poll(reports, { timeout: 20_000 }).toHaveLength(1);
      await expect
        .poll(() => test.database.query('select last_error from report_deliveries'), { timeout: 20_000 })
        .toEqual([{ last_error: expect.stringContaining('gone') }]);
      await handle.terminate();
    } finally {
      await without.stop();
    }
  });

  it('refuses what it cannot read, and shows a right input', async () => {
    const failure = await failureOf(test.worker.run('weeklyReport', { model, send: 'yes' }));
    expect(failure.message).toMatch(/send: .*"model":"bike-demand","window"/);
  });
});
