import { expect, it } from 'vitest';

import { openAlert } from '../../../activities/alerts/store.ts';
import { configurationHash } from '../../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../../activities/monitors/store.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { hourMs } from '../../../core/window.ts';
import { useActivities } from '../../setup/world.ts';

const test = useActivities('empty for each test');
const name = { model: 'bike-demand', alertKey: 'drift:bike-demand:hum' };

async function watch(repeat: string): Promise<void> {
  const monitor = monitorSchema.parse({
    model: name.model,
    task: 'regression',
    features: { hum: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    alerts: { routes: [{ slack: true }], life: { repeatInterval: { warning: repeat } } },
  });
  await upsertMonitor(test.database, monitor, configurationHash(monitor));
  await test.database.transaction((connection) =>
    openAlert(connection, {
      model: name.model,
      kind: 'drift',
      subject: 'hum',
      severity: 'warning',
      summary: 'hum has drifted',
      facts: [],
      asOf: 0,
      alerts: monitor.alerts,
      provenance: { workflowId: 'drift-detection:bike-demand', runId: 'run' },
    }),
  );
}

/** The transaction that wrote the row of the alert. */
async function writtenBy(): Promise<string> {
  const [row] = await test.database.query<{ writer: string }>('select xmin::text as writer from alerts');
  return row!.writer;
}

const dueInHours = async (): Promise<number> =>
  Math.ceil((await test.activities.followAlert(name)).dueInMs! / hourMs);

it('writes nothing while nothing is due', async () => {
  await watch('24h');
  const before = await writtenBy();
  expect(await dueInHours()).toBe(24);
  expect(await writtenBy()).toBe(before);
});

it('stores when it is due next where the monitor says otherwise by now', async () => {
  await watch('24h');
  await watch('4h');
  expect(await dueInHours()).toBe(4);
  const [row] = await test.database.query(
    'select due_at - told_at = interval $$4 hours$$ as moved from alerts',
  );
  expect(row).toEqual({ moved: true });
});

it('goes by the alert settings of a monitor of which it cannot read the rest', async () => {
  await watch('24h');
  await test.database.execute(
    `update monitors set configuration = configuration || '{"reference": "of tomorrow"}'`,
  );
  expect(await dueInHours()).toBe(24);
});

it('says what is wrong with alert settings that it cannot read', async () => {
  await watch('24h');
  await test.database.execute(
    `update monitors set configuration = jsonb_set(configuration, '{alerts,routes}', '7')`,
  );
  await expect(test.activities.followAlert(name)).rejects.toThrow(
    /stored monitor of "bike-demand" cannot be read: alerts\.routes: /,
  );
});
