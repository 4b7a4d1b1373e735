/** What the tests of pages work in: filled in before the first of them, ended after the last. */

import { beforeAll } from 'vitest';

import type { Database } from '../../sql/database.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { useDatabase } from '../setup/world.ts';
import { openTestConsole, textOf, type TestConsole } from './console-world.ts';

export interface ConsoleWorld extends TestDatabase, TestConsole {
  /** A page, or a file, as it is sent. */
  page(path: string): Promise<string>;
  /** The texts of a page. */
  text(path: string): Promise<string>;
}

/** A console over a database of its own, into which `fill` puts what its pages are to show. */
export function useConsole(fill: (database: Database) => Promise<void> = async () => {}): ConsoleWorld {
  const world = useDatabase('shared by all tests') as ConsoleWorld;
  beforeAll(async () => {
    const console = await openTestConsole(world.database);
    const page = async (path: string): Promise<string> => (await console.get(path)).text();
    Object.assign(world, console, { page, text: async (path: string) => textOf(await page(path)) });
    await fill(world.database);
  });
  return world;
}
