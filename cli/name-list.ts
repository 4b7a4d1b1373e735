/**
 * The names of an option that takes several.
 *
 * @example nameList('temp, hum,') // ['temp', 'hum']
 */
export function nameList(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
