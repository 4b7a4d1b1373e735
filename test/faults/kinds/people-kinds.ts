/** Clocks, people, and rows that nobody should have sent. */

import { upsertMonitor } from '../../../activities/monitors/store.ts';
import { configurationHash } from '../../../activities/monitors/configuration.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import { hourMs } from '../../../core/window.ts';
import { moveClock } from '../clock.ts';
import { persist } from '../world.ts';
import { kindsOf, Missed, wait, type Scene } from './kind.ts';

const clockJumps = (milliseconds: number) => (scene: Scene) =>
  scene.alone('clock', async () => {
    await moveClock(scene.world, milliseconds);
    await wait(2_000, scene.signal);
    await moveClock(scene.world, -milliseconds);
    return {};
  });

/** What no table takes. */
const poison = [
  `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
   values ('rides', '1', 'station', '2024-01-16T00:00:00Z', '2024-01-16T00:00:00Z', '[]', 1)`,
  `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
   values ('rides', '1', 'station', '2024-01-16T00:00:00Z', '2024-01-16T00:00:00Z', '{}', 'NaN')`,
  `insert into actuals (model, entity, event_time, value, recorded_at)
   values ('rides', 'station', '2024-01-16T00:00:00Z', 'Infinity', now())`,
  `insert into actuals (model, entity, event_time, value, recorded_at) values ('rides', null, now(), 1, now())`,
];

/** Integrity constraint violation, and data exception. */
const isRefusal = (error: unknown): boolean =>
  /^2[23]/.test((error as { readonly code?: string }).code ?? '');

export const peopleKinds = kindsOf('people and time', [
  {
    name: 'the clock jumps ahead',
    does: 'the clock of the database goes forward by three hours, and back two seconds later',
    weight: 1,
    inject: clockJumps(3 * hourMs),
  },
  {
    name: 'the clock jumps back',
    does: 'the clock of the database goes back by three hours, and forward two seconds later',
    weight: 1,
    inject: clockJumps(-3 * hourMs),
  },
  {
    name: 'a run started twice',
    does: 'by hand, under another id, while the first one is at work',
    weight: 2,
    inject: async ({ world, choose, signal }) => {
      const running = [];
      while (running.length === 0 && !signal.aborted) {
        const found = world.client.workflow.list({ query: `ExecutionStatus = 'Running'` });
        try {
          for await (const run of found) if (world.underWay.has(run.workflowId)) running.push(run);
        } catch {
          await wait(500, signal);
        }
        if (running.length === 0) await wait(200, signal);
      }
      const chosen = running[choose(running.length || 1)];
      const again = chosen && world.underWay.get(chosen.workflowId);
      if (again === undefined) throw new Missed('no run is under way');
      await again(`-by-hand-${choose(1_000_000)}`);
      return {};
    },
  },
  {
    name: 'rows that no table takes',
    does: 'rows that violate a constraint, each in a transaction with one that does not',
    weight: 2,
    inject: async ({ world: { database }, choose }) => {
      const statement = poison[choose(poison.length)]!;
      const refused = await database
        .transaction(async (connection) => {
          await connection.execute(
            `update predictions set prediction = prediction + 1 where model = 'rides' and event_time < '2024-01-02'`,
          );
          await connection.execute(statement);
        })
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (refused === undefined) throw new Error(`it was stored: ${statement}`);
      if (!isRefusal(refused)) throw new Missed('Postgres was away');
      return {};
    },
  },
  {
    name: 'a monitor changed in the middle',
    does: 'a monitor is applied with another schedule, and as it was a second later',
    weight: 1,
    inject: ({ world: { database }, choose, signal, alone }) =>
      alone('monitor', async () => {
        const model = choose(2) === 0 ? 'rides' : 'fares';
        const rows = await persist(() =>
          database.query<{ configuration: unknown }>('select configuration from monitors where model = $1', [
            model,
          ]),
        );
        const monitor = monitorSchema.parse(rows[0]?.configuration);
        const schedules = {
          ...monitor.schedules,
          weeklyReport: { ...monitor.schedules.weeklyReport, cron: '7 3 * * 1' },
        };
        const other = { ...monitor, schedules };
        await persist(() => upsertMonitor(database, other, configurationHash(other)));
        await wait(1_000, signal);
        await persist(() => upsertMonitor(database, monitor, configurationHash(monitor)));
        return {};
      }),
  },
]);
