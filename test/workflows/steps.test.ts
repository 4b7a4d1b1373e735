/** What a run does while the Pushgateway is away. */

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPushMetrics } from '../../activities/metrics/push-metrics.ts';
import type { Pushgateway } from '../../activities/metrics/pushgateway.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { reasonOf } from '../../core/errors.ts';
import { pushedSeries } from '../activities/metrics/pushed-series.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';

const away = openPushgateway('http://127.0.0.1:1');

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
const there = openPushgateway(testServers().pushgatewayUrl);

describe('a Pushgateway that stays away', () => {
  /** Ten minutes of tries end like this, without waiting for them. */
  const awayForLong: Pushgateway['replaceGroup'] = async (...args) => {
    try {
      await away.replaceGroup(...args);
    } catch (error) {
      throw ApplicationFailure.nonRetryable(reasonOf(error), 'PUSHGATEWAY_UNREACHABLE');
    }
  };

  it('does not fail a run: it stores everything and says that nothing was pushed', async () => {
    replaceGroup = awayForLong;
    expect(await worker.run('performanceEvaluation', { model, asOf: at(9, 3) })).toMatchObject({
      first: 2,
      metrics: 'not pushed',
    });
    expect(
      await test.database.query('select count(*) as count from performance_evaluations where model = $1', [
        model,
      ]),
    ).toEqual([{ count: 2 }]);
    expect(await pushedSeries(model, 'performance-evaluation')).toEqual({});
  });

  it('is told everything by the next run', async () => {
    replaceGroup = awayForLong;
    await worker.run('performanceEvaluation', { model, asOf: at(9, 3) });
    replaceGroup = there.replaceGroup;
    expect(await worker.run('performanceEvaluation', { model, asOf: at(9, 3) })).toMatchObject({
      unchanged: 2,
      metrics: 'pushed',
    });
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
    });
  });

  it('does not keep people from being told', async () => {
    replaceGroup = awayForLong;
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
  });
});

describe('a Pushgateway that comes back', () => {
  it('is tried again', async () => {
    replaceGroup = async (...args) => {
      replaceGroup = there.replaceGroup;
      await away.replaceGroup(...args);
    };
    expect(await worker.run('performanceEvaluation', { model, asOf: at(9, 3) })).toMatchObject({
      metrics: 'pushed',
    });
    expect(await pushedSeries(model, 'performance-evaluation')).toMatchObject({
      'model_rmse{version="1"}': 3,
    });
  });

  it('is tried for ten minutes, with pauses that grow from a second to a minute', async () => {
    replaceGroup = there.replaceGroup;
    const workflowId = `push-${model}`;
    await worker.run('actualsBackfill', { model, asOf: at(9, 3) }, workflowId);
    const { events } = await worker.client.workflow.getHandle(workflowId).fetchHistory();
    const push = events
      ?.map((event) => event.activityTaskScheduledEventAttributes)
      .find((scheduled) => scheduled?.activityType?.name === 'pushMetrics');
    expect(Number(push?.scheduleToCloseTimeout?.seconds)).toBe(600);
    expect(Number(push?.retryPolicy?.initialInterval?.seconds)).toBe(1);
    expect(Number(push?.retryPolicy?.maximumInterval?.seconds)).toBe(60);
  });

  it('is a failure that can be retried for the activity', async () => {
    const pushMetrics = createPushMetrics({ database: test.database, pushgateway: away });
    await expect(pushMetrics({ model, process: 'actuals-backfill' })).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      retryable: true,
    });
  });
});
