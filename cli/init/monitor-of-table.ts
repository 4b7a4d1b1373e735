/** A first monitor from the columns of a table: which is what, of which kind, and how its rows are loaded. */

import type { FeatureKind, Monitor } from '../../core/monitor/schema.ts';
import type { TableFile } from '../../sql/table-file.ts';
import { openTable } from '../open-table.ts';
import { quoted } from '../quoted.ts';
import { unknownColumn } from '../unknown-column.ts';
import { areRoles, areTimes, sampledValues } from '../ingest/column-values.ts';
import { dateOrderOf, isWrittenDate, type DateOrder } from '../ingest/date-order.ts';
import { classOf, type Field } from '../ingest/fields.ts';
import { nameOf } from '../ingest/usual-names.ts';
import { unreadable } from '../../sql/table-source.ts';
import { readColumnFacts, type ColumnFacts } from './column-facts.ts';
import { columnReaders, type ColumnReaders } from './column-readers.ts';
import { firstRowsOf, withFirstRows, type FirstRows } from './first-rows.ts';
import { loadCommand, orderOfDates, probabilityClassOf } from './load-command.ts';
import { leftOutColumns, namedColumns, type NamedColumns } from './named-columns.ts';
import { findRecordedAt, type FoundRecordedAt } from './recorded-at.ts';
import { sourceSection } from './source-section.ts';
import { classesOf, kindsOf, positiveOf, starterMonitor, type StarterColumns } from './starter-monitor.ts';
import { readHistory } from './table-history.ts';
import { columnLines, loadLines, warningsOf } from './told.ts';

/** What somebody knows of the table, as commander gives it. */
export interface TableOptions {
  readonly actual?: string;
  readonly prediction?: string;
  readonly entity?: string;
  readonly time?: string;
  readonly issuedAt?: string;
  readonly recordedAt?: string;
  readonly versionColumn?: string;
  readonly timeZone?: string;
  readonly dates?: DateOrder;
  readonly source?: true;
}

export interface TableRequest extends TableOptions {
  readonly model: string;
  /** The table. */
  readonly from: string;
  /** Where the monitor will be. */
  readonly file: string;
}

/**
 * The text of the monitor.
 *
 * @param say Told which column is what, what should not be overlooked, and how the rows are loaded.
 * @throws TidewatchError why the table cannot be read; `UNKNOWN_TABLE_COLUMN`; `INVALID_OPTION` for `source`
 */
export async function monitorOfTable(request: TableRequest, say: (line: string) => void): Promise<string> {
  return withFirstRows(request.from, async (read) => {
    if (read !== undefined) checkColumns(read.name, read.columns);
    const table = await openTable(
      request.from,
      read !== undefined && hasWrittenDates(read) ? 'texts' : undefined,
    );
    try {
      const firstRows = read ?? (await firstRowsOf(table));
      checkColumns(
        table.path,
        table.columns.map(({ name }) => name),
      );
      if (table.rows === 0)
        throw unreadable(table.path, 'it has no rows, so that nothing can be told from it');
      const facts = await readColumnFacts(table, firstRows);
      return await describeTable(request, { table, firstRows, facts }, say);
    } finally {
      await table.close();
    }
  });
}

/** In words, for example `bikes.csv (8645 rows)`. */
export function sourceText({ path, rows }: TableFile): string {
  return `${path} (${rows} rows)`;
}

/** Days and months would be told apart by a guess. */
function hasWrittenDates(firstRows: FirstRows): boolean {
  return firstRows.columns.some((column) => sampledValues(firstRows, column).some(isWrittenDate));
}

function checkColumns(name: string, columns: readonly string[]): void {
  const [only, ...others] = columns;
  if (only === undefined || others.length > 0) return;
  const reason = `it has one column, ${quoted(only)}; the first line names the columns, with , ; | or tabs between them`;
  throw unreadable(name, reason);
}

interface Read {
  readonly table: TableFile;
  readonly firstRows: FirstRows;
  readonly facts: readonly ColumnFacts[];
}

async function describeTable(
  request: TableRequest,
  { table, firstRows, facts }: Read,
  say: (line: string) => void,
): Promise<string> {
  const { model, from, file, timeZone } = request;
  const names = facts.map(({ name }) => name);
  const given = givenFields(request);
  for (const name of given.values()) if (!names.includes(name)) throw unknownColumn(from, name, names);
  const isInstant = (column: string): boolean =>
    facts.some(({ name, kind }) => name === column && kind === 'instant');
  const named = namedColumns(names, Object.fromEntries(given), {
    isTime: (column) => isInstant(column) || areTimes(column, sampledValues(firstRows, column)),
    isRole: (column) => areRoles(sampledValues(firstRows, column)),
  });
  const fields = new Map(named.fields);
  const order = request.dates ?? (await orderOfDates(firstRows, fields.get('event_time')));
  const dates = order === 'day-first' || order === 'month-first' ? order : undefined;
  const readers = columnReaders(firstRows, dates, timeZone ?? 'UTC');

  const actual = fields.get('actual');
  const prediction = fields.get('prediction');
  const logged = {
    ...(actual !== undefined && { actual }),
    ...(prediction !== undefined && { prediction }),
  };
  const classes = classesOf({ columns: facts, source: '', ...logged });
  const positive = classes?.length === 2 ? positiveOf(classes) : undefined;
  const probabilityOf = probabilityClassOf(firstRows, prediction, classes, positive ?? '');
  const known = await recordedAtOf(table, readers, fields, names.filter(isInstant));
  if (known !== undefined && 'column' in known) fields.set('recorded_at', known.column);
  const ofPredicted = names.filter((name) =>
    isOfPredicted({ firstRows, readers, prediction, positive }, name),
  );
  const all = withProbabilities({ ...named, fields }, names, classes, positive, ofPredicted);

  const history = await readHistory({ table, readers, fields, classes, probabilityOf });
  const lookAlikes = new Map(
    all.lookAlikes
      .filter(({ isLikely }) => !isLikely)
      .map(({ column, field }) => [column, `${field}? by its name it could be`]),
  );
  for (const column of ofPredicted)
    lookAlikes.set(
      column,
      `by its values not the probability of ${positive}: of the class that was predicted?`,
    );
  const starter: StarterColumns = {
    columns: facts,
    ...(request.source && {
      section: sourceSection({
        from,
        columns: table.columns,
        named: all,
        directory: process.env['SOURCE_DIRECTORY'],
      }),
    }),
    source: sourceText(table),
    ...logged,
    leaveOut: leftOutColumns(all),
    lookAt: lookAlikes,
    history,
  };
  const kinds = kindsOf(starter);
  for (const line of columnLines({ fields, given, kinds, probabilityOf, known, file })) say(line);
  const load =
    request.source || kinds.every(({ kind }) => 'reason' in kind)
      ? undefined
      : loadCommand({
          model,
          file: from,
          firstRows,
          monitor: monitorLike(kinds, classes, positive),
          given: new Map([
            ...given,
            ...(known !== undefined && 'column' in known ? [['recorded_at', known.column] as const] : []),
          ]),
          found: fields,
          probabilityOf,
          hasProbabilities: classes !== undefined && all.probabilities.length > 0,
          dates: request.dates ?? (dates === undefined ? undefined : neededOrder(firstRows, fields, dates)),
          timeZone,
        });
  for (const warning of await warningsOf({
    table,
    firstRows,
    facts,
    named: all,
    known,
    history,
    kinds,
    order,
    load,
    readers,
  }))
    say(`warning: ${warning}`);
  if (load !== undefined) for (const line of loadLines(load)) say(line);
  return starterMonitor(model, starter);
}

function givenFields(request: TableRequest): ReadonlyMap<Field, string> {
  const { entity, time, prediction, actual, issuedAt, recordedAt, versionColumn } = request;
  const given: readonly (readonly [Field, string | undefined])[] = [
    ['entity', entity],
    ['event_time', time],
    ['prediction', prediction],
    ['actual', actual],
    ['issued_at', issuedAt],
    ['recorded_at', recordedAt],
    ['version', versionColumn],
  ];
  return new Map(
    given.flatMap(([field, column]): [Field, string][] => (column === undefined ? [] : [[field, column]])),
  );
}

async function recordedAtOf(
  table: TableFile,
  readers: ColumnReaders,
  fields: ReadonlyMap<Field, string>,
  times: readonly string[],
): Promise<FoundRecordedAt> {
  const [eventTime, actual] = [fields.get('event_time'), fields.get('actual')];
  if (eventTime === undefined || actual === undefined || fields.has('recorded_at')) return undefined;
  const used = new Set(fields.values());
  return findRecordedAt({
    table,
    readers,
    eventTime,
    actual,
    candidates: times.filter((name) => !used.has(name)),
  });
}

/** With the classes that are known by then, more columns are probabilities. */
function withProbabilities(
  named: NamedColumns,
  names: readonly string[],
  classes: readonly string[] | undefined,
  positive: string | undefined,
  ofPredicted: readonly string[],
): NamedColumns {
  if (classes === undefined) return named;
  const used = new Set(named.fields.values());
  const probabilities = names.filter(
    (name) =>
      !used.has(name) && !ofPredicted.includes(name) && classOf(name, classes, positive) !== undefined,
  );
  return {
    ...named,
    probabilities: [...new Set([...named.probabilities, ...probabilities])],
    lookAlikes: named.lookAlikes.filter(({ column }) => !probabilities.includes(column)),
  };
}

/**
 * A plain `confidence` may be the probability of the positive class, or of whichever was predicted. The first one is nowhere higher where
 * the other class was predicted than where this one was.
 */
function isOfPredicted(
  {
    firstRows,
    readers,
    prediction,
    positive,
  }: {
    readonly firstRows: FirstRows;
    readonly readers: ColumnReaders;
    readonly prediction: string | undefined;
    readonly positive: string | undefined;
  },
  column: string,
): boolean {
  if (prediction === undefined || positive === undefined || nameOf(column).plain !== 'confidence')
    return false;
  const [said, given] = [prediction, column].map((name) => firstRows.columns.indexOf(name));
  const read = readers.number(column);
  let [highestOfOther, lowestOfPositive] = [-Infinity, Infinity];
  for (const { values } of firstRows.sample) {
    const value = read(values[given!]);
    if (value === undefined) continue;
    if (values[said!] === positive) lowestOfPositive = Math.min(lowestOfPositive, value);
    else highestOfOther = Math.max(highestOfOther, value);
  }
  return highestOfOther > lowestOfPositive;
}

function monitorLike(
  kinds: ReturnType<typeof kindsOf>,
  classes: readonly string[] | undefined,
  positive: string | undefined,
): Pick<Monitor, 'features' | 'classes' | 'positiveClass' | 'task'> {
  const features = Object.fromEntries(
    kinds.flatMap(({ name, kind }): [string, { kind: FeatureKind }][] =>
      'kind' in kind ? [[name, { kind: kind.kind }]] : [],
    ),
  ) as Monitor['features'];
  return classes === undefined
    ? { task: 'regression', features }
    : {
        task: 'classification',
        classes: [...classes].sort(),
        features,
        ...(positive !== undefined && { positiveClass: positive }),
      };
}

/** The order of dates is said where the first rows of the file do not tell it. */
function neededOrder(
  firstRows: FirstRows,
  fields: ReadonlyMap<Field, string>,
  dates: DateOrder,
): DateOrder | undefined {
  const column = fields.get('event_time');
  const first = column === undefined ? undefined : dateOrderOf(sampledValues(firstRows, column));
  return first === dates ? undefined : dates;
}
