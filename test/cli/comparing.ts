/** Runs `tidewatch compare` in this process. */

import { runComparison } from '../../cli/compare/run-comparison.ts';
import { requestOf, type CompareOptions } from '../../cli/compare/request.ts';
import type { ColumnReport, ComparisonReport, StatisticReport } from '../../cli/compare/report.ts';

type Options = Partial<CompareOptions> & Pick<CompareOptions, 'current'>;

/** Options as they are when none is given. */
export const noOptions = { preset: 'data-drift' } as const;

/** What the command prints, and whether it found drift. */
export function compare(options: Options): ReturnType<typeof runComparison> {
  return runComparison(requestOf({ ...noOptions, ...options }));
}

/** The JSON that the command prints. */
export async function compareToJson(options: Options): Promise<ComparisonReport> {
  const { text } = await compare({ ...options, json: true });
  return JSON.parse(text) as ComparisonReport;
}

/** One column of a report. */
export function columnOf({ columns }: ComparisonReport, name: string): ColumnReport {
  const column = columns.find(({ column }) => column === name);
  if (column === undefined) throw new Error(`there is no column ${name}`);
  return column;
}

/** The keys of what was computed, and of what could not be. */
export function reasonsOf({ statistics }: ColumnReport): Record<string, string> {
  return Object.fromEntries(
    Object.entries(statistics).flatMap(([key, report]: [string, StatisticReport]) =>
      'notComputable' in report ? [[key, report.notComputable]] : [],
    ),
  );
}
