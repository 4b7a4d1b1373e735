/** Parquet files as other programs write them. */

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

/** Writes the rows of a query of DuckDB to a Parquet file. */
export async function writeParquet(path: string, query: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${query}) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}
