/** Every activity may be repeated, run beside itself, and die anywhere: what it leaves behind is the same. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Checksum } from '../setup/checksums.ts';
import { checksums } from '../setup/checksums.ts';
import { snapshot } from '../setup/database-snapshot.ts';
import { Died, dyingDatabase } from '../setup/dying-database.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import type { Traces, World } from './arrangement.ts';
import { openWorld } from './arrangement.ts';
import { cases } from './cases.ts';
import type { Case } from './cases.ts';

interface Left extends Traces {
  readonly tables: Record<string, Checksum>;
}

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

describe.each(cases)('$name', ({ name, prepare, prepareWorld, run, wakes, leaves = 'something' }: Case) => {
  const gauges = name.startsWith('pushMetrics') ? 'gauges' : 'no gauges';
  let test: TestDatabase;
  let restore: () => Promise<void>;
  let once: Left;
  let points: number;

  /** Puts everything back to what it was before, works, and gives what is left behind. */
  async function leftBy(work: () => Promise<unknown>): Promise<Left> {
    await restore();
    await world.reset(gauges);
    await prepareWorld?.(world);
    await work();
    return { ...(await world.traces(gauges)), tables: await checksums(test.database) };
  }

  const runOnce = (runId?: string): Promise<unknown> => run(world.activities(test.database, runId));

  beforeAll(async () => {
    test = await createTestDatabase();
    await prepare(test.database, world);
    restore = await snapshot(test.database);
    once = await leftBy(async () => {
      const watched = dyingDatabase(test.database);
      const result = await run(world.activities(watched.database));
      if (wakes !== undefined) expect(result).toMatchObject({ pendingAlerts: wakes });
      points = watched.points();
    });
  });
  afterAll(() => test.drop());

  it(`leaves ${leaves}`, async () => {
    const untouched = await leftBy(async () => undefined);
    if (leaves === 'nothing') expect(once).toEqual(untouched);
    else expect(once).not.toEqual(untouched);
  });

  it('leaves the same when it is run twice', async () => {
    const left = await leftBy(async () => {
      await runOnce();
      await runOnce();
    });
    expect(left).toEqual(once);
  });

  it('leaves the same, the run that computed it included, when another run repeats it', async () => {
    const left = await leftBy(async () => {
      await runOnce();
      await runOnce('another run');
    });
    expect(left).toEqual(once);
  });

  it('leaves the same when four run at once', async () => {
    const left = await leftBy(async () => {
      const tries = await Promise.allSettled([1, 2, 3, 4].map(() => runOnce()));
      // As Temporal does: what has failed is tried again.
      if (tries.some(({ status }) => status === 'rejected')) await runOnce();
    });
    expect(left).toEqual(once);
  });

  it('leaves the same when it dies at any point and is run again', async () => {
    for (let point = 1; point <= points; point += 1) {
      const left = await leftBy(async () => {
        const dying = dyingDatabase(test.database, point).database;
        await expect(run(world.activities(dying))).rejects.toThrow(Died);
        // The claim of a process that died counts for two minutes.
        await test.database.execute(
          `update alert_messages set claimed_at = claimed_at - interval '3 minutes'`,
        );
        await test.database.execute(
          `update report_deliveries set claimed_at = claimed_at - interval '3 minutes'`,
        );
        const result = await runOnce();
        if (wakes !== undefined) expect(result, `died at ${point}`).toMatchObject({ pendingAlerts: wakes });
      });
      const died = `died at point ${point} of ${points}`;
      // A message is sent again when nobody could note that it was sent. A mail server knows it by its id.
      expect({ ...left, slack: [...new Set(left.slack)] }, died).toEqual(once);
      expect(left.slack.length, died).toBeLessThanOrEqual(once.slack.length + 1);
    }
    // A drift run has 80 points, each with two runs and a database that is put back.
  }, 600_000);
});
