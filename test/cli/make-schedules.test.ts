import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { makeSchedules } from '../../cli/make-schedules.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { schedulesOf } from '../../schedules/catalog.ts';
import { connectTemporal, type TemporalClient } from '../../schedules/temporal-client.ts';
import { testServers } from '../setup/servers.ts';

let temporal: TemporalClient;
beforeAll(async () => {
  temporal = await connectTemporal({ address: testServers().temporalAddress, namespace: 'default' });
});
afterAll(() => temporal.close());

it('says that the monitors are stored where the schedules could not be made', async () => {
  const [definition] = schedulesOf(
    monitorSchema.parse({
      model: 'martian',
      task: 'regression',
      features: { hum: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
    }),
  );
  const { scheduleId } = definition!;
  const refused = { ...definition!, timeZone: 'Mars/Olympus' };
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  await expect(
    makeSchedules(
      temporal.client,
      { schedules: [{ scheduleId, change: 'create', definition: refused }], attributes: [] },
      { taskQueue: 'martian', created: 'paused' },
    ),
  ).rejects.toMatchObject({ code: 'SCHEDULE_REFUSED' });
  expect(said).toHaveBeenCalledWith(
    expect.stringMatching(
      /^the monitors are stored, the schedules are not, or not all: nothing runs by itself/,
    ),
  );
  said.mockRestore();
});
