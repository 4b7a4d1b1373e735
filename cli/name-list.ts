import { InvalidArgumentError } from 'commander';

/**
 * The names of an option that takes several.
 *
 * @example nameList('temp, hum,') // ['temp', 'hum']
 * @throws InvalidArgumentError when there is none: whoever writes the option wants something
 */
export function nameList(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('It holds no name.');
  return names;
}
