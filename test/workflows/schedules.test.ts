/** Runs that a schedule starts speak for its nominal time, also when a schedule backfill makes up the past. */

import { WorkflowNotFoundError } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { MonitorInput } from '../../core/monitor/schema.ts';
import { formatInstant, minuteMs } from '../../core/window.ts';
import { until } from '../../demo/stack/until.ts';
import { schedulesOf } from '../../schedules/catalog.ts';
import { at, day, load, syntheticMonitor, watch } from '../setup/synthetic.ts';
import { untilDelivered } from '../setup/until-delivered.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';

const test = useWorkerWithChannels('shared by all tests');

let model: string;
let count = 0;
const made: string[] = [];
beforeEach(() => {
  model = `scheduled-${(count += 1)}`;
});
afterEach(async () => {
  for (const id of made.splice(0)) await test.worker.client.schedule.getHandle(id).delete();
});

/** Three good weeks and a bad one, all loaded today. */
async function loadHistory(input: Partial<MonitorInput> = {}): Promise<void> {
  await watch(test.database, {
    model,
    ...syntheticMonitor,
    performance: { windows: ['1d'], limits: { rmse: 2 } },
    drift: { share: 0.4 },
    // Values that have moved that far are bad data, too.
    quality: { ignore: ['range'] },
    alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
    ...input,
  });
  await load(test.database, model, { from: 1, to: 22 });
  await load(test.database, model, { from: 22, to: 30, error: 5, shift: 3 });
}

/** The schedule that `tidewatch apply` would make of this process, paused. */
async function schedule(
  process: 'degradation-check' | 'hourly-drift-detection',
  input: Record<string, unknown> = {},
): Promise<string> {
  const monitor = await watch(test.database, {
    ...(await monitorInput()),
    schedules: { hourlyDriftDetection: { enabled: true } },
  });
  const definition = schedulesOf(monitor).find(({ scheduleId }) => scheduleId === `${process}:${model}`)!;
  await test.worker.client.schedule.create({
    scheduleId: definition.scheduleId,
    spec: { cronExpressions: [definition.cron], timezone: definition.timeZone },
    action: {
      type: 'startWorkflow',
      workflowType: definition.workflowType,
      workflowId: definition.scheduleId,
      taskQueue: test.worker.taskQueue,
      args: [{ ...definition.input, ...input }],
    },
    policies: { overlap: definition.overlap },
    state: { paused: true },
  });
  made.push(definition.scheduleId);
  return definition.scheduleId;
}

async function monitorInput(): Promise<MonitorInput> {
  const [row] = await test.database.query<{ configuration: MonitorInput }>(
    'select configuration from monitors where model = $1',
    [model],
  );
  return row!.configuration;
}

/** Backfills nominal times, and gives the results of their runs. */
async function backfill(scheduleId: string, from: string, to = from): Promise<void> {
  await test.worker.client.schedule.getHandle(scheduleId).backfill({
    start: new Date(Date.parse(from) - minuteMs),
    end: new Date(Date.parse(to) + minuteMs),
    overlap: 'BUFFER_ALL',
  });
}
async function resultOf<Result>(scheduleId: string, nominal: string): Promise<Result> {
  const handle = test.worker.client.workflow.getHandle(`${scheduleId}-${nominal}`);
  await until(async () => {
    try {
      return (await handle.describe()) !== undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }, 120_000);
  return (await handle.result()) as Result;
}

interface Answer {
  readonly asOf: string;
  readonly verdict: string;
  readonly retraining: { readonly decision: string; readonly reason: string };
}

/** What Slack has heard of this test's model. */
const told = (): string[] => test.channels.told().slack.filter((text) => text.includes(` ${model} `));
const nightOf = (n: number): string => at(n, 3, 40);

/** What a schedule backfill leaves of a model, without when it was computed and by which run. */
async function derived(): Promise<unknown> {
  const checks = await test.database.query(
    `select window_end, verdict, reason, version, findings from degradation_checks where model = $1 order by 1`,
    [model],
  );
  const drift = await test.database.query(
    `select window_start, window_end, verdict, reason, drift_share, drifted_features, row_count, coverage
     from drift_runs where model = $1 order by 1, 2`,
    [model],
  );
  const evaluations = await test.database.query(
    `select window_start, window_end, verdict, metrics, sample_size, coverage
     from latest_performance_evaluations where model = $1 order by 1, 2`,
    [model],
  );
  // Whether a window was final when it was judged depends on which nights had run by then.
  const withoutState = checks.map((check) => ({
    ...check,
    findings: JSON.parse(
      JSON.stringify(check['findings'], (key, value: unknown) => (key === 'state' ? undefined : value)),
    ) as unknown,
  }));
  return { checks: withoutState, drift, evaluations };
}

describe('a schedule backfill', () => {
  it('starts runs that speak for their nominal times', async () => {
    await loadHistory();
    const id = await schedule('degradation-check');
    await backfill(id, nightOf(22));
    expect(await resultOf(id, nightOf(22))).toMatchObject({ asOf: nightOf(22), verdict: 'ok' });
    const hourly = await schedule('hourly-drift-detection');
    await backfill(hourly, at(23, 5, 15));
    expect(await resultOf(hourly, at(23, 5, 15))).toMatchObject({
      asOf: at(23, 5, 15),
      window: { start: at(22, 5), end: at(23, 5) },
    });
  });

  it('of days in any order computes each, and the same as in order', async () => {
    await loadHistory();
    const id = await schedule('degradation-check');
    for (const n of [29, 22, 26, 24]) {
      await backfill(id, nightOf(n));
      await resultOf(id, nightOf(n));
    }
    const shuffled = await derived();

    model = `${model}-in-order`;
    await loadHistory();
    const inOrder = await schedule('degradation-check');
    for (const n of [22, 24, 26, 29]) {
      await backfill(inOrder, nightOf(n));
      await resultOf(inOrder, nightOf(n));
    }
    expect(await derived()).toEqual(shuffled);
    expect(shuffled).toMatchObject({
      checks: [{ window_end: day(22), verdict: 'ok' }, {}, {}, { window_end: day(29), verdict: 'critical' }],
    });
  });

  it('of a range makes every run of it', async () => {
    await loadHistory();
    const id = await schedule('degradation-check');
    await backfill(id, nightOf(22), nightOf(26));
    for (const n of [22, 23, 24, 25, 26]) {
      expect(await resultOf<Answer>(id, nightOf(n))).toMatchObject({ asOf: nightOf(n) });
    }
  });

  it('that makes up the past neither alerts nor retrains', async () => {
    await loadHistory({ retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '14d' } });
    const id = await schedule('degradation-check');
    await backfill(id, nightOf(28));
    expect(await resultOf<Answer>(id, nightOf(28))).toMatchObject({
      verdict: 'critical',
      retraining: { decision: 'wait', reason: 'this run makes up the past; give "act": true to let it act' },
      retrainingWorkflow: null,
    });
    expect(await test.database.query('select * from alerts where model = $1', [model])).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('does both when its input says act', async () => {
    await loadHistory();
    const id = await schedule('degradation-check', { act: true });
    await backfill(id, nightOf(28));
    await resultOf(id, nightOf(28));
    await untilDelivered(test.database, model);
    expect(told().sort()).toEqual([
      expect.stringContaining(`CRITICAL ${model} has data drift`),
      expect.stringContaining(`CRITICAL ${model} has drift of its actuals`),
      expect.stringMatching(
        /is degraded: RMSE over 7 days 4\.645 is above 2 \(95% interval .*, 168 outcomes, coverage 100%\)$/,
      ),
    ]);
  });

  it('of the same day again changes nothing', async () => {
    await loadHistory();
    const id = await schedule('degradation-check', { act: true });
    await backfill(id, nightOf(28));
    const { asOf } = await resultOf<Answer>(id, nightOf(28));
    const first = await derived();
    const handle = test.worker.client.workflow.getHandle(`${id}-${asOf}`);
    const { runId } = await handle.describe();
    await backfill(id, nightOf(28));
    await until(async () => (await handle.describe()).runId !== runId, 30_000);
    await handle.result();
    expect(await derived()).toEqual(first);
    expect(
      await test.database.query(
        `select event, count(*) = count(distinct alert_key) as once from alert_events where model = $1 group by event`,
        [model],
      ),
    ).toEqual([{ event: 'opened', once: true }]);
  });
});

describe('a schedule that is triggered by hand', () => {
  it('speaks for now', async () => {
    await loadHistory();
    const id = await schedule('degradation-check');
    const before = Date.now();
    const handle = test.worker.client.schedule.getHandle(id);
    await handle.trigger();
    let started: string | undefined;
    await until(async () => {
      started = (await handle.describe()).info.recentActions[0]?.action.workflow.workflowId;
      return started !== undefined;
    }, 120_000);
    const { asOf } = (await test.worker.client.workflow.getHandle(started!).result()) as Answer;
    expect(Date.parse(asOf)).toBeGreaterThanOrEqual(Date.parse(formatInstant(before)) - 1000);
  });
});
