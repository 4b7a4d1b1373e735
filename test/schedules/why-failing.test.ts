/** Why the runs of a schedule do not succeed, from a real server and a real worker. */

import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { openSources, type Sources } from '../../activities/sources/sources.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { scheduleIdsOf, schedulesOf } from '../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import { whyFailing } from '../../schedules/why-failing.ts';
import { load, watch } from '../setup/synthetic.ts';
import { startTestWorker, type TestWorker } from '../setup/worker.ts';
import { useDatabase } from '../setup/world.ts';

const test = useDatabase('shared by all tests');
let sources: Sources;
let worker: TestWorker;
let model = '';

beforeAll(async () => {
  sources = openSources({
    ownDatabase: test.url,
    databases: new Map(),
    stores: new Map(),
    directory: undefined,
  });
  worker = await startTestWorker(test.database, { sources });
});
afterAll(async () => {
  await worker.stop();
  await sources.close();
});

afterEach(async () => {
  for (const id of scheduleIdsOf(model))
    await worker.client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
});

async function scheduled(input: Partial<MonitorInput>, taskQueue = worker.taskQueue) {
  model = `why-${randomBytes(4).toString('hex')}`;
  const { client } = worker;
  const monitor = await watch(test.database, { model, ...input });
  const plan = await planSchedules(client, schedulesOf(monitor), { taskQueue, models: [model] });
  await applySchedules(client, plan, { taskQueue, created: 'running' });
  const id = `drift-detection:${model}`;
  return { id, schedule: client.schedule.getHandle(id) };
}

const why = (id: string) => whyFailing(worker.client, id);
const patience = { timeout: 30_000, interval: 300 };

describe('why the runs of a schedule do not succeed', () => {
  const source = {
    predictions: {
      table: 'warehouse.scores',
      changed: 'updated_at',
      columns: { entity: 'entity', event_time: 'at', version: { value: '1' }, prediction: 'guess' },
    },
  };

  it('is what a broken source has told its run', async () => {
    const { id, schedule } = await scheduled({ source });
    expect(await why(id)).toBeUndefined();
    await schedule.trigger();
    await vi.waitFor(
      async () =>
        expect(await why(id)).toMatch(
          /^a run failed: The source warehouse\.scores .* does not exist .* run `tidewatch apply`/,
        ),
      patience,
    );
  });

  it('is that its run waits for a worker', async () => {
    const { id, schedule } = await scheduled({}, 'a-queue-of-nobody');
    await schedule.trigger();
    await vi.waitFor(
      async () => expect(await why(id)).toMatch(/^its run of 20[-0-9]+ [:0-9]+ UTC waits for a worker$/),
      patience,
    );
    for (const { action } of (await schedule.describe()).info.recentActions)
      await worker.client.workflow.getHandle(action.workflow.workflowId).terminate('seen');
    await vi.waitFor(async () => expect(await why(id)).toBe('a run failed: seen'), patience);
  });

  it('is that somebody has paused it', async () => {
    const { id, schedule } = await scheduled({});
    await schedule.pause('the warehouse moves');
    expect(await why(id)).toBe('its schedule is paused, with the note "the warehouse moves"');
  });

  it('is nothing where runs succeed, or there is no schedule', async () => {
    const { id, schedule } = await scheduled({});
    await load(test.database, model, { from: 1, to: 3 });
    await schedule.trigger();
    await vi.waitFor(async () => {
      const { info } = await schedule.describe();
      expect([info.numActionsTaken, info.runningActions]).toEqual([1, []]);
    }, patience);
    await vi.waitFor(async () => expect(await why(id)).toBeUndefined(), patience);
    expect(await why('drift-detection:unheard-of')).toBeUndefined();
  });
});
