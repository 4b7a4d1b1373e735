/** Tables that a test makes with DuckDB itself, in a directory of its own. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

export interface MadeTables {
  readonly directory: string;
  /** Writes the rows of a query; the extension of the name chooses CSV or Parquet. */
  write(name: string, query: string): Promise<string>;
  /** Writes a file as it is. */
  writeText(name: string, content: string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

/** A new directory for tables. The random numbers of DuckDB are seeded: a query always gives the same rows. */
export async function makeTables(): Promise<MadeTables> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-test-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  return {
    directory,
    write: async (name, query) => {
      const path = join(directory, name);
      await connection.run('select setseed(0.5)');
      await connection.run(`copy (${query}) to '${path}'`);
      return path;
    },
    writeText: async (name, content) => {
      const path = join(directory, name);
      await writeFile(path, content);
      return path;
    },
    remove: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
