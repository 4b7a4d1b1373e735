/** Every activity may be repeated, run beside itself, and die anywhere: what it leaves behind is the same. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Checksum } from '../setup/checksums.ts';
import { checksums } from '../setup/checksums.ts';
import type { DatabaseTemplate } from '../setup/database-copies.ts';
import { databaseTemplate } from '../setup/database-copies.ts';
import { Died, dyingDatabase } from '../setup/dying-database.ts';
import type { TestDatabase } from '../setup/servers.ts';
import type { Database } from '../../sql/database.ts';
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

describe.each(cases)('$name', ({ prepare, prepareWorld, run, wakes }: Case) => {
  let template: DatabaseTemplate;
  let once: Left;
  let points: number;

  /** Runs on a fresh copy, and gives what is left behind. */
  async function leftBy(work: (database: Database) => Promise<unknown>): Promise<Left> {
    const test: TestDatabase = await template.copy();
    try {
      await world.reset();
      await prepareWorld?.(world);
      await work(test.database);
      return { ...(await world.traces()), tables: await checksums(test.database) };
    } finally {
      await test.drop();
    }
  }

  /** As Temporal does: what has failed is tried again, by the same run. */
  async function again(database: Database): Promise<unknown> {
    // A claim of a process that died counts for two minutes.
    await database.execute(`update alert_deliveries set claimed_at = claimed_at - interval '3 minutes'`);
    return run(world.activities(database));
  }

  beforeAll(async () => {
    template = await databaseTemplate((database) => prepare(database, world));
    once = await leftBy(async (database) => {
      const watched = dyingDatabase(database);
      const result = await run(world.activities(watched.database));
      if (wakes !== undefined) expect(result).toMatchObject({ pendingAlerts: wakes });
      points = watched.points();
    });
  });
  afterAll(() => template.drop());

  it('does something', async () => {
    expect(once).not.toEqual(await leftBy(async () => undefined));
  });

  it('leaves the same when it is run twice', async () => {
    expect(
      await leftBy(async (database) => {
        await run(world.activities(database));
        await run(world.activities(database));
      }),
    ).toEqual(once);
  });

  it('leaves the same, the run that computed it included, when another run repeats it', async () => {
    expect(
      await leftBy(async (database) => {
        await run(world.activities(database));
        await run(world.activities(database, 'another run'));
      }),
    ).toEqual(once);
  });

  it('leaves the same when four run at once', async () => {
    expect(
      await leftBy(async (database) => {
        const tries = await Promise.allSettled([1, 2, 3, 4].map(() => run(world.activities(database))));
        if (tries.some(({ status }) => status === 'rejected')) await run(world.activities(database));
      }),
    ).toEqual(once);
  });

  it('leaves the same when it dies at any point and is run again', async () => {
    for (let point = 1; point <= points; point += 1) {
      const left = await leftBy(async (database) => {
        await expect(run(world.activities(dyingDatabase(database, point).database))).rejects.toThrow(Died);
        const result = await again(database);
        if (wakes !== undefined) expect(result, `died at ${point}`).toMatchObject({ pendingAlerts: wakes });
      });
      expect(left, `died at point ${point} of ${points}`).toEqual(once);
    }
  });
});
