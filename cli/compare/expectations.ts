/** What the current table is expected to be. */

import type { TableFile } from '../../sql/table-file.ts';
import type { TableExpectations } from '../check-expectations.ts';
import type { CompareRequest } from './request.ts';

/** The expectations of a request, held against the current table; absent where there are none. */
export async function expectationsOf(
  { expectations }: Pick<CompareRequest, 'expectations'>,
  current: TableFile,
): Promise<{ readonly expectations?: TableExpectations }> {
  if (expectations === undefined) return {};
  const { readExpectationsFile } = await import('../expectations-file.ts');
  const { checkTableExpectations } = await import('../check-expectations.ts');
  return { expectations: await checkTableExpectations(current, await readExpectationsFile(expectations)) };
}
