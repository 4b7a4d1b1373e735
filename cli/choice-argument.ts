/** An argument of which the choices are known: what is no choice is told with the one that was probably meant. */

import { Argument, InvalidArgumentError } from 'commander';

import { nearest } from './nearest.ts';
import { listed } from './unknown-column.ts';

/**
 * As `Argument.choices`, with a suggestion.
 *
 * @param name as commander writes it: `<process>`, or `<processes...>` for several
 */
export function choiceArgument(name: string, description: string, choices: readonly string[]): Argument {
  const argument = new Argument(name, description).choices(choices);
  return argument.argParser((value: string, before: unknown) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(notOneOf(value, choices));
    if (!argument.variadic) return value;
    return Array.isArray(before) ? [...(before as readonly string[]), value] : [value];
  });
}

/** A choice that begins with the word, `drift-detection` for `drift`, or that is spelt almost so. */
function notOneOf(value: string, choices: readonly string[]): string {
  const begun = value === '' ? [] : choices.filter((choice) => choice.startsWith(value));
  const near = begun.length === 1 ? begun[0] : nearest(value, choices);
  const meant = near === undefined ? '' : `Did you mean "${near}"? `;
  return `${meant}Allowed choices are ${listed(choices)}.`;
}
