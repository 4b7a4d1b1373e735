/** What the list of runs in the Temporal UI shows of each. */

import { randomBytes } from 'node:crypto';

import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { scheduleIdsOf, schedulesOf } from '../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import { modelKey } from '../../schedules/search-attributes.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const test = useWorker('shared by all tests');
const model = `listed-${randomBytes(4).toString('hex')}`;

afterEach(async () => {
  for (const id of scheduleIdsOf(model))
    await test.worker.client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
});

/** The runs that the server lists under a query, once there are so many. */
async function listed(query: string, count: number) {
  const runs: WorkflowExecutionInfo[] = [];
  await vi.waitFor(
    async () => {
      runs.length = 0;
      for await (const run of test.worker.client.workflow.list({ query })) runs.push(run);
      expect(runs).toHaveLength(count);
    },
    { timeout: 60_000, interval: 200 },
  );
  return runs;
}

it('lists scheduled runs by model, window and verdict', async () => {
  const { client, taskQueue } = test.worker;
  const monitor = await watch(test.database, {
    model,
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-08' },
  });
  await load(test.database, model, { from: 1, to: 15 });
  const plan = await planSchedules(client, schedulesOf(monitor), { taskQueue, models: [model] });
  await applySchedules(client, plan, { taskQueue, created: 'paused' });
  for (const process of ['drift-detection', 'degradation-check'])
    await client.schedule
      .getHandle(`${process}:${model}`)
      .backfill({ start: new Date(at(15)), end: new Date(at(15, 4)), overlap: 'ALLOW_ALL' });

  const [drift] = await listed(`Model = '${model}' and Verdict = 'ok' and Window = '${at(8)}/${at(15)}'`, 1);
  expect(drift?.type).toBe('driftDetection');
  const [check] = await listed(`Model = '${model}' and Window = '${at(14)}/${at(15)}'`, 1);
  expect(check?.type).toBe('degradationCheck');
  expect(check?.searchAttributes['Verdict']).toEqual([
    ((await client.workflow.getHandle(check!.workflowId).result()) as { verdict: string }).verdict,
  ]);
  const described = await client.workflow.getHandle(drift!.workflowId).describe();
  expect(await described.staticSummary()).toBe(`${model}: Has the data drifted?`);
});

it('leaves a run alone that was started without a verdict', async () => {
  await watch(test.database, { model });
  const workflowId = `by-hand-${model}`;
  await test.worker.run('degradationCheck', { model, asOf: at(15, 3) }, workflowId);
  const { searchAttributes } = await test.worker.client.workflow.getHandle(workflowId).describe();
  expect(searchAttributes).not.toHaveProperty('Verdict');
});

it('makes schedules without a verdict where the namespace lacks the attributes', async () => {
  const namespace = `plain-${model}`;
  await test.worker.client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const other = await connectTemporal({ address: testServers().temporalAddress, namespace });
  try {
    const desired = schedulesOf(await watch(test.database, { model }));
    // A new namespace is known to the whole server after some seconds.
    const plan = await vi.waitFor(
      () => planSchedules(other.client, desired, { taskQueue: 'any', models: [model] }),
      { timeout: 30_000, interval: 200 },
    );
    expect(plan).toHaveLength(4);
    for (const change of plan)
      expect(change).toMatchObject({ change: 'create', definition: { showsVerdict: false } });
  } finally {
    await other.close();
  }
});

describe('what a run starts', () => {
  const watched = () =>
    watch(test.database, {
      model,
      performance: { windows: ['1d'], limits: { rmse: 2 } },
      // Actuals as far off as these are bad data, too.
      quality: { ignore: ['range'] },
      retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '14d', holdout: '7d' },
      alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
    });
  const check = (workflowId: string, typedSearchAttributes: SearchAttributePair[]): Promise<unknown> =>
    test.worker.client.workflow.execute('degradationCheck', {
      workflowId,
      taskQueue: test.worker.taskQueue,
      args: [{ model, asOf: at(29, 3, 40), act: true }],
      typedSearchAttributes,
    });

  it('is listed by the same model: the retraining, and the lives of the alerts', async () => {
    await watched();
    await load(test.database, model, { from: 1, to: 22 });
    await load(test.database, model, { from: 22, to: 29, error: 5 });
    await check(`listed-check-${model}`, [{ key: modelKey, value: model }]);
    await vi.waitFor(
      async () => {
        const types: string[] = [];
        for await (const { type } of test.worker.client.workflow.list({ query: `Model = '${model}'` }))
          types.push(type);
        expect(types).toEqual(expect.arrayContaining(['degradationCheck', 'retraining', 'alertLifecycle']));
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  it('says what it is about, and why it was started', async () => {
    const { workflow } = test.worker.client;
    const said = async (type: string) => {
      for await (const { workflowId } of workflow.list({
        query: `Model = '${model}' and WorkflowType = '${type}'`,
      })) {
        const run = await workflow.getHandle(workflowId).describe();
        return [await run.staticSummary(), await run.staticDetails()];
      }
      return [];
    };
    const [retraining, why] = await said('retraining');
    expect(retraining).toBe(`${model}: Is a newly trained version better, and does it stay so?`);
    expect(why).toMatch(/^Started because: RMSE over 7 days 5 is above 2 /);
    const [alert, asked] = await said('alertLifecycle');
    expect(alert).toMatch(
      new RegExp(`^${model}: Tells people of [\\w-]+:${model}:[\\w.-]+ until it is over$`),
    );
    expect(asked).toContain('acknowledge');
  });
});
