/**
 * How often are two sides told apart on the same rows that do not differ (size, 5% is meant), and that do (power)?
 *
 *     npx tsx bench/comparison/certainty.ts [--repetitions 2000] [--json]
 *
 * Differences of rows, half of them common to the rows of an hour and carried to the next hour, by comparisons as they are made
 * (`certaintyOf`: days where there are seven, else cosines of hours), by cosines always, and by the spread that intervals of
 * metrics have. The difference to find is 2.8 standard deviations: who knew these would find 80%.
 */

import Table from 'cli-table3';

import { blockLengthOf, blockMs, type BlockLength } from '../../core/comparison/blocks.ts';
import { compareMeans, type ComparedBlock } from '../../core/comparison/compare-means.ts';
import { createSpreadOf } from '../../core/performance/intervals/spread.ts';
import { hourMs } from '../../core/window.ts';
import { readOptions } from '../options.ts';
import { createDraws, type Draws } from '../intervals/processes.ts';

const { repetitions, json } = readOptions({ repetitions: 2_000, json: false });
const significance = 0.05;

interface Hour {
  readonly rows: number;
  readonly sum: number;
}

const traffics: Readonly<Record<string, (hour: number, draws: Draws) => number>> = {
  'as many rows in every hour': () => 10,
  'more rows by day': (hour, { poisson }) =>
    poisson(10 * (1 + 0.9 * Math.sin((2 * Math.PI * (hour % 24)) / 24))),
  'few hours with most rows': (_, { normal }) => Math.ceil(10 * Math.exp(1.2 * normal())),
};

function makeHours(count: number, correlation: number, traffic: string, draws: Draws): readonly Hour[] {
  let shock = draws.normal();
  return Array.from({ length: count }, (_, hour) => {
    shock = correlation * shock + Math.sqrt(1 - correlation ** 2) * draws.normal();
    const rows = traffics[traffic]!(hour, draws);
    return { rows, sum: rows * shock + Math.sqrt(rows) * draws.normal() };
  });
}

const shifted = (hours: readonly Hour[], by: number): readonly Hour[] =>
  hours.map(({ rows, sum }) => ({ rows, sum: sum + by * rows }));

/** Does it tell the sides apart, at 5%? */
const tests: Readonly<Record<string, (hours: readonly Hour[]) => boolean>> = {
  'as compared': (hours) => isCertain(hours, blockLengthOf({ start: 0, end: hours.length * hourMs })),
  'cosines of hours': (hours) => isCertain(hours, 'hour'),
  'spread of metrics': (hours) => {
    const rows = hours.reduce((total, hour) => total + hour.rows, 0);
    const mean = meanOf(hours);
    const deviations = Float64Array.from(hours, (hour) => (hour.sum - mean * hour.rows) / rows);
    const spreadOf = createSpreadOf(hours.map((_, hour) => hour * hourMs));
    const spread = spreadOf(
      deviations,
      Float64Array.from(hours, (hour) => hour.rows),
    );
    return spread !== undefined && Math.abs(mean) > spread.halfWidth;
  },
};

function isCertain(hours: readonly Hour[], length: BlockLength): boolean {
  const hoursOfBlock = blockMs(length) / hourMs;
  const blocks: ComparedBlock[] = [];
  for (let start = 0; start < hours.length; start += hoursOfBlock) {
    const own = hours.slice(start, start + hoursOfBlock);
    const rows = own.reduce((total, hour) => total + hour.rows, 0);
    const sum = own.reduce((total, hour) => total + hour.sum, 0);
    blocks.push({ subject: { rows, sum }, against: { rows, sum: 0 } });
  }
  const found = compareMeans(blocks, { length });
  return 'certainty' in found && 'pValue' in found.certainty && found.certainty.pValue <= significance;
}

const meanOf = (hours: readonly Hour[]): number =>
  hours.reduce((total, { sum }) => total + sum, 0) / hours.reduce((total, { rows }) => total + rows, 0);

const cases = [24, 7 * 24, 28 * 24].flatMap((hours) =>
  [0, 0.5, 0.8].flatMap((correlation) =>
    Object.keys(traffics).map((traffic) => ({ hours, correlation, traffic })),
  ),
);
const results = cases.map(({ hours, correlation, traffic }, index) => {
  const draws = createDraws(1 + index);
  const made = Array.from({ length: repetitions }, () => makeHours(hours, correlation, traffic, draws));
  const scatter = Math.sqrt(made.reduce((sum, own) => sum + meanOf(own) ** 2, 0) / repetitions);
  const difference = 2.8 * scatter;
  const found = Object.entries(tests).map(([test, isApart]) => {
    const share = (by: number): number =>
      made.filter((own) => isApart(shifted(own, by))).length / repetitions;
    return [test, { size: share(0), power: share(difference) }] as const;
  });
  return { days: hours / 24, correlation, traffic, found: Object.fromEntries(found) };
});

if (json) {
  console.log(JSON.stringify({ repetitions, results }, undefined, 2));
} else {
  const names = Object.keys(tests);
  const table = new Table({
    head: ['days', 'AR(1)', 'rows', ...names.flatMap((name) => [`${name}: size`, 'power'])],
    style: { head: [], border: [], compact: true },
  });
  for (const { days, correlation, traffic, found } of results) {
    const shares = names.flatMap((name) => [found[name]!.size, found[name]!.power]);
    table.push([days, correlation, traffic, ...shares.map((share) => `${(100 * share).toFixed(1)}%`)]);
  }
  console.log(table.toString());
}
