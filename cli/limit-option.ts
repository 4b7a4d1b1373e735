import { TidewatchError } from '../core/errors.ts';

/**
 * The number that was given as --limit.
 *
 * @param what is listed
 * @throws TidewatchError `INVALID_OPTION`
 */
export function readLimit(limit: string, what: string, example: number): number {
  if (/^[1-9]\d{0,5}$/.test(limit)) return Number(limit);
  const reason = `"${limit}" is not a number of ${what}; write for example ${example}`;
  throw new TidewatchError('INVALID_OPTION', { option: '--limit', reason });
}
