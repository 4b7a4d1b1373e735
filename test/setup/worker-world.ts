/** What the tests of a file work in, when they need a real worker. */

import { afterAll, beforeAll } from 'vitest';

import { startTestChannels, type TestChannels } from './channels.ts';
import type { TestDatabase } from './servers.ts';
import { startTestWorker, type TestWorker } from './worker.ts';
import { useDatabase, type Tables } from './world.ts';

/** A worker on a database of its own. */
export function useWorker(tables: Tables): TestDatabase & { readonly worker: TestWorker } {
  const world = useDatabase(tables) as TestDatabase & { worker: TestWorker };
  beforeAll(async () => {
    world.worker = await startTestWorker(world.database);
  });
  afterAll(() => world.worker.stop());
  return world;
}

interface ToldWorld extends TestDatabase {
  worker: TestWorker;
  channels: TestChannels;
}

/** The same, that tells people through Slack and SMTP on loopback. */
export function useWorkerWithChannels(tables: Tables): Readonly<ToldWorld> {
  const world = useDatabase(tables) as ToldWorld;
  beforeAll(async () => {
    world.channels = await startTestChannels();
    world.worker = await startTestWorker(world.database, { channels: world.channels.channels });
  });
  afterAll(async () => {
    await world.worker.stop();
    await world.channels.stop();
  });
  return world;
}
