/** The report as a terminal shows it. */

import Table from 'cli-table3';

import { formatCount, formatNumber } from '../../console/numbers.ts';
import { formatPValue } from '../../core/number-text.ts';
import { methodNames, methodOf } from '../../core/statistics/registry.ts';
import { metricTable, metricText } from '../../core/performance/metrics.ts';
import type { Computed, Level } from '../../core/verdict.ts';
import { paint, type Color } from '../paint.ts';
import type { PerformanceReport } from './performance.ts';
import type { ColumnReport, ComparisonReport, ExpectationsReport, StatisticReport } from './report.ts';

const colors: Readonly<Record<Level, Color>> = {
  critical: 'red',
  warning: 'yellow',
  'insufficient-data': 'cyan',
  ok: 'green',
};
const seriousness: readonly Level[] = ['critical', 'warning', 'insufficient-data', 'ok'];
const plain = { style: { head: [], border: [], compact: true } };

/** The verdict on all columns, a table of them with the serious ones first, and the reason for each that is not ok. */
export function reportText(report: ComparisonReport): string {
  const { reference, current, dataset, performance, expectations, compat } = report;
  const columns = [...report.columns].sort(
    (a, b) => seriousness.indexOf(a.verdict) - seriousness.indexOf(b.verdict),
  );
  const notable = columns.filter(({ verdict }) => verdict !== 'ok');
  return [
    `reference  ${reference.file}  ${formatCount(reference.rows)} rows`,
    `current    ${current.file}  ${formatCount(current.rows)} rows`,
    ...(compat === undefined ? [] : ['by the rules of Evidently']),
    '',
    columnTable(columns),
    ...notable.map(({ column, verdict, reason }) => `${paint(colors[verdict], column)}: ${reason}`),
    ...(performance === undefined
      ? []
      : ['', performanceTable(performance), ...performanceNotes(performance)]),
    ...(expectations === undefined ? [] : ['', ...expectationLines(expectations)]),
    '',
    `${paint(colors[dataset.verdict], dataset.verdict)}: ${dataset.reason}`,
  ].join('\n');
}

function columnTable(columns: readonly ColumnReport[]): string {
  const methods = methodNames
    .map(methodOf)
    .filter(({ key }) => columns.some((column) => isShown(key, column)));
  const head = ['column', 'verdict', 'p', ...methods.map(({ label }) => label), 'missing'];
  const table = new Table({ ...plain, head });
  for (const { column, verdict, adjustedPValue, statistics, decidedBy, missing } of columns) {
    table.push([
      column,
      paint(colors[verdict], verdict),
      adjustedPValue === undefined ? '' : formatPValue(adjustedPValue),
      ...methods.map(({ key }) => {
        const text = statisticText(statistics[key]);
        return key === decidedBy ? paint('bold', text) : text;
      }),
      missing === undefined || missing.reference + missing.current === 0
        ? ''
        : `${formatCount(missing.reference)}, ${formatCount(missing.current)}`,
    ]);
  }
  return table.toString();
}

/** Of the many methods: the best known ones, and those that decide. JSON has all. */
const shown = ['ks', 'wasserstein', 'psi', 'jensenShannon', 'chiSquared'];

function isShown(key: string, { statistics, decidedBy }: ColumnReport): boolean {
  return key in statistics && (shown.includes(key) || key === decidedBy);
}

/** An empty cell is a method for the other kind, a dash one that could not be computed. */
function statisticText(report: StatisticReport | undefined): string {
  if (report === undefined) return '';
  if ('notComputable' in report) return '-';
  const { statistic, normalized, errorBound } = report;
  // The bound is in the unit of the statistic.
  if (errorBound !== undefined) return `${formatNumber(statistic)} ±${formatNumber(errorBound)}`;
  return normalized === undefined ? formatNumber(statistic) : `${formatNumber(normalized)} sd`;
}

function performanceTable({ metrics }: PerformanceReport): string {
  const table = new Table({ ...plain, head: ['metric', 'reference', 'current', 'better by'] });
  for (const { metric, reference, current, betterBy } of metrics) {
    const text = (computed: Computed): string =>
      'value' in computed ? metricText(metric, computed.value) : '-';
    const change = betterBy === undefined ? '' : metricText(metric, betterBy);
    table.push([metricTable[metric].label, text(reference), text(current), change]);
  }
  return table.toString();
}

function performanceNotes({ verdicts }: PerformanceReport): string[] {
  return Object.entries(verdicts)
    .filter(([, { level }]) => level !== 'ok')
    .map(([side, { reason }]) => `${side}: ${reason}`);
}

/** The failed ones by name, and how many there are. */
function expectationLines({ checks, verdict, reason }: ExpectationsReport): string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'ok');
  return [
    ...failed.map(
      ({ check, column, verdict, reason }) => `${paint(colors[verdict], `${column} ${check}`)}: ${reason}`,
    ),
    `${paint(colors[verdict], `expectations ${verdict}`)}: ${reason}`,
  ];
}
