import { TidewatchError } from '../core/errors.ts';
import { nearest } from './nearest.ts';

/** More names than this do not help. */
const mostListed = 20;

/** What to throw for a column that a file does not have: which it has, and which was probably meant. */
export function unknownColumn(file: string, column: string, known: readonly string[]): TidewatchError {
  const more = known.length - mostListed;
  const listed = [...known.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  const near = nearest(column, known);
  return new TidewatchError('UNKNOWN_TABLE_COLUMN', {
    file,
    column,
    known: near === undefined ? listed : `${listed}; the nearest is "${near}"`,
  });
}
