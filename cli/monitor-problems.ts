/** Checks a monitor as it was written against the schema and says every problem in words. */

import { z } from 'zod';

import type { Monitor } from '../core/monitor/schema.ts';
import { monitorSchema } from '../core/monitor/schema.ts';
import { knownKeysAt } from './monitor-keys.ts';

export type Path = readonly (string | number)[];

/** What is wrong at a place of a monitor. */
export interface PlacedProblem {
  readonly path: Path;
  readonly message: string;
}

export type CheckedMonitor =
  | { readonly monitor: Monitor; readonly problems: readonly [] }
  | { readonly monitor: undefined; readonly problems: readonly PlacedProblem[] };

type Issue = z.core.$ZodIssue;

/**
 * Which monitor does this data describe, or what is wrong with it? All problems are found at once: the rules between
 * several keys are checked even when some other key holds a value of the wrong type.
 */
export function checkMonitor(data: unknown): CheckedMonitor {
  const parsed = parse(data);
  if (parsed.success) return { monitor: parsed.data, problems: [] };
  const { issues } = parsed.error;
  return {
    monitor: undefined,
    problems: [...issues, ...hiddenIssues(data, issues)].flatMap((issue) => problemsOf(data, issue)),
  };
}

function parse(data: unknown): z.ZodSafeParseResult<Monitor> {
  return monitorSchema.safeParse(data, { error: wordsOf });
}

/**
 * The schema checks the rules between keys only when every value has its type. So the values that have not are taken out,
 * to see which rules are broken besides.
 */
function hiddenIssues(data: unknown, found: readonly Issue[]): Issue[] {
  const rest = structuredClone(data);
  const taken: Path[] = [];
  let issues = found;
  // Each round takes something out; a required key is gone only with what holds it.
  for (let round = 0; round < 10; round += 1) {
    const blocking = issues.filter(({ code }) => blockingCodes.has(code));
    if (blocking.length === 0) break;
    for (const { path } of blocking) taken.push(...takeOut(rest, textPath(path)));
    const parsed = parse(rest);
    if (parsed.success) return [];
    issues = parsed.error.issues;
  }
  const known = new Set(found.map(keyOf));
  return issues.filter(
    (issue) =>
      issue.code === 'custom' &&
      !known.has(keyOf(issue)) &&
      !taken.some((path) => isWithin(path, textPath(issue.path)) || isWithin(textPath(issue.path), path)),
  );
}

const blockingCodes = new Set<Issue['code']>(['invalid_type', 'invalid_value', 'invalid_union', 'invalid_key']);

/** Valid values for required keys of the top level, on which no rule between keys depends. */
const substitutes: Readonly<Record<string, unknown>> = { model: 'model', reference: { kind: 'rolling' } };

function takeOut(root: unknown, path: Path): Path[] {
  // Without one item of a list, the others would change their places: the list goes as a whole.
  const index = path.findIndex((step) => typeof step === 'number');
  let place = index < 0 ? path : path.slice(0, index);
  while (place.length > 0) {
    const key = String(place.at(-1));
    const parent = place.slice(0, -1).reduce<unknown>((node, step) => (isRecord(node) ? node[step] : undefined), root);
    if (isRecord(parent) && Object.hasOwn(parent, key)) {
      delete parent[key];
      if (place.length === 1 && Object.hasOwn(substitutes, key)) parent[key] = substitutes[key];
      // What refers to the classes cannot be judged without them.
      if (place.length === 1 && key === 'classes') delete parent['positiveClass'];
      return [place];
    }
    if (place.length === 1 && isRecord(root) && Object.hasOwn(substitutes, key)) root[key] = substitutes[key];
    place = place.slice(0, -1);
  }
  return [];
}

function problemsOf(data: unknown, issue: Issue): PlacedProblem[] {
  const path = textPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(data, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: `is not a known key; ${suggest(key, known)}` }));
  }
  return [{ path, message: issue.message }];
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

/** What to write instead, for problems that the schema has no words of its own for. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return writeInstead(input, typeWords[issue.expected] ?? issue.expected);
    case 'invalid_value':
      return oneOf(input, issue.values.map(String));
    case 'invalid_union': {
      if ('options' in issue && Array.isArray(issue.options)) {
        const key = issue.discriminator ?? '';
        return oneOf(isRecord(input) ? input[key] : input, issue.options.map(String));
      }
      const expected = issue.errors.flatMap((branch) =>
        branch.flatMap((inner) => (inner.code === 'invalid_type' && inner.path.length === 0 ? [inner.expected] : [])),
      );
      return writeInstead(input, [...new Set(expected)].map((type) => typeWords[type] ?? type).join(' or '));
    }
    case 'too_small':
      return issue.origin === 'array'
        ? `write at least ${issue.minimum} of them`
        : issue.origin === 'string'
          ? `write at least ${issue.minimum} character(s)`
          : `write a number ${issue.inclusive === true ? 'of at least' : 'above'} ${issue.minimum}, not ${shown(input)}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `write at most ${issue.maximum} characters`
        : `write a number ${issue.inclusive === true ? 'of at most' : 'below'} ${issue.maximum}, not ${shown(input)}`;
    default:
      return undefined;
  }
}

function writeInstead(input: unknown, expected: string): string {
  return input === undefined ? `is missing; write ${expected}` : `write ${expected}, not ${shown(input)}`;
}

function oneOf(input: unknown, options: readonly string[]): string {
  const choice = `write one of ${options.join(', ')}`;
  if (input === undefined) return `is missing; ${choice}`;
  const near = typeof input === 'string' ? nearest(input, options) : undefined;
  return near === undefined ? `${shown(input)} is not known; ${choice}` : `${shown(input)} is not known; did you mean "${near}"? ${choice}`;
}

function suggest(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a mapping';
  if (value === null) return 'nothing';
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/** The candidate that is a few typing errors away: at most a third of its letters. */
function nearest(text: string, candidates: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Levenshtein distance: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

function keyOf(issue: Issue): string {
  return JSON.stringify([textPath(issue.path), issue.message]);
}

function textPath(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function isWithin(outer: Path, inner: Path): boolean {
  return outer.every((step, index) => step === inner[index]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
