/**
 * An argument as a shell takes it: in single quotes where anything in it means something to one.
 *
 * @example shellText("it's") // String.raw`'it'\''s'`
 */
export function shellText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
