import { TidewatchError } from '../core/errors.ts';
import { nearest } from './nearest.ts';

/** More names than this do not help. */
const mostListed = 20;

/** Names with commas between them, the first 20 of them. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/**
 * The column that was probably meant: the nearest one, or the only one that has the text as a word.
 *
 * @example nearestColumn('station', ['start of hour', 'station name']) // 'station name'
 */
export function nearestColumn(column: string, known: readonly string[]): string | undefined {
  const near = nearest(column, known);
  if (near !== undefined) return near;
  const words = (name: string): readonly string[] => name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const [only, ...others] = known.filter((name) => words(name).includes(column.toLowerCase()));
  return others.length === 0 ? only : undefined;
}

/** What to throw for a column that a file does not have: which it has, and which was probably meant. */
export function unknownColumn(file: string, column: string, known: readonly string[]): TidewatchError {
  const near = nearestColumn(column, known);
  return new TidewatchError('UNKNOWN_TABLE_COLUMN', {
    file,
    column,
    known: near === undefined ? listed(known) : `${listed(known)}; the nearest is "${near}"`,
  });
}
