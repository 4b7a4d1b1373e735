/** What Temporal alone knows of a model, from a real server. */

import { randomBytes } from 'node:crypto';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { pausesText } from '../../core/process/pauses.ts';
import { scheduleIdsOf, schedulesOf } from '../../schedules/catalog.ts';
import { askTemporal, readPauses, readRunsUnderWay } from '../../schedules/live-state.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import { testServers } from '../setup/servers.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorker } from '../setup/worker-world.ts';

const test = useWorker('shared by all tests');
const model = `live-${randomBytes(4).toString('hex')}`;

afterEach(async () => {
  for (const id of scheduleIdsOf(model))
    await test.worker.client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
});

describe('the pauses of a model', () => {
  it('are known with their notes, whoever made them, also from the list of all', async () => {
    const { client, taskQueue } = test.worker;
    const monitor = await watch(test.database, { model });
    const plan = await planSchedules(client, schedulesOf(monitor), { taskQueue, models: [model] });
    await applySchedules(client, plan, { taskQueue, created: 'running' });
    expect((await readPauses(client, [model])).get(model)).toEqual({ paused: [], schedules: 4 });
    await client.schedule.getHandle(`drift-detection:${model}`).pause('the warehouse moves');
    const known = { paused: [{ process: 'drift-detection', note: 'the warehouse moves' }], schedules: 4 };
    expect((await readPauses(client, [model])).get(model)).toEqual(known);
    expect(pausesText(model, undefined, known)).toBe(
      `drift-detection is paused in Temporal: "the warehouse moves"; tidewatch resume ${model}`,
    );
    const many = [model, ...Array.from({ length: 9 }, (_, i) => `unheard-${i}`)];
    await vi.waitFor(async () => expect((await readPauses(client, many)).get(model)).toEqual(known), {
      timeout: 30_000,
      interval: 500,
    });
    expect((await readPauses(client, many)).get('unheard-0')).toEqual({ paused: [], schedules: 0 });
  });
});

describe('the runs under way', () => {
  it('say how far a reprocessing is', async () => {
    const { client, taskQueue } = test.worker;
    await watch(test.database, { model });
    await load(test.database, model, { from: 1, to: 3 });
    // Two years take longer than it takes to look.
    const window = { start: at(1), end: at(731) };
    const start = (queue: string, name: string) =>
      client.workflow.start('reprocessing', {
        workflowId: `reprocessing:${model}:${name}`,
        taskQueue: queue,
        args: [{ model, window }],
      });
    const running = await start(taskQueue, 'running');
    // Nobody polls its task queue: it is under way, and nobody says how far it is.
    const stuck = await start(`${taskQueue}-of-nobody`, 'stuck');
    try {
      await vi.waitFor(
        async () =>
          expect(await readRunsUnderWay(client, model)).toEqual([
            expect.objectContaining({
              type: 'reprocessing',
              workflowId: running.workflowId,
              progress: { done: expect.any(Number) as number, total: 730 },
            }),
            expect.objectContaining({ workflowId: stuck.workflowId }),
          ]),
        { timeout: 30_000, interval: 200 },
      );
    } finally {
      await running.terminate();
      await stuck.terminate();
    }
  });
});

it('what cannot be asked is not known, with the reason', async () => {
  const nobody = { address: '127.0.0.1:1', namespace: 'default', waitMs: 300 };
  expect(await askTemporal(nobody, (client) => readPauses(client, [model]))).toEqual({
    unknown: 'Temporal at 127.0.0.1:1 does not answer',
  });
  const { temporalAddress: address } = testServers();
  const nowhere = { address, namespace: 'unheard-of', waitMs: 3_000 };
  expect(await askTemporal(nowhere, (client) => readPauses(client, [model]))).toMatchObject({
    unknown: expect.stringContaining('unheard-of') as string,
  });
});
