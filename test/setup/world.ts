/** What the tests of a file work in: filled in before the first of them, ended after the last. */

import { afterAll, beforeAll, beforeEach } from 'vitest';

import type { Activities } from '../../activities/index.ts';
import { activitiesOn } from './activities.ts';
import { emptyTables } from './database-snapshot.ts';
import { createTestDatabase, type TestDatabase } from './servers.ts';

/** What a test finds in the tables: nothing, or what the tests before it have left. */
export type Tables = 'empty for each test' | 'shared by all tests';

/** A migrated database of its own. */
export function useDatabase(tables: Tables): TestDatabase {
  const world = {} as TestDatabase;
  beforeAll(async () => {
    Object.assign(world, await createTestDatabase());
  });
  afterAll(() => world.drop());
  if (tables === 'empty for each test') beforeEach(() => emptyTables(world.database));
  return world;
}

/** The same, with the activities on it, called as functions. */
export function useActivities(tables: Tables): TestDatabase & { readonly activities: Activities } {
  const world = useDatabase(tables) as TestDatabase & { activities: Activities };
  beforeAll(() => {
    world.activities = activitiesOn(world.database);
  });
  return world;
}
