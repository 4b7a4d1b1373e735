/**
 * How often does a 95% interval hold the truth? Made outcomes whose truth is known, by metric, number of rows and dependence.
 *
 *     npx tsx bench/intervals/coverage.ts [--repetitions 1000] [--subjects regression] [--windows 50,500] [--dependences .5,.8]
 *         [--metrics rmse,mae] [--seed 1] [--json file]
 *
 * Several processes share the work by taking other windows or dependences each; `--read a.json,b.json` joins what they wrote.
 */

import { readFileSync, writeFileSync } from 'node:fs';

import { readOptions } from '../options.ts';
import { coverageOf, outOfRange, type Cell } from './cells.ts';
import { whyOutOfRange } from './reasons.ts';
import { dependences, subjects, windows } from './processes.ts';

const options = readOptions({
  repetitions: 1_000,
  subjects: String,
  windows: String,
  dependences: String,
  metrics: String,
  seed: 1,
  json: String,
  read: String,
});

function wanted<Item>(
  items: readonly Item[],
  list: string | undefined,
  nameOf: (item: Item) => string,
): Item[] {
  return items.filter((item) => list === undefined || list.split(',').includes(nameOf(item)));
}

function simulate(): readonly Cell[] {
  const cells: Cell[] = [];
  for (const window of wanted(windows, options.windows, ({ name }) => name)) {
    for (const dependence of wanted(dependences, options.dependences, ({ name }) => name)) {
      for (const subject of wanted(subjects, options.subjects, (name) => name)) {
        const found = coverageOf(subject, window, dependence, options.repetitions, options.seed);
        cells.push(...wanted(found, options.metrics, ({ metric }) => metric));
        if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(cells));
      }
    }
  }
  return cells;
}

const cells =
  options.read === undefined
    ? simulate()
    : options.read.split(',').flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Cell[]);

/** Coverage in percent, and the mean half width as a share of the truth; bold where it is not 93 to 97. */
function text(cell: Cell | undefined): string {
  if (cell === undefined || cell.given === 0) return '';
  const coverage = (100 * cell.covered) / cell.given;
  const refused = cell.repetitions - cell.given;
  const number = outOfRange(cell) ? `**${coverage.toFixed(1)}**` : coverage.toFixed(1);
  const width = cell.halfWidth / cell.given / Math.abs(cell.truth);
  return `${number} ±${(100 * width).toPrecision(2)}%${refused > 0 ? ` (${((100 * refused) / cell.repetitions).toFixed(0)}% none)` : ''}`;
}

for (const subject of subjects) {
  const own = cells.filter((cell) => cell.subject === subject);
  for (const window of windows.filter(({ name }) => own.some((cell) => cell.window === name))) {
    const here = own.filter((cell) => cell.window === window.name);
    const columns = dependences.filter(({ name }) => here.some((cell) => cell.dependence === name));
    console.log(`\n${subject}, ${window.words}\n`);
    console.log(`| metric | ${columns.map(({ words }) => words).join(' | ')} |`);
    console.log(`|---|${columns.map(() => '---|').join('')}`);
    for (const metric of new Set(here.map((cell) => cell.metric))) {
      const row = columns.map(({ name }) =>
        text(here.find((cell) => cell.metric === metric && cell.dependence === name)),
      );
      console.log(`| ${metric} | ${row.join(' | ')} |`);
    }
  }
}
const misses = cells.filter(outOfRange);
console.log(
  `\n${misses.length} of ${cells.filter(({ given }) => given > 0).length} cells are out of 93 to 97\n`,
);
for (const why of new Set(misses.map(whyOutOfRange))) {
  const missed = misses.filter((cell) => whyOutOfRange(cell) === why);
  console.log(`- ${why} (${missed.length})`);
  for (const row of new Set(missed.map(rowOf))) {
    const each = missed
      .filter((cell) => rowOf(cell) === row)
      .map(({ metric, covered, given }) => `${metric} ${((100 * covered) / given).toFixed(1)}`);
    console.log(`  - ${row}: ${each.join(', ')}`);
  }
}

function rowOf({ subject, window, dependence }: Cell): string {
  const { words } = dependences.find(({ name }) => name === dependence)!;
  return `${subject}, ${window === 'day' ? 'one day' : `${Number(window).toLocaleString('en')} rows`}, ${words}`;
}
