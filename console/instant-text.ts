/**
 * An instant of ISO 8601 in UTC, as short as it can be said.
 *
 * @example ['2011-05-13T00:00:00Z', '2011-05-13T03:00:00Z'].map(instantText) // ['2011-05-13', '2011-05-13 03:00']
 */
export function instantText(instant: string): string {
  return instant
    .replace('T00:00:00Z', '')
    .replace(/(:00)?Z$/, '')
    .replace('T', ' ');
}
