/** A profile file as people and spreadsheets read it. */

import Table from 'cli-table3';

import type { Screen } from '../paint.ts';
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
export function summaryText(file: ProfileFile, summaries: readonly ColumnSummary[], screen: Screen): string {
  const continuous = summaries.filter((summary) => summary.kind === 'continuous');
  const categorical = summaries.filter((summary) => summary.kind === 'categorical');
  return [
    `${counted(file.rows, 'row')} of ${sourcesText(file.sources)}, ${counted(summaries.length, 'column')}; written by Tidewatch ${file.createdBy}`,
    ...(continuous.length > 0 ? [continuousTable(continuous, screen), quantileNote] : []),
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
    return [...shared, ...numbersOf(summary, shares).map((number) => number ?? ''), '', '', ''];
  });
  return [head, ...lines].map((line) => line.map(csvField).join(',')).join('\n');
}

/** On a screen that is too narrow for all numbers, without the number of values and with the median only. */
function continuousTable(summaries: readonly ContinuousSummary[], { columns }: Screen): string {
  const whole = drawContinuous(summaries, shares, ['values', 'missing', 'invalid']);
  const isNarrow = whole.indexOf('\n') > columns;
  return isNarrow ? drawContinuous(summaries, [0.5], ['missing', 'invalid']) : whole;
}

function drawContinuous(
  summaries: readonly ContinuousSummary[],
  shown: readonly number[],
  counts: readonly ('values' | 'missing' | 'invalid')[],
): string {
  const ofShares = shown.map((share) => `${share * 100}%`);
  const table = new Table({
    ...plain,
    head: ['column', ...counts, 'min', ...ofShares, 'max', 'mean', 'sd'],
  });
  for (const summary of summaries) {
    const numbers = numbersOf(summary, shown).map((number) =>
      number === undefined ? '-' : shortened(number),
    );
    table.push([summary.column, ...counts.map((count) => summary[count]), ...numbers]);
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
function numbersOf(
  { distribution }: ContinuousSummary,
  shown: readonly number[],
): readonly (number | undefined)[] {
  if (distribution === null) return Array.from({ length: shown.length + 4 }, () => undefined);
  const { min, quantiles, max, mean, standardDeviation } = distribution;
  const values = quantiles.filter(({ share }) => shown.includes(share)).map(({ value }) => value);
  return [min, ...values, max, mean, standardDeviation];
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
