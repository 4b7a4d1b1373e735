/** Two Parquet files of many columns of mixed shapes, the same in every run. */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

export interface TablePair {
  readonly reference: string;
  readonly current: string;
}

const bell = 'sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())';

/** SQL of a value; `shift` moves it. */
const shapes: readonly ((shift: number) => string)[] = [
  (shift) => `${bell} + ${shift}`,
  // Long tails, as of prices and durations.
  (shift) => `exp(${bell} + ${shift})`,
  (shift) => `random() + ${shift}`,
  // Counts.
  (shift) => `floor(random() * 1000 + 100 * ${shift})::integer`,
  // Rounded, with gaps.
  (shift) => `case when random() < 0.05 then null else round((${bell} + ${shift}) * 10 + 50, 1) end`,
  // Mostly zero, as rain.
  (shift) => `case when random() < 0.7 then 0 else exp(${bell} + ${shift}) end`,
  // Far from 0.
  (shift) => `1e6 + ${bell} + ${shift}`,
];
/** Every n-th column moves a little. */
const everyMoved = 5;

/** The files in this directory, written unless they are there. Cost: 20 s for two million rows of 50 columns. */
export async function makeTables(directory: string, rows: number, columns: number): Promise<TablePair> {
  await mkdir(directory, { recursive: true });
  const pathOf = (side: string): string => join(directory, `${side}-${rows}x${columns}.parquet`);
  const pair = { reference: pathOf('reference'), current: pathOf('current') };
  if (await isThere(pair.current)) return pair;
  // One thread, or the random numbers would be dealt out differently.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const [side, seed, moved] of [
    ['reference', 0.1, 0],
    ['current', 0.2, 0.1],
  ] as const) {
    const expressions = Array.from({ length: columns }, (_, i) => {
      const shift = i % everyMoved === 0 ? moved : 0;
      return `${shapes[i % shapes.length]!(shift)} as c${i}`;
    });
    await connection.run(`select setseed(${seed})`);
    await connection.run(`copy (select ${expressions.join(', ')} from range(${rows})) to '${pair[side]}'`);
  }
  connection.closeSync();
  instance.closeSync();
  return pair;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
