/** What `init` tells of a table: which column is what and why, what should not be overlooked, and how its rows are loaded. */

import { countText } from '../../core/performance/metrics.ts';
import { formatCount } from '../../console/numbers.ts';
import type { TableFile } from '../../sql/table-file.ts';
import type { dateOrderOf } from '../ingest/date-order.ts';
import { lineMark } from '../ingest/column-plan.ts';
import { fields as allFields, type Field } from '../ingest/fields.ts';
import { nameOf, stemOf } from '../ingest/usual-names.ts';
import { nearest } from '../nearest.ts';
import { quoted } from '../quoted.ts';
import { listed } from '../unknown-column.ts';
import { orOf } from '../words.ts';
import type { ColumnFacts } from './column-facts.ts';
import type { ColumnReaders } from './column-readers.ts';
import type { KindOrReason } from './feature-kind.ts';
import type { FirstRows } from './first-rows.ts';
import type { LoadCommand } from './load-command.ts';
import { optionOf, unclearText, type NamedColumns } from './named-columns.ts';
import type { FoundRecordedAt } from './recorded-at.ts';
import type { TableHistory } from './table-history.ts';

type Kinds = readonly { readonly name: string; readonly kind: KindOrReason }[];

/** More features than this are in the file, not on the screen. */
const mostLines = 40;

/** A line a column. */
export function columnLines({
  fields,
  given,
  kinds,
  probabilityOf,
  known,
  file,
}: {
  readonly fields: ReadonlyMap<Field, string>;
  readonly given: ReadonlyMap<Field, string>;
  readonly kinds: Kinds;
  readonly probabilityOf: string | undefined;
  readonly known: FoundRecordedAt;
  readonly file: string;
}): readonly string[] {
  const why = (field: Field): string => {
    if (given.has(field)) return '';
    if (field === 'recorded_at' && known !== undefined && 'column' in known) return known.reason;
    const option = optionOf[field];
    return `by its name${option === undefined ? '' : `; ${option} names another`}`;
  };
  const lines: (readonly [string, string, string])[] = allFields.flatMap((field) => {
    const column = fields.get(field);
    if (column === undefined) return [];
    const isProbability = field === 'prediction' && probabilityOf !== undefined;
    return [[column, isProbability ? `probability of ${probabilityOf}` : field, why(field)] as const];
  });
  const used = new Set(fields.values());
  const rest = kinds.filter(({ name }) => !used.has(name));
  const shown = rest
    .slice(0, mostLines)
    .map(({ name, kind }): readonly [string, string, string] =>
      'reason' in kind
        ? [name, 'left out', kind.reason]
        : [name, kind.kind, [kind.seen, ...(kind.doubt === undefined ? [] : [kind.doubt])].join('; ')],
    );
  const all = [...lines, ...shown];
  const width = (index: 0 | 1): number =>
    Math.min(40, Math.max(...all.map((line) => line[index].length))) + 2;
  return [
    ...all.map(([column, what, said]) =>
      `  ${column.padEnd(width(0))}${what.padEnd(width(1))}${said}`.trimEnd(),
    ),
    ...(rest.length > mostLines ? [`  and ${rest.length - mostLines} more, in ${file}`] : []),
    `a kind is changed in ${file}: continuous for amounts, categorical for codes`,
  ];
}

export interface WarningRequest {
  readonly table: TableFile;
  readonly firstRows: FirstRows;
  readonly facts: readonly ColumnFacts[];
  readonly named: NamedColumns;
  readonly known: FoundRecordedAt;
  readonly history: TableHistory;
  readonly kinds: Kinds;
  readonly order: ReturnType<typeof dateOrderOf>;
  readonly load: LoadCommand | undefined;
  readonly readers: ColumnReaders;
}

/** What should not be overlooked. */
export async function warningsOf(request: WarningRequest): Promise<readonly string[]> {
  const { facts, named, known, history, kinds, order, firstRows } = request;
  const { fields, probabilities, unclear, lookAlikes } = named;
  const features = kinds.flatMap(({ name, kind }) => ('kind' in kind ? [name] : []));
  const isUnclear = (field: Field): boolean => unclear.some((of) => of.field === field);
  const lacks = (field: Field): boolean => !fields.has(field) && !isUnclear(field);
  const mistyped = facts.filter(({ notNumbers }) => notNumbers !== undefined).map(({ name }) => name);
  return [
    ...(features.length === 0
      ? [
          'no column can be watched as a feature: write one in place of the examples before the monitor is applied',
        ]
      : []),
    ...unclear.map(unclearText),
    ...(known !== undefined && 'unclear' in known
      ? [
          `the recorded_at, when the actual became known, may be ${orOf(known.unclear.map((name) => `"${name}"`))}, by their values: say --recorded-at <column>`,
        ]
      : []),
    ...(lacks('prediction') && probabilities.length === 0 ? [await noPrediction(request, features)] : []),
    ...(lacks('actual')
      ? [
          `no column is the actual by its name${nearestActuals(fields, features)}; if one of the features is it (${listed(features)}), name it by --actual: it is no feature, and tells the task`,
        ]
      : []),
    ...(lacks('entity')
      ? [
          'no column says what a row is about, by its name: the number of its line stands for it. Of rows about something that comes again, name it by --entity',
        ]
      : []),
    ...lookAlikes
      .filter(({ column, isLikely }) => !isLikely && features.includes(column))
      .map(
        ({ column, field }) =>
          `"${column}" is a feature, though by its name it could be the ${field}; ${optionOf[field]} settles it`,
      ),
    ...(history.repeated !== undefined && history.repeated > 0
      ? [
          `${countText(history.repeated, 'row')} have the "${fields.get('entity')}" and time of another row, and the last of them counts${exampleText(history.repeatedPair)}. Where a prediction was issued twice, name when by --issued-at; name another column of what a row is about by --entity; rows that have nothing of the kind are loaded with --set entity=${lineMark}`,
        ]
      : []),
    ...(order === 'unclear' || order === 'mixed'
      ? [
          `the dates in "${fields.get('event_time')}" ${order === 'unclear' ? 'may have the day or the month first' : 'are of both orders'}: say --dates day-first, or --dates month-first`,
        ]
      : []),
    ...(mistyped.length > 0
      ? [`rows in which ${listed(mistyped)} is no number are rejected: see the lines above`]
      : []),
    ...(firstRows.sample.length > 0 &&
    history.days === undefined &&
    fields.has('event_time') &&
    order !== 'unclear' &&
    order !== 'mixed'
      ? [`the times in "${fields.get('event_time')}" cannot be read`]
      : []),
  ];
}

function exampleText(pair: TableHistory['repeatedPair']): string {
  if (pair === undefined) return '';
  const [first, again] = pair.rows;
  const differ = pair.differing.map(
    ({ column, values }) => `"${column}" (${values.map((value) => quoted(value)).join(', then ')})`,
  );
  return `: for example rows ${first} and ${again}, which ${differ.length === 0 ? 'are the same in every column' : `differ in ${differ.join(' and ')}`}`;
}

/** Features that share a word with the prediction, as `Delivery Minutes` with `Predicted Minutes`. */
function nearestActuals(fields: ReadonlyMap<Field, string>, features: readonly string[]): string {
  const prediction = fields.get('prediction');
  const stems =
    prediction === undefined ? [] : nameOf(prediction).words.filter((word) => stemOf(word) !== '');
  const isAlike = (word: string): boolean =>
    stems.some((stem) => word.startsWith(stem) || stem.startsWith(word));
  const near = features.filter((name) => nameOf(name).words.some((word) => word.length > 2 && isAlike(word)));
  return near.length === 0 ? '' : `, the nearest is ${orOf(near.map((name) => `"${name}"`))}`;
}

async function noPrediction(request: WarningRequest, features: readonly string[]): Promise<string> {
  const near = await nearestPredictions(request, features);
  const candidates = near.length === 0 ? '' : ` The nearest: ${orOf(near.map((name) => `"${name}"`))}.`;
  return `no column is the prediction by its name, and without one neither predictions nor features are loaded.${candidates} Name it by --prediction <column>`;
}

const usual = ['prediction', 'predicted', 'forecast', 'yhat', 'score', 'estimate'];
const mostCandidates = 3;
/** Less of a correlation with the actual is none of a prediction. */
const leastCorrelation = 0.5;

/** Columns that are spelled almost like a prediction, or that go with the actual. */
async function nearestPredictions(
  { table, facts, named, readers }: WarningRequest,
  features: readonly string[],
): Promise<readonly string[]> {
  const spelled = features.filter((name) =>
    nameOf(name).words.some((word) => word.length > 3 && nearest(word, usual) !== undefined),
  );
  if (spelled.length > 0) return spelled.slice(0, mostCandidates);
  const actual = named.fields.get('actual');
  const numbers = facts
    .filter(({ name, kind }) => kind === 'continuous' && features.includes(name))
    .map(({ name }) => name);
  if (actual === undefined || numbers.length === 0) return [];
  const correlations = await correlationsWith(table, readers, actual, numbers.slice(0, 100));
  return [...correlations]
    .filter(([, correlation]) => correlation >= leastCorrelation)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostCandidates)
    .map(([name]) => name);
}

async function correlationsWith(
  table: TableFile,
  readers: ColumnReaders,
  actual: string,
  columns: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const readActual = readers.number(actual);
  const sums = columns.map((name) => ({
    name,
    read: readers.number(name),
    n: 0,
    x: 0,
    y: 0,
    xx: 0,
    yy: 0,
    xy: 0,
  }));
  for await (const [actuals = [], ...others] of table.readChunks([actual, ...columns])) {
    for (const [row, value] of actuals.entries()) {
      const y = readActual(value);
      if (y === undefined) continue;
      for (const [index, sum] of sums.entries()) {
        const x = sum.read(others[index]?.[row]);
        if (x === undefined) continue;
        sum.n += 1;
        sum.x += x;
        sum.y += y;
        sum.xx += x * x;
        sum.yy += y * y;
        sum.xy += x * y;
      }
    }
  }
  return new Map(
    sums.map(({ name, n, x, y, xx, yy, xy }) => {
      const correlation = (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
      return [name, Number.isFinite(correlation) ? correlation : 0];
    }),
  );
}

/** How the rows are loaded, or what is to be settled first. */
export function loadLines(load: LoadCommand): readonly string[] {
  if ('problems' in load)
    return [
      'the rows cannot be loaded like this; what `ingest` would ask for:',
      ...load.problems.map((problem) => `  ${problem}`),
    ];
  const { command, zoneIsGuessed, tried, streams } = load;
  return [
    ...(zoneIsGuessed
      ? ['the times have no zone: UTC stands for it below; write the one that they are in']
      : []),
    ...(tried.rejected > 0
      ? [
          `of the first ${formatCount(tried.rows)} rows ${formatCount(tried.rejected)} would be rejected: ${tried.reason ?? ''}`,
        ]
      : []),
    `to load ${streams.includes('predictions') ? 'the rows' : 'the actuals only'}: ${command}`,
  ];
}
