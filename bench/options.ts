/** The options of a script, declared as data; `--help` is its leading comment. */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * What an option is without being given, which says what it takes: a number (finite, from 0 on), a text, a switch that is off, or
 * words, of which the first counts. `Number` and `String` have none; `[String]` may be given again and again.
 */
type Declared =
  | number
  | string
  | false
  | NumberConstructor
  | StringConstructor
  | readonly string[]
  | readonly [StringConstructor];

type Given<D> = D extends number
  ? number
  : D extends string
    ? string
    : D extends false
      ? boolean
      : D extends NumberConstructor
        ? number | undefined
        : D extends StringConstructor
          ? string | undefined
          : D extends readonly (infer Word extends string)[]
            ? Word
            : readonly string[];

type Parsed = string | boolean | (string | boolean)[] | undefined;
type Options<D> = { readonly [Name in keyof D]: Given<D[Name]> };

/**
 * The options that this process was started with. `--help` prints the leading comment of the script with the defaults, and ends
 * with 0; an option that is not declared, or a value that it cannot take, ends with 2 and says what there is.
 */
export function readOptions<const D extends Readonly<Record<string, Declared>>>(
  declared: D,
  given: readonly string[] = process.argv.slice(2),
): Options<D> {
  const known = Object.keys(declared).map((name) => `--${name}`);
  try {
    const { values }: { values: Readonly<Record<string, Parsed>> } = parseArgs({
      args: [...given],
      options: {
        help: { type: 'boolean' },
        ...Object.fromEntries(
          Object.entries(declared).map(([name, each]) => [
            name,
            { type: each === false ? 'boolean' : 'string', multiple: isRepeated(each) } as const,
          ]),
        ),
      },
    });
    if (values['help'] === true) {
      process.stdout.write(helpText(declared));
      process.exit(0);
    }
    return Object.fromEntries(
      Object.entries(declared).map(([name, each]) => [name, valueOf(name, each, values[name])]),
    ) as Options<D>;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const text = error.message.replace(/\. To specify a positional.*/s, '');
    process.stderr.write(`${text}. There are ${[...known, '--help'].join(', ')}.\n`);
    process.exit(2);
  }
}

const isRepeated = (declared: Declared): boolean => Array.isArray(declared) && declared[0] === String;

const isNumeric = (declared: Declared): boolean => typeof declared === 'number' || declared === Number;

function valueOf(name: string, declared: Declared, given: Parsed): unknown {
  if (given === undefined) return withoutValue(declared);
  if (typeof given !== 'string') return given;
  if (isNumeric(declared)) {
    const number = given.trim() === '' ? Number.NaN : Number(given);
    if (Number.isFinite(number) && number >= 0) return number;
    throw new TypeError(`Option '--${name}' takes a number from 0 on, not '${given}'`);
  }
  if (!Array.isArray(declared) || declared.includes(given)) return given;
  throw new TypeError(`Option '--${name}' takes ${declared.join(' or ')}, not '${given}'`);
}

function withoutValue(declared: Declared): unknown {
  if (typeof declared === 'function') return undefined;
  if (!Array.isArray(declared)) return declared;
  return isRepeated(declared) ? [] : declared[0];
}

function helpText(declared: Readonly<Record<string, Declared>>): string {
  const [, comment = ''] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(process.argv[1]!, 'utf8')) ?? [];
  const lines = Object.entries(declared).map(([name, each]) => `  --${name}${valueText(each)}`);
  return `${comment.replaceAll(/^ \* ?/gm, '').trim()}\n\nOptions, with what they are unless given:\n${lines.join('\n')}\n`;
}

function valueText(declared: Declared): string {
  if (declared === false) return '';
  if (declared === Number) return ' <number>';
  if (declared === String) return ' <text>';
  if (!Array.isArray(declared)) return ` ${String(declared)}`;
  return isRepeated(declared) ? ' <text> (may be given again)' : ` ${declared.join(' | ')}`;
}
