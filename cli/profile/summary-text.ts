/** A profile file as people and spreadsheets read it. */

import Table from 'cli-table3';

import type { ProfileFile } from '../profile-file.ts';
import {
  shares,
  type CategoricalSummary,
  type ColumnSummary,
  type ContinuousSummary,
} from './column-summary.ts';

const plain = { style: { head: [], border: [], compact: true } };
/** As many levels as a line shows. */
const levelsShown = 3;

/** A table of each kind of column, under a line that says what was profiled. */
export function summaryText(file: ProfileFile, summaries: readonly ColumnSummary[]): string {
  const continuous = summaries.filter((summary) => summary.kind === 'continuous');
  const categorical = summaries.filter((summary) => summary.kind === 'categorical');
  return [
    `${counted(file.rows, 'row')} of ${sourcesText(file.sources)}, ${counted(summaries.length, 'column')}; written by Tidewatch ${file.createdBy}`,
    ...(continuous.length > 0 ? [continuousTable(continuous), quantileNote] : []),
    ...(categorical.length > 0 ? [categoricalTable(categorical)] : []),
  ].join('\n');
}

const quantileNote = 'Quantiles are estimates; --json shows the bounds between which those of the rows lie.';

/** Comma-separated values, a line a column of the table; empty where a number does not apply. */
export function summaryCsv(summaries: readonly ColumnSummary[]): string {
  const ofShares = shares.map((share) => `p${share * 100}`);
  const head = ['column', 'kind', 'values', 'missing', 'invalid', 'constant', 'min'].concat(ofShares, [
    'max',
    'mean',
    'standard_deviation',
    'levels',
    'unseen',
    'most_frequent',
  ]);
  const lines = summaries.map((summary) => {
    const { column, kind, values, missing, invalid, constant } = summary;
    const shared = [column, kind, values, missing, invalid, constant];
    if (summary.kind === 'categorical') {
      const { levels, unseen } = summary;
      const nothing = ['', ...shares.map(() => ''), '', '', ''];
      return [...shared, ...nothing, levels.length, unseen, levels[0]?.level ?? ''];
    }
    return [...shared, ...numbersOf(summary).map((number) => number ?? ''), '', '', ''];
  });
  return [head, ...lines].map((line) => line.map(csvField).join(',')).join('\n');
}

function continuousTable(summaries: readonly ContinuousSummary[]): string {
  const ofShares = shares.map((share) => `${share * 100}%`);
  const head = ['column', 'values', 'missing', 'invalid', 'min', ...ofShares, 'max', 'mean', 'sd'];
  const table = new Table({ ...plain, head });
  for (const summary of summaries) {
    const { column, values, missing, invalid } = summary;
    const numbers = numbersOf(summary).map((number) => (number === undefined ? '-' : shortened(number)));
    table.push([column, values, missing, invalid, ...numbers]);
  }
  return table.toString();
}

function categoricalTable(summaries: readonly CategoricalSummary[]): string {
  const head = ['column', 'values', 'missing', 'invalid', 'unseen', 'levels', 'most frequent'];
  const table = new Table({ ...plain, head });
  for (const { column, values, missing, invalid, unseen, levels } of summaries) {
    const frequent = levels
      .slice(0, levelsShown)
      .map(({ level, count }) => `${level} ${shortened((100 * count) / values)}%`);
    const more = levels.length > levelsShown ? ['...'] : [];
    table.push([column, values, missing, invalid, unseen, levels.length, [...frequent, ...more].join(', ')]);
  }
  return table.toString();
}

/** Minimum, quantiles, maximum, mean and standard deviation; undefined without values. */
function numbersOf({ distribution }: ContinuousSummary): readonly (number | undefined)[] {
  if (distribution === null) return Array.from({ length: shares.length + 4 }, () => undefined);
  const { min, quantiles, max, mean, standardDeviation } = distribution;
  return [min, ...quantiles.map(({ value }) => value), max, mean, standardDeviation];
}

function sourcesText([first = 'no table', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${counted(others.length, 'other table')}`;
}

/** @example counted(2, 'row') // '2 rows' */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function csvField(field: string | number | boolean): string {
  const text = String(field);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
