import { TidewatchError } from '../../core/errors.ts';
import { dayMs, parseInstant } from '../../core/window.ts';

const operations = {
  '+': (value: number, by: number): number => value + by,
  '-': (value: number, by: number): number => value - by,
  '*': (value: number, by: number): number => value * by,
} as const;

/** A fault that the demo puts into a feature: what happens to its values from one UTC day on. */
export interface Injection {
  readonly feature: string;
  readonly operation: keyof typeof operations | '=';
  readonly value: number | string;
  /** Half-open, in UTC milliseconds; without an end it lasts. */
  readonly start: number;
  readonly end?: number;
}

const example = 'hum:+0.3@2011-05-20, or hum:=0@2011-05-20..2011-06-01 (the end day is not included)';
const pattern = /^([^:@]+):([-+*=])([^@]+)@(.+?)(?:\.\.(.+))?$/;

/**
 * Which fault does `--inject` ask for? `feature:operation value@day`, with an optional `..day` at which it ends; the
 * operation is `+`, `-`, `*` or `=`.
 *
 * @param features the features of any row, to tell numbers from texts
 * @example parseInjection('hum:+0.3@2011-05-20', { hum: 0.6 })
 * // { feature: 'hum', operation: '+', value: 0.3, start: 1305849600000 }
 * @throws TidewatchError `INVALID_INPUT` with a right example
 */
export function parseInjection(text: string, features: Readonly<Record<string, unknown>>): Injection {
  const [, feature = '', sign = '', given = '', first = '', last] =
    pattern.exec(text.trim()) ?? fail(text, 'misses a part');
  const operation = sign as Injection['operation'];
  if (!Object.hasOwn(features, feature)) {
    return fail(text, `names no feature of the model: ${Object.keys(features).join(', ')}`);
  }
  const isText = typeof features[feature] === 'string';
  if (isText && operation !== '=')
    return fail(text, `cannot calculate with ${feature}, which is a text; write = and a text`);
  const number = Number(given);
  if (!isText && !isPlainNumber(given, operation)) return fail(text, `has no number after ${operation}`);
  const injection = { feature, operation, value: isText ? given : number, start: dayOf(text, first) };
  if (last === undefined) return injection;
  const end = dayOf(text, last);
  return end > injection.start ? { ...injection, end } : fail(text, 'ends before it starts');
}

/** The feature as the fault leaves it; a row outside its days, or without a value to calculate with, stays as it is. */
export function inject<
  Row extends { readonly eventTime: number; readonly features: Readonly<Record<string, unknown>> },
>(row: Row, injections: readonly Injection[]): Row {
  return injections.reduce((faulty, { feature, operation, value, start, end = Number.POSITIVE_INFINITY }) => {
    if (faulty.eventTime < start || faulty.eventTime >= end) return faulty;
    const before = faulty.features[feature];
    if (operation === '=') return { ...faulty, features: { ...faulty.features, [feature]: value } };
    if (typeof before !== 'number' || typeof value !== 'number') return faulty;
    return { ...faulty, features: { ...faulty.features, [feature]: operations[operation](before, value) } };
  }, row);
}

/** A sign is the operation's business, except after `=`. */
function isPlainNumber(text: string, operation: Injection['operation']): boolean {
  return /^\d+(\.\d+)?$/.test(operation === '=' ? text.replace(/^-/, '') : text);
}

function dayOf(text: string, day: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return fail(text, `has "${day}" where a day belongs`);
  try {
    const start = parseInstant(`${day}T00:00:00Z`);
    // Date.parse rolls 31 February over into March.
    if (new Date(start).toISOString().startsWith(day) && start % dayMs === 0) return start;
  } catch {
    // falls through to the same message
  }
  return fail(text, `has the day ${day}, which no calendar has`);
}

function fail(text: string, problem: string): never {
  throw new TidewatchError('INVALID_INPUT', {
    workflow: '--inject',
    problems: `"${text}" ${problem}.`,
    example,
  });
}
