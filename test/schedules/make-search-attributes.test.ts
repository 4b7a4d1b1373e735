/** Namespaces as a dev server has them: without search attributes. */

import { randomBytes } from 'node:crypto';

import { Client, Connection, ServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { schedulesOf } from '../../schedules/catalog.ts';
import {
  makeAttributes,
  planAttributes,
  untilKnown,
  type MadeAttributes,
} from '../../schedules/make-search-attributes.ts';
import { applySchedules, planSchedules } from '../../schedules/reconciler.ts';
import { missingAttributes } from '../../schedules/search-attributes.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { testServers } from '../setup/servers.ts';

const namespace = `bare-${randomBytes(4).toString('hex')}`;
const model = `bare-${randomBytes(4).toString('hex')}`;
const all = ['Model', 'Window', 'Verdict'];

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: testServers().temporalAddress });
  client = new Client({ connection, namespace });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  // A new namespace is known to the whole server after some seconds.
  await vi.waitFor(() => client.workflow.count(), { timeout: 30_000 });
});
afterAll(() => connection.close());

/** Whoever asks is refused, as in Temporal Cloud. */
function refusing(names: readonly string[]): Promise<MadeAttributes> {
  const denied = Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), {
    code: 7,
    details: 'Request unauthorized.',
    metadata: {},
  });
  const spy = vi.spyOn(connection.operatorService, 'addSearchAttributes').mockRejectedValue(denied);
  return makeAttributes(client, names).finally(() => spy.mockRestore());
}

describe('a namespace without search attributes', () => {
  it('lacks all of them', async () => {
    expect(await planAttributes(client)).toEqual(all);
  });

  it('that may not be changed names all of them in one command, and one for Temporal Cloud', async () => {
    await expect(refusing(all)).rejects.toMatchObject({
      code: 'SCHEDULE_REFUSED',
      message: expect.stringContaining(
        `the namespace "${namespace}" lacks the search attributes Model, Window, Verdict, and Temporal does not let this connection ` +
          'make them (Request unauthorized.); run `temporal operator search-attribute create --name Model --type Keyword --name ' +
          'Window --type Keyword --name Verdict --type Keyword`, in Temporal Cloud `tcld namespace search-attributes add ' +
          `--namespace ${namespace} --search-attribute Model=Keyword --search-attribute Window=Keyword --search-attribute Verdict=Keyword\``,
      ),
    });
    expect(await planAttributes(client)).toEqual(all);
  });

  it('that may not be changed and has Model is told of, and does', async () => {
    expect(await refusing(['Window', 'Verdict'])).toEqual({
      missing: ['Window', 'Verdict'],
      reason: expect.stringContaining('lacks the search attributes Window, Verdict'),
    });
  });

  it('gets them, and takes a schedule that carries them at once', async () => {
    expect(await makeAttributes(client, all)).toEqual({ made: all });
    expect(await missingAttributes(client)).toEqual([]);
    const monitor = monitorSchema.parse({
      model,
      task: 'regression',
      features: { hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
    });
    const desired = schedulesOf(monitor).filter(({ showsVerdict }) => showsVerdict);
    const plan = await planSchedules(client, desired, { taskQueue: model, models: [model] });
    await applySchedules(client, plan, { taskQueue: model, created: 'paused' });
    const held = await client.schedule.getHandle(desired[0]!.scheduleId).describe();
    expect(held.searchAttributes).toMatchObject({ Model: [model] });
    expect(desired.length).toBeGreaterThan(0);
    for (const { scheduleId } of desired) await client.schedule.getHandle(scheduleId).delete();
  });

  it('takes them twice', async () => {
    expect(await makeAttributes(client, all)).toEqual({ made: all });
    expect(await makeAttributes(client, [])).toEqual({ made: [] });
  });
});

it('is asked again while a part of the server does not know a new attribute yet', async () => {
  const unknown = new ServiceError('no mapping defined for search attribute Model');
  const call = vi.fn<() => Promise<string>>().mockRejectedValueOnce(unknown).mockResolvedValue('made');
  expect(await untilKnown(call)).toBe('made');
  expect(call).toHaveBeenCalledTimes(2);
  await expect(untilKnown(() => Promise.reject(new Error('something else')))).rejects.toThrow(
    'something else',
  );
});
