/** The report as a terminal shows it. */

import Table from 'cli-table3';

import { formatCount } from '../../console/numbers.ts';
import { metricTable, metricText } from '../../core/performance/metrics.ts';
import type { Computed, Level } from '../../core/verdict.ts';
import type { Screen } from '../paint.ts';
import { colors, columnTable, plain } from './column-table.ts';
import type { PerformanceReport } from './performance.ts';
import type { ComparisonReport, ExpectationsReport } from './report.ts';

const seriousness: readonly Level[] = ['critical', 'warning', 'insufficient-data', 'ok'];

/** The verdict on all columns, a table of them with the serious ones first, and the reason for each that is not ok. */
export function reportText(report: ComparisonReport, screen: Screen): string {
  const { paint } = screen;
  const { reference, current, dataset, performance, expectations, compat } = report;
  const columns = report.columns
    .map((column) => ({ ...column, column: onOneLine(column.column), reason: onOneLine(column.reason) }))
    .sort((a, b) => seriousness.indexOf(a.verdict) - seriousness.indexOf(b.verdict));
  const notable = columns.filter(({ verdict }) => verdict !== 'ok');
  return [
    `reference  ${reference.file}  ${formatCount(reference.rows)} rows`,
    `current    ${current.file}  ${formatCount(current.rows)} rows`,
    ...(compat === undefined ? [] : ['by the rules of Evidently']),
    '',
    columnTable(columns, screen),
    ...notable.map(({ column, verdict, reason }) => `${paint(colors[verdict], column)}: ${reason}`),
    ...(performance === undefined
      ? []
      : ['', performanceTable(performance), ...performanceNotes(performance)]),
    ...(expectations === undefined ? [] : ['', ...expectationLines(expectations, screen)]),
    '',
    `${paint(colors[dataset.verdict], dataset.verdict)}: ${onOneLine(dataset.reason)}`,
  ].join('\n');
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
function expectationLines({ checks, verdict, reason }: ExpectationsReport, { paint }: Screen): string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'ok');
  return [
    ...failed.map(
      ({ check, column, verdict, reason }) =>
        `${paint(colors[verdict], `${onOneLine(column)} ${check}`)}: ${onOneLine(reason)}`,
    ),
    `${paint(colors[verdict], `expectations ${verdict}`)}: ${reason}`,
  ];
}
