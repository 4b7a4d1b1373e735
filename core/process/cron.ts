/** Reads cron expressions as the Temporal server does: as strictly, so that a bad one is found before anything is stored, and as the same times. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, the first of them for `min`. */
  readonly names: readonly string[];
}

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of the week', min: 0, max: 7, names: days },
];

/**
 * What is wrong with a cron expression of five fields, if anything? Each field is `*`, a value, a range `a-b` or a list of
 * them with commas, and may have a step `/n`; months and days of the week may be written by their English names.
 *
 * @example cronProblem('0 24 * * *') // 'hour "24" is not from 0 to 23'
 * @example cronProblem('*\/15 8-17 * * mon-fri') // undefined
 */
export function cronProblem(cron: string): string | undefined {
  const texts = cron.split(' ');
  if (texts.length !== fields.length)
    return 'write the five fields of a cron expression, for example "0 3 * * *"';
  for (const [index, field] of fields.entries()) {
    for (const element of texts[index]?.split(',') ?? []) {
      const problem = elementProblem(field, element);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/**
 * The same expression with every field as `*` or a list of numbers, for readers that know fewer ways to write it. Sunday is 0.
 *
 * @param cron one without a `cronProblem`
 * @example plainCron('5/20 3 * * mon-Wednesday') // '5,25,45 3 * * 1,2,3'
 */
export function plainCron(cron: string): string {
  return cron
    .split(' ')
    .map((text, index) => (text === '*' ? text : valuesOf(fields[index]!, text).join(',')))
    .join(' ');
}

function valuesOf(field: Field, text: string): readonly number[] {
  const values = text.split(',').flatMap((element) => {
    const [range = '', step] = element.split('/');
    const [start, end] =
      range === '*' ? [field.min, field.max] : range.split('-').map((t) => valueOf(field, t));
    const last = end ?? (step === undefined ? start : field.max);
    const every = Number(step ?? 1);
    return Array.from({ length: Math.floor((last! - start!) / every) + 1 }, (_, i) => start! + i * every);
  });
  // Both 0 and 7 are Sunday.
  const isWeek = field.max === 7;
  return [...new Set(values.map((value) => (isWeek ? value % 7 : value)))].sort((a, b) => a - b);
}

function elementProblem(field: Field, element: string): string | undefined {
  const [range = '', step] = element.split('/', 2);
  if (element.split('/').length > 2 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) {
    return `${field.name} "${element}" has no step from 1 up after "/"`;
  }
  if (range === '*') return undefined;
  const ends = range.split('-');
  const [start, end] = ends.map((text) => valueOf(field, text));
  if (ends.length > 2 || start === undefined || (ends.length === 2 && end === undefined)) {
    return `${field.name} "${element}" is not from ${field.min} to ${field.max}`;
  }
  return end !== undefined && end < start ? `${field.name} "${element}" ends before it starts` : undefined;
}

function valueOf(field: Field, text: string): number | undefined {
  const named = field.names.findIndex((name) => [name, name.slice(0, 3)].includes(text.toLowerCase()));
  if (named >= 0) return field.min + named;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}
