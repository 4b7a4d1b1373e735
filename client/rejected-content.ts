/** A rejected row as JSON that Postgres stores and people can read: it may hold anything, that is why it was rejected. */

const unstorable = /[\0\p{Surrogate}]/gu;
// Deeper is cut off, so that a row that contains itself ends too.
const deepest = 8;

/**
 * The row with everything that JSON cannot hold written as text: NaN as "NaN", an undefined value as "undefined".
 *
 * @example readableContent({ entity: 'a', prediction: Number.NaN }) // { entity: 'a', prediction: 'NaN' }
 */
export function readableContent(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value.replaceAll(unstorable, '\u{FFFD}');
  if (typeof value !== 'object') return typeof value === 'bigint' ? `${value}n` : typeof value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (depth === deepest) return '...';
  if (Array.isArray(value)) return value.map((part) => readableContent(part, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [readableContent(name), readableContent(part, depth + 1)]),
  );
}
