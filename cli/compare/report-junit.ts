/** The report as JUnit XML: a test case a column, which fails on drift, one for all of them, and one an expectation. */

import imported, { type Builder } from 'junit-report-builder';

import type { ComparisonReport } from './report.ts';

// Its types say that the builder is `imported.default`; it is CommonJS, and Node.js gives the builder itself.
const builder = imported as unknown as Builder;

/** What cannot be judged is a skipped test case. */
export function reportJunit({
  columns,
  dataset,
  expectations,
  reference,
  current,
}: ComparisonReport): string {
  const report = builder.newBuilder();
  const suite = report.testSuite().name('tidewatch compare');
  suite.property('reference', reference.file);
  suite.property('current', current.file);
  const cases = [
    ...columns.map((column) => ({ className: 'column', name: column.column, ...column })),
    { className: 'dataset', name: 'dataset', ...dataset },
    ...(expectations?.checks ?? []).map((check) => ({
      className: 'expectation',
      name: `${check.column} ${check.check}`.trim(),
      ...check,
    })),
  ];
  for (const { className, name, verdict, reason } of cases) {
    const testCase = suite.testCase().className(className).name(name);
    if (verdict === 'warning' || verdict === 'critical') testCase.failure(reason, verdict);
    else if (verdict === 'insufficient-data') testCase.skipped().standardOutput(reason);
  }
  return report.build();
}
