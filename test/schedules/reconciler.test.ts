import { randomBytes } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { monitorSchema } from '../../core/monitor/schema.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import type { ScheduleDefinition } from '../../schedules/catalog.ts';
import { scheduleIdsOf, schedulesOf } from '../../schedules/catalog.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import type { TemporalClient } from '../../schedules/temporal-client.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import { testServers } from '../setup/servers.ts';

let temporal: TemporalClient;
let client: Client;
let model: string;
let taskQueue: string;

beforeAll(async () => {
  temporal = await connectTemporal({ address: testServers().temporalAddress, namespace: 'default' });
  client = temporal.client;
});
afterAll(() => temporal.close());

beforeEach(() => {
  // Every test has the server to itself, as far as it looks.
  model = `model-${randomBytes(4).toString('hex')}`;
  taskQueue = `queue-${model}`;
});
afterEach(async () => {
  for (const id of scheduleIdsOf(model))
    await client.schedule
      .getHandle(id)
      .delete()
      .catch(() => {});
});

const driftId = () => `drift-detection:${model}`;

function desired(schedules: MonitorInput['schedules'] = {}): readonly ScheduleDefinition[] {
  const features = { hum: { kind: 'continuous' as const } };
  return schedulesOf(
    monitorSchema.parse({ model, task: 'regression', features, reference: { kind: 'rolling' }, schedules }),
  );
}

async function plan(definitions: readonly ScheduleDefinition[], models: readonly string[] | 'all' = [model]) {
  return planSchedules(client, definitions, { taskQueue, models });
}

async function apply(
  definitions: readonly ScheduleDefinition[],
  models: readonly string[] | 'all' = [model],
) {
  const changes = await plan(definitions, models);
  await applySchedules(client, changes, { taskQueue, created: 'running' });
  return changes.map(({ change, scheduleId }) => [change, scheduleId.split(':')[0]]);
}

async function waitForList(scheduleId: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const ids: string[] = [];
      for await (const schedule of client.schedule.list()) ids.push(schedule.scheduleId);
      expect(ids).toContain(scheduleId);
    },
    { timeout: 20_000, interval: 100 },
  );
}

describe('the schedules of a monitor', () => {
  it('are created, and then stay as they are', async () => {
    expect(await apply(desired())).toEqual([
      ['create', 'actuals-backfill'],
      ['create', 'degradation-check'],
      ['create', 'drift-detection'],
      ['create', 'performance-evaluation'],
    ]);
    expect((await plan(desired())).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
  });

  it('are created paused on request, and stay so', async () => {
    await applySchedules(client, await plan(desired()), { taskQueue, created: 'paused' });
    await apply(desired({ driftDetection: { cron: '0 4 * * *' } }));
    const held = await client.schedule.getHandle(driftId()).describe();
    expect(held.state).toMatchObject({ paused: true, note: 'created paused by tidewatch apply' });
  });

  it('are only looked at by a plan', async () => {
    await plan(desired());
    await expect(client.schedule.getHandle(driftId()).describe()).rejects.toThrow('not found');
  });

  it('hold everything that the catalog says', async () => {
    await apply(desired({ driftDetection: { timeZone: 'America/New_York', catchupWindow: '2d' } }));
    const held = await client.schedule.getHandle(driftId()).describe();
    expect(held).toMatchObject({
      memo: { tidewatch: true, model },
      searchAttributes: { Model: [model] },
      spec: { timezone: 'America/New_York', calendars: [{ hour: [{ start: 3 }], minute: [{ start: 0 }] }] },
      policies: { overlap: 'BUFFER_ALL', catchupWindow: 172_800_000, pauseOnFailure: false },
      action: {
        workflowType: 'driftDetection',
        workflowId: driftId(),
        taskQueue,
        args: [{ model }],
        searchAttributes: { Model: [model] },
        workflowExecutionTimeout: undefined,
        workflowRunTimeout: undefined,
      },
      state: { paused: false },
    });
  });

  it('are updated when the cron expression changes, and keep a pause made by hand', async () => {
    await apply(desired());
    await client.schedule.getHandle(driftId()).pause('on call: bad data until Monday');

    const changed = desired({ driftDetection: { cron: '0 4 * * *' } });
    expect((await plan(changed)).find(({ scheduleId }) => scheduleId === driftId())).toEqual({
      scheduleId: driftId(),
      change: 'update',
      definition: changed[1],
      differences: [{ field: 'cron', from: '0 3 * * *', to: '0 4 * * *' }],
      paused: true,
      note: 'on call: bad data until Monday',
    });
    await apply(changed);

    const held = await client.schedule.getHandle(driftId()).describe();
    expect(held.spec.calendars?.[0]?.hour).toEqual([{ start: 4, end: 4, step: 1 }]);
    expect(held.state).toMatchObject({ paused: true, note: 'on call: bad data until Monday' });
    expect((await plan(changed)).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
  });

  it('take a jitter, and lose it again', async () => {
    const spread = desired({ jitter: '10m' });
    await apply(spread);
    expect((await client.schedule.getHandle(driftId()).describe()).spec.jitter).toBe(600_000);
    expect((await plan(spread)).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
    expect((await plan(desired()))[0]).toMatchObject({
      change: 'update',
      differences: [{ field: 'jitterMs', from: '600000', to: '0' }],
    });
    await apply(desired());
    expect((await plan(desired())).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
  });

  it('keep a limit of remaining runs that was set by hand', async () => {
    await apply(desired());
    await client.schedule
      .getHandle(driftId())
      .update((previous) => ({ ...previous, state: { ...previous.state, remainingActions: 3 } }));
    await apply(desired({ driftDetection: { cron: '0 4 * * *' } }));
    expect((await client.schedule.getHandle(driftId()).describe()).state.remainingActions).toBe(3);
  });

  it.each([
    ['cron', { spec: { cronExpressions: ['0 5 * * *'], timezone: 'UTC' } }, 'edited by hand', '0 3 * * *'],
    [
      'timeZone',
      { spec: { cronExpressions: ['0 3 * * * # 0 3 * * *'], timezone: 'Asia/Tokyo' } },
      'Asia/Tokyo',
      'UTC',
    ],
    ['overlap', { policies: { overlap: 'SKIP', catchupWindow: '7d' } }, 'SKIP', 'BUFFER_ALL'],
    [
      'catchupWindowMs',
      { policies: { overlap: 'BUFFER_ALL', catchupWindow: '1d' } },
      '86400000',
      '604800000',
    ],
    [
      'pauseOnFailure',
      { policies: { overlap: 'BUFFER_ALL', catchupWindow: '7d', pauseOnFailure: true } },
      'true',
      'false',
    ],
  ] as const)('are put back when the %s was edited by hand', async (field, edit, from, to) => {
    await apply(desired());
    await client.schedule.getHandle(driftId()).update((previous) => ({ ...previous, ...(edit as object) }));
    expect((await plan(desired())).filter(({ change }) => change !== 'unchanged')).toMatchObject([
      { change: 'update', scheduleId: driftId(), differences: [{ field, from, to }] },
    ]);
    await apply(desired());
    expect((await plan(desired())).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
  });

  it('follow the task queue of the configuration', async () => {
    await apply(desired());
    const [change] = await planSchedules(client, desired(), { taskQueue: 'another', models: [model] });
    expect(change).toMatchObject({ change: 'update', differences: [{ field: 'taskQueue', to: 'another' }] });
  });

  it('are deleted when their process is disabled', async () => {
    await apply(desired());
    expect(await apply(desired({ driftDetection: { enabled: false } }))).toContainEqual([
      'delete',
      'drift-detection',
    ]);
    await expect(client.schedule.getHandle(driftId()).describe()).rejects.toThrow('not found');
    expect(await plan(desired({ driftDetection: { enabled: false } }))).toHaveLength(3);
  });

  it('can be applied again after another apply did the same', async () => {
    const changes = await plan(desired());
    await applySchedules(client, changes, { taskQueue, created: 'running' });
    await applySchedules(client, changes, { taskQueue, created: 'running' });
    expect((await plan(desired())).map(({ change }) => change)).toEqual(Array(4).fill('unchanged'));
  });
});

describe('schedules that nobody wants any more', () => {
  it('stay when their model is not asked about', async () => {
    await apply(desired());
    await waitForList(driftId());
    expect(await plan([], ['another-model'])).toEqual([]);
  });

  it('go with all models of the task queue', async () => {
    await apply(desired());
    for (const { scheduleId } of desired()) await waitForList(scheduleId);
    expect(await planSchedules(client, [], { taskQueue: 'another', models: 'all' })).toEqual([]);
    expect(await apply([], 'all')).toEqual([
      ['delete', 'actuals-backfill'],
      ['delete', 'degradation-check'],
      ['delete', 'drift-detection'],
      ['delete', 'performance-evaluation'],
    ]);
  });
});

describe('a schedule that Tidewatch did not create', () => {
  const createForeign = (scheduleId: string) =>
    client.schedule.create({
      scheduleId,
      spec: { cronExpressions: ['0 0 1 1 *'] },
      action: { type: 'startWorkflow', workflowType: 'foreign', taskQueue },
      memo: { model },
    });

  it('is never touched', async () => {
    const foreign = await createForeign(`nightly:${model}`);
    await waitForList(`nightly:${model}`);
    expect(await plan([], 'all')).toEqual([]);
    await apply([], 'all');
    expect((await foreign.describe()).action.workflowType).toBe('foreign');
    await foreign.delete();
  });

  it('is not deleted even under an id of ours, and is a problem when that id is wanted', async () => {
    const foreign = await createForeign(driftId());
    expect(await plan([])).toEqual([]);
    await expect(plan(desired())).rejects.toMatchObject({
      code: 'SCHEDULE_REFUSED',
      message: expect.stringContaining(`schedule ${driftId()} exists and is not Tidewatch's`),
    });
    await foreign.delete();
  });
});

describe('a run that starts later by jitter', () => {
  it('has the time that it was scheduled for', async () => {
    await apply(desired({ jitter: '10m' }));
    const handle = client.schedule.getHandle(driftId());
    const everyMs = 4_000;
    await handle.update((previous) => ({
      ...previous,
      spec: { cronExpressions: ['*/4 * * * * * *'], jitter: '3 seconds' },
    }));
    await vi.waitFor(async () => expect((await handle.describe()).info.recentActions).not.toEqual([]), {
      timeout: 30_000,
      interval: 100,
    });
    const [started] = (await handle.describe()).info.recentActions;
    const workflow = client.workflow.getHandle(started!.action.workflow.workflowId);
    const nominal = (await workflow.describe()).searchAttributes['TemporalScheduledStartTime']?.[0] as Date;
    expect(nominal.getTime() % everyMs).toBe(0);
    expect(started!.scheduledAt.getTime()).toBeGreaterThan(nominal.getTime());
    expect(started!.scheduledAt.getTime()).toBeLessThan(nominal.getTime() + everyMs);
    await workflow.terminate();
  });
});

describe('a schedule backfill', () => {
  it('makes a run of each of 5 days, one after another, with its nominal time', async () => {
    await apply(desired());
    await client.schedule.getHandle(driftId()).backfill({
      start: new Date('2011-05-01T00:00:00Z'),
      end: new Date('2011-05-06T00:00:00Z'),
    });
    const seen = new Map<string, WorkflowExecutionInfo>();
    await vi.waitFor(
      async () => {
        for await (const run of client.workflow.list({ query: `TemporalScheduledById = '${driftId()}'` })) {
          seen.set(run.workflowId, run);
          // No worker runs here: ending a run lets the next one start.
          if (run.status.name === 'RUNNING') {
            await client.workflow
              .getHandle(run.workflowId)
              .terminate()
              .catch(() => {});
          }
        }
        expect(seen.size).toBe(5);
      },
      { timeout: 50_000, interval: 100 },
    );
    const days = ['01', '02', '03', '04', '05'];
    expect([...seen.keys()].sort()).toEqual(days.map((day) => `${driftId()}-2011-05-${day}T03:00:00Z`));
    const nominal = [...seen.values()].map((run) => run.searchAttributes['TemporalScheduledStartTime']);
    expect(nominal.flat().map(String).sort()).toEqual(
      days.map((day) => String(new Date(`2011-05-${day}T03:00:00Z`))).sort(),
    );
    expect([...seen.values()].every((run) => run.searchAttributes['Model']?.[0] === model)).toBe(true);
  });
});

describe('a server that is away', () => {
  it('is named when it never answers', async () => {
    await expect(connectTemporal({ address: '127.0.0.1:1', namespace: 'default' })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('is named when it goes away later', async () => {
    const proxy = await openProxy(testServers().temporalAddress);
    const other = await connectTemporal({ address: proxy.address, namespace: 'default' });
    await proxy.close();
    await expect(
      planSchedules(other.client, desired(), { taskQueue, models: [model] }),
    ).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining(proxy.address),
    });
    await other.close();
  });
});

describe('a server that does not know what we need', () => {
  it('says so when the namespace does not exist', async () => {
    const other = await connectTemporal({ address: testServers().temporalAddress, namespace: 'nowhere' });
    await expect(
      planSchedules(other.client, desired(), { taskQueue, models: [model] }),
    ).rejects.toMatchObject({
      code: 'SCHEDULE_REFUSED',
      message: expect.stringContaining('no namespace "nowhere"'),
    });
    await other.close();
  });

  it('refuses a time zone that it does not know, by the schedule', async () => {
    const [definition] = desired();
    const wrong = definition === undefined ? [] : [{ ...definition, timeZone: 'Mars/Olympus' }];
    await expect(apply(wrong)).rejects.toMatchObject({
      code: 'SCHEDULE_REFUSED',
      message: expect.stringContaining(`schedule actuals-backfill:${model}: unknown time zone Mars/Olympus`),
    });
  });

  it('names the search attributes that are missing, and how to create it', async () => {
    const namespace = `without-${model}`;
    await client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const other = await connectTemporal({ address: testServers().temporalAddress, namespace });
    const changes = desired().map((definition) => ({
      scheduleId: definition.scheduleId,
      change: 'create' as const,
      definition,
    }));
    // A new namespace is known to the whole server after some seconds.
    await vi.waitFor(
      () =>
        expect(applySchedules(other.client, changes, { taskQueue, created: 'running' })).rejects.toThrow(
          `the namespace "${namespace}" lacks the search attributes Model, Window, Verdict; run \`temporal operator ` +
            'search-attribute create --name Model --type Keyword --name Window --type Keyword --name Verdict --type Keyword`, ' +
            `in Temporal Cloud \`tcld namespace search-attributes add --namespace ${namespace} --search-attribute Model=Keyword `,
        ),
      { timeout: 30_000, interval: 200 },
    );
    await other.close();
  });
});

/** Forwards to a server until it is closed, like a machine that is switched off. */
async function openProxy(target: string): Promise<{ readonly address: string; close(): Promise<void> }> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), host);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: listening } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${listening}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
