/** What the current table is expected to be. */

import type { TableFile } from '../../sql/table-file.ts';
import { checkTableExpectations, type TableExpectations } from '../check-expectations.ts';
import { readExpectationsFile } from '../expectations-file.ts';
import type { CompareRequest } from './request.ts';

/** The expectations of a request, held against the current table; absent where there are none. */
export async function expectationsOf(
  { expectations }: Pick<CompareRequest, 'expectations'>,
  current: TableFile,
): Promise<{ readonly expectations?: TableExpectations }> {
  if (expectations === undefined) return {};
  return { expectations: await checkTableExpectations(current, await readExpectationsFile(expectations)) };
}
