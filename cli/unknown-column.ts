import { TidewatchError } from '../core/errors.ts';
import { nearest } from './nearest.ts';

/** More names than this do not help. */
const mostListed = 20;

/** Names with commas between them, the first 20 of them. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** What to throw for a column that a file does not have: which it has, and which was probably meant. */
export function unknownColumn(file: string, column: string, known: readonly string[]): TidewatchError {
  const near = nearest(column, known);
  return new TidewatchError('UNKNOWN_TABLE_COLUMN', {
    file,
    column,
    known: near === undefined ? listed(known) : `${listed(known)}; the nearest is "${near}"`,
  });
}
