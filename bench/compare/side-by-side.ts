/**
 * How long do whole processes take that compare two Parquet files, side by side?
 *
 *     npm run build
 *     sh bench/make-peers-venv.sh <venv>
 *     npx tsx bench/compare/side-by-side.ts --venv <venv> [--rows 1000000] [--columns 50] [--repetitions 5]
 *         [--evidently 1] [--only tidewatch,numpy] [--directory <directory>] [--json]
 *
 * Every contestant runs once a round, in turns, so that a busy machine is busy for all; `--evidently` is the number of its
 * runs (6 minutes each; 0 leaves it out). Numbers that should be equal are held against each other.
 */

import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import Table from 'cli-table3';

import type { ComparisonReport } from '../../cli/compare/report.ts';
import { readOptions } from '../options.ts';
import { runProcess, type ProcessRun } from './process-run.ts';
import { makeTables } from './tables.ts';

const {
  rows: rowCount,
  columns,
  repetitions,
  ...options
} = readOptions({
  venv: String,
  rows: 1_000_000,
  columns: 50,
  repetitions: 5,
  evidently: 1,
  only: String,
  directory: join(tmpdir(), 'tidewatch-bench-tables'),
  json: false,
});

const { reference, current } = await makeTables(options.directory, rowCount, columns);
const tidewatch = [
  process.execPath,
  'dist/cli/tidewatch.js',
  'compare',
  '-r',
  reference,
  '-c',
  current,
  '--json',
];
const profile = `${reference}.profile`;
const againstProfile = [...tidewatch.slice(0, 3), '--profile', profile, '-c', current, '--json'];
const peer = (script: string, ...parameters: string[]): string[] => [
  join(options.venv ?? '', 'bin', 'python'),
  join('bench/compare/peers', script),
  reference,
  current,
  ...parameters,
];

interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly runs: number;
  /** The keys of the statistics in the order that it prints them, where they are exact. */
  readonly exact?: readonly string[];
}

const four = ['ks', 'wasserstein', 'psi', 'jensenShannon'];
const contestants: readonly Contestant[] = [
  { name: 'tidewatch', command: [...tidewatch, '--statistics', four.join(',')], runs: repetitions },
  { name: 'tidewatch, all 11 statistics', command: tidewatch, runs: repetitions },
  {
    name: 'tidewatch, stored profile',
    command: [...againstProfile, '--statistics', four.join(',')],
    runs: repetitions,
  },
  { name: 'tidewatch, start-up', command: [...tidewatch.slice(0, 3), '--help'], runs: repetitions },
  ...(options.venv === undefined
    ? []
    : [
        { name: 'numpy', command: peer('numpy_four.py', '1'), runs: repetitions, exact: four },
        {
          name: `numpy, ${availableParallelism()} processes`,
          command: peer('numpy_four.py', String(availableParallelism())),
          runs: repetitions,
          exact: four,
        },
        { name: 'scipy KS', command: peer('scipy_ks.py'), runs: repetitions, exact: ['ks'] },
        { name: 'NannyML KS', command: peer('nannyml_ks.py'), runs: repetitions },
        { name: 'Evidently', command: peer('evidently_default.py'), runs: options.evidently },
      ]),
].filter(({ name }) => options.only?.split(',').some((only) => name.startsWith(only)) ?? true);

await runProcess([...tidewatch.slice(0, 2), 'profile', 'write', reference, '--output', profile]);

const runs = new Map<string, ProcessRun[]>(contestants.map(({ name }) => [name, []]));
for (let round = 0; round < Math.max(...contestants.map(({ runs }) => runs)); round += 1) {
  for (const { name, command, runs: wanted } of contestants) {
    if (round >= wanted) continue;
    console.error(`round ${round + 1}: ${name}`);
    runs.get(name)!.push(await runProcess(command));
  }
}

const first = runs.get('tidewatch')?.[0];
const rows = contestants.flatMap(({ name, exact }) => {
  const found = runs.get(name)!;
  if (found.length === 0) return [];
  const seconds = medianOf(found.map((run) => run.seconds));
  return [
    {
      name,
      runs: found.length,
      seconds,
      fastest: Math.min(...found.map((run) => run.seconds)),
      slowest: Math.max(...found.map((run) => run.seconds)),
      cpuSeconds: medianOf(found.map((run) => run.cpuSeconds)),
      peakMegabytes: Math.max(...found.map((run) => run.peakMegabytes)),
      ...(first !== undefined && {
        ratio: seconds / medianOf(runs.get('tidewatch')!.map((run) => run.seconds)),
      }),
      ...(first !== undefined &&
        exact !== undefined && {
          largestDifference: largestDifference(first.output, found[0]!.output, exact),
        }),
    },
  ];
});

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node.js ${process.version}`;
if (options.json) {
  console.log(JSON.stringify({ machine, rows: rowCount, columns, results: rows }, undefined, 2));
} else {
  const head = [
    '',
    'runs',
    'median s',
    'fastest',
    'slowest',
    'times as long',
    'CPU s',
    'peak MB',
    'largest difference',
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const row of rows) {
    table.push([
      row.name,
      row.runs,
      row.seconds.toFixed(2),
      row.fastest.toFixed(2),
      row.slowest.toFixed(2),
      row.ratio?.toFixed(2) ?? '',
      row.cpuSeconds.toFixed(1),
      Math.round(row.peakMegabytes),
      row.largestDifference?.toExponential(1) ?? '',
    ]);
  }
  console.log(`${rowCount} rows x ${columns} columns a side; ${machine}`);
  console.log(table.toString());
}

/** Of all statistics of all columns, relative to the larger of both. */
function largestDifference(ours: string, theirs: string, keys: readonly string[]): number {
  const report = JSON.parse(ours) as ComparisonReport;
  const other = JSON.parse(theirs) as Record<string, number[]>;
  const differences = report.columns.flatMap(({ column, statistics }) =>
    keys.map((key, i) => {
      const found = statistics[key];
      const [a, b] = [
        found !== undefined && 'statistic' in found ? found.statistic : NaN,
        other[column]?.[i] ?? NaN,
      ];
      return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
    }),
  );
  return Math.max(...differences);
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
