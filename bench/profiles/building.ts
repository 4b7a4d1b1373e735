/**
 * How long does it take to count a value into a profile?
 *
 *     npx tsx bench/profiles/building.ts [--json]
 *
 * One million float64 values a shape, into the grid of 10,000 other values of the same shape.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import { buildContinuousGrid } from '../../core/profile/grid.ts';
import { createAccumulator } from '../../core/profile/profile.ts';
import { readOptions } from '../options.ts';
import { columnOf, shapes } from './shapes.ts';
import { machineText, timeOf } from './timing.ts';

const { json } = readOptions({ json: false });

const valueCount = 1_000_000;
const repetitions = 15;

const results = Object.entries(shapes).map(([shape, next]) => {
  const grid = buildContinuousGrid(columnOf(next, 10_000, 1));
  const values = columnOf(next, valueCount, 2);
  const { median, min } = timeOf(repetitions, () => createAccumulator(grid).addNumbers(values));
  const nanoseconds = (milliseconds: number): number => Math.round((milliseconds * 1e7) / valueCount) / 10;
  return { shape, cells: grid.edges.length + 1, nsPerValue: nanoseconds(median), best: nanoseconds(min) };
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, valueCount, repetitions, results }, undefined, 2));
} else {
  const table = new Table({
    head: ['shape', 'cells', 'ns a value (median)', 'best'],
    style: { head: [], border: [], compact: true },
  });
  for (const { shape, cells, nsPerValue, best } of results) table.push([shape, cells, nsPerValue, best]);
  console.log(`${machine}; ${valueCount} values, ${repetitions} repetitions, processor time`);
  console.log(table.toString());
}
