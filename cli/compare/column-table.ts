/** The columns of a report as a table that fits on a screen. */

import Table from 'cli-table3';

import { formatCount, formatNumber } from '../../console/numbers.ts';
import { formatPValue } from '../../core/number-text.ts';
import type { Sides } from '../../core/statistics/comparison.ts';
import { methodNames, methodOf } from '../../core/statistics/registry.ts';
import type { Level } from '../../core/verdict.ts';
import type { Color, Screen } from '../paint.ts';
import type { ColumnReport, StatisticReport } from './report.ts';

export const colors: Readonly<Record<Level, Color>> = {
  critical: 'red',
  warning: 'yellow',
  'insufficient-data': 'cyan',
  ok: 'green',
};

export const plain = { style: { head: [], border: [], compact: true } };
/** Names are not cut shorter than this. */
const shortestName = 12;

/** What stands below one head. */
interface Shown {
  readonly head: string;
  readonly cell: (column: ColumnReport) => string;
}

/**
 * A row a column, with the best known statistics and those that decide; on a screen that is too narrow with the deciding
 * ones only, and where that is still too wide, with shorter names.
 */
export function columnTable(columns: readonly ColumnReport[], screen: Screen): string {
  const first: readonly Shown[] = [
    { head: 'column', cell: ({ column }) => column },
    { head: 'verdict', cell: ({ verdict }) => screen.paint(colors[verdict], verdict) },
    { head: 'p', cell: pValueText },
  ];
  const gaps: readonly Shown[] = [
    { head: 'missing', cell: ({ missing }) => countsText(missing) },
    { head: 'invalid', cell: ({ invalid }) => countsText(invalid) },
  ];
  const last = gaps.filter(({ cell }) => columns.some((column) => cell(column) !== ''));
  const whole = draw(columns, [...first, ...statisticsOf(columns, screen), ...last]);
  if (widthOf(whole) <= screen.columns) return whole;
  const decisive = [...first, { head: 'decided by', cell: decisiveText }, ...last];
  const narrow = draw(columns, decisive);
  const excess = widthOf(narrow) - screen.columns;
  if (excess <= 0) return narrow;
  const longest = draw(columns, first.slice(0, 1)).indexOf('\n') - 2;
  return draw(columns, decisive, Math.max(shortestName, longest - excess));
}

function draw(columns: readonly ColumnReport[], shown: readonly Shown[], nameWidth?: number): string {
  const table = new Table({
    ...plain,
    head: shown.map(({ head }) => head),
    ...(nameWidth !== undefined && { colWidths: [nameWidth] }),
  });
  for (const column of columns) table.push(shown.map(({ cell }) => cell(column)));
  return table.toString();
}

/** The first line is a border. */
function widthOf(table: string): number {
  return table.indexOf('\n');
}

/** Of the many methods: the best known ones, and those that decide. JSON has all. */
const bestKnown = ['ks', 'wasserstein', 'psi', 'jensenShannon', 'chiSquared'];

function statisticsOf(columns: readonly ColumnReport[], { paint }: Screen): Shown[] {
  const isShown = (key: string): boolean =>
    columns.some(
      ({ statistics, decidedBy }) => key in statistics && (bestKnown.includes(key) || key === decidedBy),
    );
  return methodNames
    .map(methodOf)
    .filter(({ key }) => isShown(key))
    .map(({ key, label }) => ({
      head: label,
      cell: ({ statistics, decidedBy }) => {
        const text = statisticText(statistics[key]);
        return key === decidedBy ? paint('bold', `${text} *`) : text;
      },
    }));
}

function decisiveText({ decidedBy, statistics }: ColumnReport): string {
  const method = methodNames.map(methodOf).find(({ key }) => key === decidedBy);
  return method === undefined ? '' : `${method.label} ${statisticText(statistics[method.key])}`;
}

/**
 * What the star stands for: the methods that decide, each with the number from which on it matters.
 *
 * @param alpha The limit of p; absent where other rules hold.
 */
export function decidingLine(
  columns: readonly ColumnReport[],
  alpha: number | undefined,
): string | undefined {
  if (alpha === undefined)
    return columns.some(({ decidedBy }) => decidedBy !== undefined) ? '* decides' : undefined;
  const judged = columns.filter(({ threshold }) => threshold === undefined);
  const floors = methodNames
    .map(methodOf)
    .filter(({ key }) => judged.some(({ decidedBy }) => decidedBy === key))
    .map(({ label, floors, unit }) => `${label} from ${floors.warning}${unit} on`);
  const limits = columns
    .filter(({ threshold }) => threshold !== undefined)
    .map(({ column, threshold }) => `${column} by its limit ${threshold}`);
  const how = [...(floors.length > 0 ? [`p at most ${alpha} and ${floors.join(', ')}`] : []), ...limits];
  return how.length === 0 ? undefined : `* decides: ${how.join('; ')}`;
}

/** An empty cell is a method for the other kind, a dash one that could not be computed. */
function statisticText(report: StatisticReport | undefined): string {
  if (report === undefined) return '';
  if ('notComputable' in report) return '-';
  const { statistic, normalized, errorBound } = report;
  const [value, unit] = normalized === undefined ? [statistic, ''] : [normalized, ' sd'];
  if (errorBound === undefined || errorBound === 0) return `${formatNumber(value)}${unit}`;
  // The bound is in the unit of the statistic.
  const bound = statistic === 0 ? undefined : (errorBound * value) / statistic;
  return bound === undefined
    ? `${formatNumber(statistic)} ±${formatNumber(errorBound)}`
    : `${formatNumber(value)} ±${formatNumber(bound)}${unit}`;
}

/** After the correction for all columns, where there was one. */
function pValueText({ adjustedPValue, decidedBy, statistics }: ColumnReport): string {
  const deciding = decidedBy === undefined ? undefined : statistics[decidedBy];
  const own = deciding === undefined || 'notComputable' in deciding ? undefined : deciding.pValue;
  const pValue = adjustedPValue ?? own;
  return pValue === undefined ? '' : formatPValue(pValue);
}

function countsText(counts: Sides<number> | undefined): string {
  if (counts === undefined || counts.reference + counts.current === 0) return '';
  return `${formatCount(counts.reference)}, ${formatCount(counts.current)}`;
}
