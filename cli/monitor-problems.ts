/** Checks a monitor as it was written against the schema and says every problem in words. */

import type { z } from 'zod';

import type { Monitor } from '../core/monitor/schema.ts';
import { monitorSchema } from '../core/monitor/schema.ts';
import { kindsWith, knownKeysAt } from './monitor-keys.ts';
import { isRecord, suggest, wordsOf } from './monitor-words.ts';

export type Path = readonly (string | number)[];

/** What is wrong at a place of a monitor. */
export interface PlacedProblem {
  readonly path: Path;
  readonly message: string;
}

export interface CheckedMonitor {
  /** Undefined when the data describes none. */
  readonly monitor: Monitor | undefined;
  readonly problems: readonly PlacedProblem[];
}

type Issue = z.core.$ZodIssue;

/**
 * Which monitor does this data describe, or what is wrong with it? All problems are found at once: the rules between
 * several keys are checked even when some other key holds a value of the wrong type.
 */
export function checkMonitor(data: unknown): CheckedMonitor {
  const parsed = parse(data);
  if (parsed.success) return { monitor: parsed.data, problems: [] };
  const issues = [...parsed.error.issues, ...hiddenIssues(data, parsed.error.issues)];
  return { monitor: undefined, problems: issues.flatMap((issue) => problemsOf(data, issue)) };
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
    const places = blocking
      .map(({ path }) => takeOut(rest, textPath(path)))
      .filter((place) => place !== undefined);
    if (places.length === 0) break;
    taken.push(...places);
    const parsed = parse(rest);
    if (parsed.success) return [];
    issues = parsed.error.issues;
  }
  const known = new Set(found.map(keyOf));
  // Only the rules about features hold whatever the task is.
  const taskIsKnown = !taken.some(([key]) => key === 'task');
  return issues.filter(
    (issue) =>
      issue.code === 'custom' &&
      (taskIsKnown || issue.path[0] === 'features') &&
      !known.has(keyOf(issue)) &&
      !taken.some((path) => isWithin(path, textPath(issue.path)) || isWithin(textPath(issue.path), path)),
  );
}

const blockingCodes = new Set<Issue['code']>([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'invalid_key',
]);

/** Valid values in place of required ones (`*` is any item of a list), so that the rest can be looked at. */
const substitutes: Readonly<Record<string, unknown>> = {
  model: 'model',
  task: 'regression',
  reference: { kind: 'rolling' },
  'retraining.trainer.url': 'http://127.0.0.1',
  'retraining.trainer': { url: 'http://127.0.0.1' },
  'degradation.rules.*': { drift: 'dataset' },
};

/** Takes out or replaces what stands at a path, or the nearest that holds it; returns where that was. */
function takeOut(root: unknown, path: Path): Path | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const place = path.slice(0, depth);
    const key = place.at(-1) ?? '';
    const holder = place
      .slice(0, -1)
      .reduce<unknown>((node, step) => (isHolder(node) ? node[step] : undefined), root);
    const pattern = place.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
    if (isHolder(holder) && Object.hasOwn(substitutes, pattern)) {
      holder[key] = substitutes[pattern];
      return place;
    }
    // Without one item of a list, the others would change their places: such a list goes as a whole.
    if (isRecord(holder) && Object.hasOwn(holder, key)) {
      delete holder[key];
      // What refers to the classes cannot be judged without them.
      if (pattern === 'classes') delete holder['positiveClass'];
      return place;
    }
  }
  return undefined;
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The problems that an issue of a schema stands for, by default of the monitor's. */
export function problemsOf(data: unknown, issue: Issue, schema?: z.ZodType): PlacedProblem[] {
  const path = textPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(data, path, schema);
    const wordsFor = (key: string): string => {
      if (known.includes(key)) return besideWords(data, path, key);
      const kinds = kindsWith(path, key, schema);
      return kinds.length > 0
        ? `belongs to kind: ${kinds.join(', ')}; write that kind, or remove this`
        : `is not a known key; ${suggest(key, known)}`;
    };
    return issue.keys.map((key) => ({ path: [...path, key], message: wordsFor(key) }));
  }
  if (issue.code === 'invalid_union') {
    const value = valueAt(data, path);
    // Its own words name every alternative; those of one are better only for what stands inside of a mapping or a list.
    const hasOwnWords = issue.message !== wordsOf({ ...issue, input: value });
    const branch = hasOwnWords && !isHolder(value) ? undefined : nearestBranch(value, issue.errors);
    if (branch !== undefined) {
      return branch.flatMap((inner) =>
        problemsOf(data, { ...inner, path: [...issue.path, ...inner.path] }, schema),
      );
    }
  }
  return [{ path, message: issue.message }];
}

/**
 * Of several alternatives, the one that was probably meant: of the right type, with the fewest keys too many or missing, and
 * the fewest problems. None where the data has no key of any of them.
 */
function nearestBranch(
  value: unknown,
  branches: readonly (readonly Issue[])[],
): readonly Issue[] | undefined {
  const ofType = branches.filter(
    (branch) =>
      !branch.some(
        ({ code, path }) =>
          path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && isHolder(value))),
      ),
  );
  const akin = ofType.length === 1 ? ofType : ofType.filter((branch) => sharesKey(value, branch));
  const [nearest] = akin
    .map((branch) => ({ branch, strange: strangeKeys(value, branch) }))
    .sort((a, b) => a.strange - b.strange || a.branch.length - b.branch.length);
  return nearest?.branch;
}

function sharesKey(value: unknown, branch: readonly Issue[]): boolean {
  if (!isRecord(value)) return true;
  const unknown = branch.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  const told = branch.some(
    (issue) =>
      issue.code === 'invalid_union' &&
      'discriminator' in issue &&
      !Object.hasOwn(value, String(issue.discriminator)),
  );
  return !told && unknown.length < Object.keys(value).length;
}

/** How many of its keys the alternative does not know, and how many it lacks. */
function strangeKeys(value: unknown, branch: readonly Issue[]): number {
  return branch.reduce((count, issue) => {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) return count + issue.keys.length;
    const [key] = issue.path;
    const isMissing = isRecord(value) && issue.path.length === 1 && !Object.hasOwn(value, String(key));
    return isMissing ? count + 1 : count;
  }, 0);
}

/** A key of an alternative that the other keys beside it do not belong to. */
function besideWords(data: unknown, path: Path, key: string): string {
  const beside = Object.keys(valueAt(data, path) ?? {}).filter((other) => other !== key);
  return `does not go with ${beside.join(', ')}; remove one or the other`;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (isHolder(node) ? node[step] : undefined), data);
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
