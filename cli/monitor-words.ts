/** What to write instead, for problems of a monitor that its schema has no words of its own for. */

import type { z } from 'zod';

import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';

type Issue = z.core.$ZodRawIssue;

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

/** Given to the schema as its error map; undefined leaves a problem to the schema's default words. */
export function wordsOf(issue: Issue): string | undefined {
  const { input } = issue;
  if (issue.code === 'invalid_type') return writeInstead(input, [issue.expected]);
  if (issue.code === 'invalid_value') return oneOf(input, issue.values.map(String));
  if (issue.code === 'invalid_union') return unionWords(issue);
  if (issue.code === 'too_small') return boundWords(issue, 'at least', 'above', issue.minimum);
  if (issue.code === 'too_big') return boundWords(issue, 'at most', 'below', issue.maximum);
  if (issue.code === 'invalid_key') {
    return ['is not a usable name', ...issue.issues.map(({ message }) => message)].join('; ');
  }
  return undefined;
}

/** @example suggest('treshold', ['method', 'threshold']) // 'did you mean "threshold"?' */
export function suggest(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
}

function unionWords(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const { input } = issue;
  if ('options' in issue && Array.isArray(issue.options)) {
    // Where one alternative need not be named, undefined is an option, too.
    const options = issue.options.filter((option) => option !== undefined).map(String);
    return oneOf(isRecord(input) ? input[issue.discriminator ?? ''] : input, options);
  }
  const types = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' && inner.path.length === 0 ? [inner.expected] : []));
  return writeInstead(input, types);
}

function boundWords(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  inclusive: string,
  exclusive: string,
  bound: number | bigint,
): string {
  if (issue.origin === 'array') return `write ${inclusive} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  if (issue.origin === 'string') return `write ${inclusive} ${bound} character${bound === 1 ? '' : 's'}`;
  const words = issue.inclusive === true ? inclusive : exclusive;
  return `write a number ${issue.inclusive === true ? `of ${words}` : words} ${bound}, not ${shown(issue.input)}`;
}

function writeInstead(input: unknown, types: readonly string[]): string {
  const expected = [...new Set(types)].map((type) => typeWords[type] ?? type).join(' or ');
  return input === undefined ? `is missing; write ${expected}` : `write ${expected}, not ${shown(input)}`;
}

function oneOf(input: unknown, options: readonly string[]): string {
  const choice = `write one of ${options.join(', ')}`;
  if (input === undefined) return `is missing; ${choice}`;
  const near = typeof input === 'string' ? nearest(input, options) : undefined;
  return `${shown(input)} is not known; ${near === undefined ? '' : `did you mean "${near}"? `}${choice}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a mapping';
  if (value === null) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'boolean' ? String(value) : `${Number(value)}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
