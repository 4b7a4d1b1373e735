/** The report as a terminal shows it. */

import Table from 'cli-table3';

import { formatCount } from '../../console/numbers.ts';
import { metricTable, metricText } from '../../core/performance/metrics.ts';
import type { Computed } from '../../core/verdict.ts';
import type { Screen } from '../paint.ts';
import { colors, columnTable, decidingLine, plain } from './column-table.ts';
import type { PerformanceReport } from './performance.ts';
import {
  bySeriousness,
  isAlarming,
  type ChecksReport,
  type ColumnReport,
  type ComparisonReport,
} from './report.ts';

/** The verdict on all columns, a table of them with the serious ones first, and the reason for each whose p is small. */
export function reportText(report: ComparisonReport, screen: Screen): string {
  const { paint } = screen;
  const { reference, current, quality, performance, expectations, compat } = report;
  const faults = quality.checks.filter(isAlarming);
  const columns = report.columns
    .map((column) => withFaults(column, faults))
    .map((column) => ({ ...column, column: onOneLine(column.column), reason: onOneLine(column.reason) }))
    .sort(bySeriousness);
  const notable = columns.filter(
    ({ verdict, adjustedPValue = 1 }) =>
      verdict !== 'ok' || (report.alpha !== undefined && adjustedPValue <= report.alpha),
  );
  const deciding = decidingLine(columns, report.alpha);
  return [
    `reference  ${reference.file}  ${formatCount(reference.rows)} rows`,
    `current    ${current.file}  ${formatCount(current.rows)} rows`,
    ...(compat === undefined ? [] : ['by the rules of Evidently']),
    '',
    columnTable(columns, screen),
    ...(deciding === undefined ? [] : [deciding]),
    ...(report.alpha === undefined ? [] : [independence]),
    ...notable.map(({ column, verdict, reason }) => `${paint(colors[verdict], column)}: ${reason}`),
    ...(performance === undefined
      ? []
      : ['', performanceTable(performance), ...performanceNotes(performance)]),
    ...(expectations === undefined ? [] : ['', ...expectationLines(expectations, screen)]),
    '',
    summaryLine(report, screen),
  ].join('\n');
}

/** A column is as serious as its faults, which are said after what drift has to say. */
function withFaults(column: ColumnReport, faults: ChecksReport['checks']): ColumnReport {
  const own = faults.filter((fault) => fault.column === column.column);
  const [worst] = [column, ...own].sort(bySeriousness);
  const said = isAlarming(column) || own.length === 0 ? [column.reason] : [];
  const reason = [...said, ...own.map(({ check, reason }) => `${check}: ${reason}`)].join('; ');
  return { ...column, verdict: worst!.verdict, reason };
}

const independence =
  'rows are taken as independent: in time series a small p is expected without any fault (the server learns how much they vary)';

/** The last word: on drift, and on what is broken. */
function summaryLine({ dataset, quality }: ComparisonReport, { paint }: Screen): string {
  const said = isAlarming(quality) ? [dataset, quality] : [dataset];
  const { verdict } = said.toSorted(bySeriousness)[0]!;
  return `${paint(colors[verdict], verdict)}: ${said.map(({ reason }) => onOneLine(reason)).join('; ')}`;
}

/** A name from a file is not to move the cursor of a terminal. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
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

/** Why a side is not to be trusted, and why a metric has no number. */
function performanceNotes({ verdicts, metrics }: PerformanceReport): string[] {
  const missing = metrics.flatMap(({ metric, reference, current }) => {
    const reason =
      'notComputable' in current
        ? current.notComputable
        : 'notComputable' in reference
          ? reference.notComputable
          : undefined;
    return reason === undefined ? [] : [{ label: metricTable[metric].label, reason }];
  });
  const reasons = [...new Set(missing.map(({ reason }) => reason))];
  return [
    'performance is shown, not judged: it fails no gate',
    ...Object.entries(verdicts)
      .filter(([, { level }]) => level !== 'ok')
      .map(([side, { reason }]) => `${side}: ${reason}`),
    ...reasons.map((reason) => {
      const labels = missing.filter((other) => other.reason === reason).map(({ label }) => label);
      return `${labels.join(', ')}: ${reason}`;
    }),
  ];
}

/** The failed ones by name, and how many there are. */
function expectationLines({ checks, verdict, reason }: ChecksReport, { paint }: Screen): string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'ok');
  return [
    ...failed.map(
      ({ check, column, verdict, reason }) =>
        `${paint(colors[verdict], `${onOneLine(column)} ${check}`)}: ${onOneLine(reason)}`,
    ),
    `${paint(colors[verdict], `expectations ${verdict}`)}: ${reason}`,
  ];
}
