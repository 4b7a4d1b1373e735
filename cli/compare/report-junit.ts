/** The report as JUnit XML: a test case a column, which fails on drift, one for all of them, and one a check or an expectation. */

import imported, { type Builder } from 'junit-report-builder';

import type { Level } from '../../core/verdict.ts';
import type { ChecksReport, ComparisonReport } from './report.ts';

// Its types say that the builder is `imported.default`; it is CommonJS, and Node.js gives the builder itself.
const builder = imported as unknown as Builder;

interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly verdict: Level;
  readonly reason: string;
}

/** What cannot be judged is a skipped test case. */
export function reportJunit({
  columns,
  dataset,
  quality,
  expectations,
  reference,
  current,
}: ComparisonReport): string {
  const report = builder.newBuilder();
  const suite = report.testSuite().name('tidewatch compare');
  suite.property('reference', reference.file);
  suite.property('current', current.file);
  const cases: readonly TestCase[] = [
    ...columns.map((column) => ({ className: 'column', name: column.column, ...column })),
    { className: 'dataset', name: 'dataset', ...dataset },
    ...checkCases('quality', quality),
    ...checkCases('expectation', expectations),
  ];
  for (const { className, name, verdict, reason } of cases) {
    const testCase = suite.testCase().className(className).name(name);
    if (verdict === 'warning' || verdict === 'critical') testCase.failure(reason, verdict);
    else if (verdict === 'insufficient-data') testCase.skipped().standardOutput(reason);
  }
  return report.build();
}

function checkCases(className: string, report: ChecksReport | undefined): readonly TestCase[] {
  return (report?.checks ?? []).map(({ column, check, verdict, reason }) => ({
    className,
    name: `${column} ${check}`.trim(),
    verdict,
    reason,
  }));
}
