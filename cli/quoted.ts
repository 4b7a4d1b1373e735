/** More of a value does not help to find it. */
const mostCharacters = 60;

/**
 * A text in quotes, as a message can hold it: on one line, and cut after 60 characters.
 *
 * @example quoted('a\nb') // '"a\\nb"'
 */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 3)}...`);
}
