/**
 * Every activity may be repeated, run beside itself, die anywhere and lose its connections: what it leaves behind is the same. The
 * points of an activity are few, so each is tried; what processes do to each other is drawn, by default a little of it. All of it:
 * `npm run crashes`.
 */

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, type Database } from '../../sql/database.ts';
import { grantRoles, roles } from '../../sql/roles.ts';
import type { Checksum } from '../setup/checksums.ts';
import { checksums } from '../setup/checksums.ts';
import { snapshot } from '../setup/database-snapshot.ts';
import { openFate } from '../setup/fate.ts';
import { createLogin, urlAs } from '../setup/login.ts';
import { createTestDatabase, testServers } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import type { Traces, World } from './arrangement.ts';
import { openWorld } from './arrangement.ts';
import { cases } from './cases.ts';
import type { Case } from './cases.ts';
import { disturb, disturbances, oneFault } from './disturbances.ts';
import type { Disturbed } from './disturbances.ts';

const everything = process.env['CRASH_SEEDS'];
/** Disturbances drawn for each activity. */
const seeds = Number(everything ?? 2);
/** Points tried of each activity, the first and the last one included. */
const mostPoints = everything === undefined ? 6 : Number.POSITIVE_INFINITY;

/** Evenly spread from 1 to `points`. */
function triedPoints(points: number): number[] {
  const count = Math.min(points, mostPoints);
  return Array.from({ length: count }, (_, i) => 1 + Math.round((i * (points - 1)) / Math.max(1, count - 1)));
}

interface Left extends Traces {
  readonly tables: Record<string, Checksum>;
}

/** Of two runs that compete, either may be the first. */
const either = ['other-run', 'run'] as const;

let world: World;
let admin: Database;
/** Has the rights of a worker. */
let workerLogin: string;
beforeAll(async () => {
  world = await openWorld();
  admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
  const granted = await createTestDatabase();
  await grantRoles(granted.database);
  await granted.drop();
  workerLogin = await createLogin(admin, `in role ${roles.worker}`);
});
afterAll(async () => {
  await admin.execute(`drop role ${workerLogin}`);
  await admin.close();
  await world.stop();
});

it('knows every activity', async () => {
  const test = await createTestDatabase();
  const names = Object.keys(world.activities(test.database)).sort();
  await test.drop();
  expect([...new Set(cases.map(({ name }) => name.replace(/,.*/, '')))].sort()).toEqual(names);
});

describe.each(cases)('$name', (tested: Case) => {
  const { name, prepare, prepareTables, prepareWorld, run, wakes, leaves = 'something', notes } = tested;
  const gauges = name.startsWith('pushMetrics') ? 'gauges' : 'no gauges';
  let test: TestDatabase;
  let asWorker: Database;
  let restore: () => Promise<void>;
  let once: Left;
  /** The same whichever run has done it. */
  let onceByAny: Left;
  let points: number;

  /** Puts everything back to what it was before, works, and gives what is left behind. */
  async function leftBy(work: () => Promise<unknown>, alike?: typeof either): Promise<Left> {
    await restore();
    await prepareTables?.(test.database);
    await world.reset(gauges);
    await prepareWorld?.(world);
    await work();
    return { ...(await world.traces(gauges)), tables: await checksums(test.database, [], alike) };
  }

  /** @throws Error where it does not give back whom it must wake */
  async function runOnce(): Promise<void> {
    const result = await run(world.activities(test.database));
    if (wakes !== undefined) expect(result).toMatchObject({ pendingAlerts: wakes });
  }

  beforeAll(async () => {
    test = await createTestDatabase();
    // What is made from now on can be read by a worker, also what belongs to others.
    await grantRoles(test.database);
    asWorker = openDatabase({ url: urlAs(workerLogin, test.url), poolSize: 4 });
    await prepare(test.database, world);
    restore = await snapshot(test.database);
    once = await leftBy(runOnce);
    onceByAny = await leftBy(async () => {
      const fate = openFate();
      const process = await world.start(test.database, fate);
      await run(process.activities);
      await process.close();
      points = fate.points();
    }, either);
  });
  afterAll(async () => {
    await asWorker.close();
    await test.drop();
  });

  /** Whatever happens to it, the activity gets through in the end. */
  async function expectTheSame(work: () => Promise<Pick<Disturbed, 'faults'>>, said: string): Promise<void> {
    let faults = 0;
    const left = await leftBy(async () => {
      ({ faults } = await work());
      await runOnce();
    }, either);
    const slack = left.slack.map((message) => message.replaceAll(...either));
    // A message is sent again when nobody could note that it was sent. A mail server knows it by its id.
    expect(withoutNotes({ ...left, slack: [...new Set(slack)] }), said).toEqual(withoutNotes(onceByAny));
    expect(left.slack.length, said).toBeLessThanOrEqual(once.slack.length + faults);
  }
  const withoutNotes = ({ tables, ...traces }: Left): Left => ({
    ...traces,
    tables: Object.fromEntries(Object.entries(tables).filter(([table]) => table !== notes)),
  });

  it(`leaves ${leaves}`, async () => {
    const untouched = await leftBy(async () => undefined);
    if (leaves === 'nothing') expect(once).toEqual(untouched);
    else expect(once).not.toEqual(untouched);
  });

  it('leaves the same with the rights of a worker', async () => {
    expect(await leftBy(() => run(world.activities(asWorker)))).toEqual(once);
  });

  it.each(['run', 'other-run'])(
    'leaves the same, the run that computed it included, when it is repeated by %s',
    async (repeating) => {
      const left = await leftBy(async () => {
        await runOnce();
        await run(world.activities(test.database, repeating));
      });
      expect(left).toEqual(once);
    },
  );

  it('leaves the same when four run at once', async () => {
    const left = await leftBy(async () => {
      const tries = await Promise.allSettled([1, 2, 3, 4].map(() => run(world.activities(test.database))));
      // As Temporal does: what has failed is tried again.
      if (tries.some(({ status }) => status === 'rejected')) await runOnce();
    });
    expect(left).toEqual(once);
  });

  it.each(['dies', 'loses a connection'] as const)(
    'leaves the same when it %s at any point and is run again',
    async (kind) => {
      for (const at of triedPoints(points)) {
        await expectTheSame(async () => {
          const disturbed = await disturb(world, test.database, run, oneFault({ kind, at }));
          expect(disturbed.faults).toBe(1);
          return disturbed;
        }, `${kind} at point ${at} of ${points}`);
      }
    },
    // A drift run has 80 points, each with two runs and a database that is put back.
    600_000,
  );

  it(
    'leaves the same when several die and lose connections beside each other',
    async () => {
      await fc.assert(
        fc.asyncProperty(disturbances(points), (plan) =>
          expectTheSame(() => disturb(world, test.database, run, plan), 'disturbed'),
        ),
        { numRuns: seeds, endOnFailure: true },
      );
    },
    120_000 + seeds * 10_000,
  );
});
