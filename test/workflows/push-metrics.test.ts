/** What a run does while the Pushgateway is away, or where there is none. */

import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPushMetrics } from '../../activities/metrics/push-metrics.ts';
import type { Pushgateway } from '../../activities/metrics/pushgateway.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { until } from '../../demo/stack/until.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';

const away = openPushgateway('http://127.0.0.1:1');
const there = openPushgateway(testServers().pushgatewayUrl);

let test: TestDatabase;
let worker: TestWorker;
/** What the worker pushes to. */
let replaceGroup: Pushgateway['replaceGroup'];
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database, {
    pushgateway: { ...away, replaceGroup: (...args) => replaceGroup(...args) },
  });
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

let model: string;
let count = 0;
beforeEach(async () => {
  model = `unpushed-${(count += 1)}`;
  await watch(test.database, { model, performance: { windows: ['1d'] } });
  await load(test.database, model, { from: 1, to: 9, error: 3 });
});

const evaluate = (by = worker): Promise<unknown> =>
  by.run('performanceEvaluation', { model, asOf: at(9, 3) });
const laterPush = () => worker.client.workflow.getHandle(`metrics-push:performance-evaluation:${model}`);
const untilItTries = (): Promise<boolean> =>
  until(async () => (await laterPush().describe()).raw.pendingActivities?.length === 1, 30_000);
const noLaterPush = () => expect(laterPush().describe()).rejects.toThrow(WorkflowNotFoundError);

describe('a Pushgateway that is away', () => {
  beforeEach(() => {
    replaceGroup = away.replaceGroup;
  });

  it('keeps no result back: it is there after two tries, and says that nothing was pushed, and why', async () => {
    const startedAt = performance.now();
    expect(await evaluate()).toMatchObject({
      first: 2,
      metrics: 'not pushed',
      metricsReason: expect.stringMatching(
        /The Pushgateway at http:\/\/127\.0\.0\.1:1 does not accept metrics .*PUSHGATEWAY_URL/,
      ),
    });
    // Of minutes, as it was, nothing is left, however busy this machine is.
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(
      await test.database.query('select count(*) as count from performance_evaluations where model = $1', [
        model,
      ]),
    ).toEqual([{ count: 2 }]);
    expect(await pushedSeries(model, 'performance-evaluation')).toEqual({});
    await laterPush().terminate();
  });

  it('gets everything once it is back, by one run that nothing waits for, whoever started it', async () => {
    await evaluate();
    const { runId } = await laterPush().describe();
    await evaluate();
    expect((await laterPush().describe()).runId).toBe(runId);
    expect((await laterPush().describe()).status.name).toBe('RUNNING');
    replaceGroup = there.replaceGroup;
    expect(await laterPush().result()).toEqual({ metrics: 'pushed' });
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
    });
  });

  it('gets everything by the next run, too', async () => {
    await evaluate();
    await laterPush().terminate();
    replaceGroup = there.replaceGroup;
    expect(await evaluate()).toMatchObject({ unchanged: 2, metrics: 'pushed' });
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
    });
  });

  it('does not keep people from being told', async () => {
    await watch(test.database, {
      model,
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-02' },
      alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
      performance: { limits: { rmse: 2 } },
    });
    await worker.run('degradationCheck', { model, asOf: at(9, 3) });
    const lifecycle = worker.client.workflow.getHandle(`alert-lifecycle:degradation:${model}:performance`);
    expect((await lifecycle.describe()).status.name).toBe('RUNNING');
    await lifecycle.terminate();
    await worker.client.workflow.getHandle(`metrics-push:degradation-check:${model}`).terminate();
  });

  it('is tried again where it was away for a moment', async () => {
    replaceGroup = async (...args) => {
      replaceGroup = there.replaceGroup;
      await away.replaceGroup(...args);
    };
    expect(await evaluate()).toMatchObject({ metrics: 'pushed' });
    await noLaterPush();
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
    });
  });

  it('is tried for a day by the run that nothing waits for, with pauses that grow to five minutes', async () => {
    await evaluate();
    await untilItTries();
    const { events } = await laterPush().fetchHistory();
    const push = events
      ?.map((event) => event.activityTaskScheduledEventAttributes)
      .find((scheduled) => scheduled?.activityType?.name === 'pushMetrics');
    expect(Number(push?.scheduleToCloseTimeout?.seconds)).toBe(86_400);
    expect(Number(push?.retryPolicy?.maximumInterval?.seconds)).toBe(300);
    expect(Number(push?.retryPolicy?.maximumAttempts)).toBe(0);
    await laterPush().terminate();
  });

  it('is a failure that can be retried for the activity', async () => {
    const pushMetrics = createPushMetrics({ database: test.database, pushgateway: away });
    await expect(pushMetrics({ model, process: 'actuals-backfill' })).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      retryable: true,
    });
  });
});

describe('a push that can never be made', () => {
  it('is not tried again', async () => {
    replaceGroup = async () => {
      throw ApplicationFailure.nonRetryable('the model is gone', 'UNKNOWN_MODEL');
    };
    expect(await evaluate()).toMatchObject({ metrics: 'not pushed', metricsReason: 'the model is gone' });
    await noLaterPush();
  });

  it('ends the run that would try it', async () => {
    replaceGroup = away.replaceGroup;
    await evaluate();
    await untilItTries();
    await test.database.execute('delete from monitors where model = $1', [model]);
    expect(await laterPush().result()).toEqual({ metrics: 'not pushed' });
  });
});

describe('without a Pushgateway', () => {
  it('a run says so, and nothing tries to push', async () => {
    const without = await startTestWorker(test.database, { pushgateway: undefined });
    try {
      const result = await evaluate(without);
      expect(result).toMatchObject({ first: 2, metrics: 'not configured' });
      expect(result).not.toHaveProperty('metricsReason');
      await noLaterPush();
    } finally {
      await without.stop();
    }
  });
});
