/** How many columns have which level, told apart by what they count for. */

import { formatCount } from '../numbers.ts';
import type { ReportedColumn } from './drift-report.ts';
import { levelCounts } from '../verdict-table.ts';

/**
 * The features, which the verdict on the whole is about, then each other column, then those that do not count. Where there are
 * only features, as in files, they are the columns.
 *
 * @example columnCounts(columns) // ['5 features: 3 warning, 2 OK', 'prediction: 1 warning', '2 not counted: 1 critical, 1 OK']
 */
export function columnCounts(columns: readonly ReportedColumn[]): readonly string[] {
  const countsOf = (some: readonly ReportedColumn[]): string =>
    levelCounts(some.map(({ verdict }) => verdict.level));
  const counted = columns.filter((column) => column.counted);
  const features = counted.filter(({ subject }) => subject === 'feature');
  if (features.length === columns.length) return [countsOf(features)];
  const outputs = counted.filter(({ subject }) => subject !== 'feature');
  const aside = columns.filter((column) => !column.counted);
  const noun = features.length === 1 ? 'feature' : 'features';
  return [
    ...(features.length > 0 ? [`${formatCount(features.length)} ${noun}: ${countsOf(features)}`] : []),
    ...outputs.map((output) => `${output.subject}: ${countsOf([output])}`),
    ...(aside.length > 0 ? [`${formatCount(aside.length)} not counted: ${countsOf(aside)}`] : []),
  ];
}
