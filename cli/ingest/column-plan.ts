/** Which column of a file is what, decided before anything is stored. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { nearest } from '../nearest.ts';
import { listed, nearestColumn } from '../unknown-column.ts';
import { shellText } from '../../core/shell-text.ts';
import { orOf, withArticle } from '../words.ts';
import { chooseColumns, type ChosenColumns, type Unclear } from './choose-columns.ts';
import { areProbabilities, areRoles, areTimes, sampledValues } from './column-values.ts';
import { dateOrderOf, isWrittenDate, type DateOrder } from './date-order.ts';
import { classOf, featurePrefix, fields, probabilityPrefix, type Field } from './fields.ts';
import type { RowSource } from './row-source.ts';
import { classReader, isLocalTime } from './value-readers.ts';

export type Stream = 'predictions' | 'actuals';

/** What a field or a feature is read from: a column, or one value for all rows. */
export type Origin = { readonly column: string } | { readonly constant: string };

/** So many values tell whether they are times. */
const lookedAt = 50;

/** Stands for the number of the line where `--set` names it as the entity. */
export const lineMark = '@line';

export interface ColumnPlan {
  readonly streams: readonly Stream[];
  readonly fields: ReadonlyMap<Field, Origin>;
  /** Feature -> what it is read from. */
  readonly features: ReadonlyMap<string, Origin>;
  /** Class -> what its probability is read from. */
  readonly probabilities: ReadonlyMap<string, Origin>;
  /** The prediction is the class of the highest probability: no column has it. */
  readonly isLikeliest: boolean;
  /** Columns that are not read. */
  readonly leftOut: readonly string[];
  /** Features of the monitor that no column has. */
  readonly missingFeatures: readonly string[];
  /** What a person should look at. */
  readonly notes: readonly string[];
}

export interface PlanRequest {
  readonly source: Pick<RowSource, 'columns' | 'unseen' | 'sample' | 'timesWithoutZone' | 'instants'>;
  /** The applied monitor, where there is one. */
  readonly monitor: Pick<Monitor, 'features' | 'classes' | 'positiveClass'> | undefined;
  /** `--map`: what -> column. */
  readonly mapped: ReadonlyMap<string, string>;
  /** `--set`: what -> value. */
  readonly constants: ReadonlyMap<string, string>;
  readonly only: Stream | undefined;
  readonly allowMissing: boolean;
  readonly timeZone: string | undefined;
  readonly dates: DateOrder | undefined;
}

/** A plan, or everything that keeps one from being made. */
export type Planned = { readonly plan: ColumnPlan } | { readonly problems: readonly string[] };

/**
 * Decides which column is what: first what `--map` and `--set` say, then the features of the monitor by their names, then what
 * is usually called so. Without a monitor every other column is a feature; with one it is left out.
 */
export function planColumns(request: PlanRequest): Planned {
  const { source, monitor, mapped, constants } = request;
  const columns = source.columns.filter((name) => name !== '');
  const problems = [...unknownColumns(mapped, columns), ...misspeltTargets(request)];
  const claims = new Map<string, Origin>([
    ...[...mapped].map(([what, column]): [string, Origin] => [what, { column }]),
    ...[...constants].map(([what, constant]): [string, Origin] => [what, { constant }]),
  ]);
  const used = new Set(mapped.values());
  const free = (): readonly string[] => columns.filter((name) => !used.has(name) && !source.unseen.has(name));

  const features = new Map<string, Origin>();
  const probabilities = new Map<string, Origin>();
  const found = new Map<Field, Origin>();
  for (const [what, origin] of claims) {
    if (isField(what)) found.set(what, origin);
    else if (what.startsWith(probabilityPrefix))
      probabilities.set(what.slice(probabilityPrefix.length), origin);
    else features.set(what.startsWith(featurePrefix) ? what.slice(featurePrefix.length) : what, origin);
  }
  const named = Object.keys(monitor?.features ?? {});
  for (const feature of named) {
    if (features.has(feature) || !columns.includes(feature) || source.unseen.has(feature)) continue;
    features.set(feature, { column: feature });
    used.add(feature);
  }
  const positive = monitor?.classes?.length === 2 ? (monitor.positiveClass ?? monitor.classes[1]) : undefined;
  const valuesOf = (column: string): readonly unknown[] => sampledValues(source, column).slice(0, lookedAt);
  const chosen = chooseColumns({
    columns: free().filter((column) => classOf(column, monitor?.classes, positive) === undefined),
    given: columnsOf(found),
    set: new Set(found.keys()),
    isTime: (column) => source.instants.has(column) || areTimes(column, valuesOf(column)),
    isRole: (column) => areRoles(valuesOf(column)),
  });
  for (const [field, column] of chosen.found) {
    if (found.has(field)) continue;
    found.set(field, { column });
    used.add(column);
  }
  const classProblems = settleClasses({ request, positive, found, probabilities });
  for (const column of free()) {
    const name = classOf(column, monitor?.classes, positive);
    if (name === undefined || probabilities.has(name)) continue;
    probabilities.set(name, { column });
    used.add(column);
  }
  if (monitor === undefined) {
    for (const column of free()) {
      features.set(column, { column });
      used.add(column);
    }
  }
  const isLikeliest =
    !found.has('prediction') && positive !== undefined
      ? probabilities.size > 0
      : !found.has('prediction') && monitor?.classes?.every((name) => probabilities.has(name)) === true;
  const streams = streamsOf(found, isLikeliest, request.only);
  const missingFeatures = named.filter((feature) => !features.has(feature));
  problems.push(
    ...classProblems,
    ...streamProblems(streams, found, chosen.unclear, request.only),
    ...unclearProblems(chosen.unclear, request.only),
    ...dateProblems(request, found),
    ...zoneProblems(request, found),
    ...(streams.includes('predictions') && !request.allowMissing
      ? missingProblems(missingFeatures, free())
      : []),
  );
  if (problems.length > 0) return { problems };
  const notes = notesOf(chosen, new Set(features.keys()));
  return {
    plan: {
      streams,
      fields: found,
      features,
      probabilities,
      isLikeliest,
      leftOut: free(),
      missingFeatures,
      notes,
    },
  };
}

function isField(what: string): what is Field {
  return (fields as readonly string[]).includes(what);
}

function unknownColumns(mapped: ReadonlyMap<string, string>, columns: readonly string[]): string[] {
  return [...mapped].flatMap(([what, column]) => {
    if (columns.includes(column)) return [];
    const near = nearestColumn(column, columns);
    return [
      `--map ${column}=${what}: there is no column "${column}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    ];
  });
}

/** A name that is almost one of a field, or of a feature of the monitor, is hardly a new feature. */
function misspeltTargets({ mapped, constants, monitor }: PlanRequest): string[] {
  const features = Object.keys(monitor?.features ?? {});
  const given = [
    ...[...mapped].map(([what, column]) => [what, `--map ${shellText(`${column}=${what}`)}`] as const),
    ...[...constants].map(([what, value]) => [what, `--set ${shellText(`${what}=${value}`)}`] as const),
  ];
  return given.flatMap(([what, option]) => {
    const isKnown = isField(what) || features.includes(what) || /^(?:probability|feature):/.test(what);
    const near = isKnown ? undefined : nearest(what, [...fields, ...features]);
    return near === undefined
      ? []
      : [
          `${option}: "${what}" is no field and was taken as a feature; did you mean "${near}"? A feature that is called so is ${featurePrefix}${what}`,
        ];
  });
}

function columnsOf(found: ReadonlyMap<Field, Origin>): ReadonlyMap<Field, string> {
  return new Map(
    [...found].flatMap(([field, origin]): [Field, string][] =>
      'column' in origin ? [[field, origin.column]] : [],
    ),
  );
}

/** A column of probabilities that is called a prediction is the probability of the positive class. */
function settleClasses({
  request,
  positive,
  found,
  probabilities,
}: {
  readonly request: PlanRequest;
  readonly positive: string | undefined;
  readonly found: Map<Field, Origin>;
  readonly probabilities: Map<string, Origin>;
}): string[] {
  const { source, monitor, mapped } = request;
  const origin = found.get('prediction');
  if (monitor?.classes === undefined || origin === undefined || !('column' in origin)) return [];
  const { classes } = monitor;
  const { column } = origin;
  const values = sampledValues(source, column);
  const read = classReader(classes);
  if (values.length === 0 || values.some((value) => classes.includes(String(read(value))))) return [];
  const said = `the values of "${column}" (${listed([...new Set(values.map(String))].slice(0, 3))}) are none of the classes of the monitor (${listed(classes)})`;
  if (positive === undefined || !areProbabilities(values)) return [`${said}: --map <column>=prediction`];
  if (mapped.get('prediction') === column)
    return [
      `${said}: as the probability of "${positive}" they are --map ${column}=${probabilityPrefix}${positive}`,
    ];
  found.delete('prediction');
  if (!probabilities.has(positive)) probabilities.set(positive, origin);
  return [];
}

function streamsOf(
  found: ReadonlyMap<Field, Origin>,
  isLikeliest: boolean,
  only: Stream | undefined,
): Stream[] {
  return (['predictions', 'actuals'] as const).filter(
    (stream) =>
      (found.has(valueOf[stream]) || (stream === 'predictions' && isLikeliest)) &&
      (only === undefined || only === stream),
  );
}

/** The field without which a row says nothing of a stream. */
export const valueOf = { predictions: 'prediction', actuals: 'actual' } as const;

const needed: Readonly<Record<Stream, readonly Field[]>> = {
  predictions: ['entity', 'event_time', 'version'],
  actuals: ['entity', 'event_time'],
};

const waysOut: Partial<Record<Field, string>> = {
  entity: `--map <column>=entity (what the row is about), --set entity=<text> where all are about one thing, or --set entity=${lineMark} for the number of its line`,
  event_time: '--map <column>=event_time (the instant that the row is about)',
  version: '--set version=<text> (of the model that made the predictions), or --map <column>=version',
};

function streamProblems(
  streams: readonly Stream[],
  found: ReadonlyMap<Field, Origin>,
  unclear: readonly Unclear[],
  only: Stream | undefined,
): string[] {
  const isUnclear = (field: Field): boolean => unclear.some((of) => of.field === field);
  if (streams.length === 0) {
    // What is said of the columns that it may be is enough.
    if (isUnclear('prediction') || isUnclear('actual')) return [];
    const wanted = (only === undefined ? (['predictions', 'actuals'] as const) : [only]).map(
      (stream) => `--map <column>=${valueOf[stream]}`,
    );
    return [`no column is a prediction or an actual by its name: ${wanted.join(' or ')}`];
  }
  const fieldsNeeded = new Set(streams.flatMap((stream) => needed[stream]));
  return [...fieldsNeeded].flatMap((field) =>
    found.has(field) || isUnclear(field) ? [] : [`no column is the ${field}: ${waysOut[field] ?? ''}`],
  );
}

/** Without these nothing is stored; whether one of several columns is a field that may be absent is only noted. */
function unclearProblems(unclear: readonly Unclear[], only: Stream | undefined): string[] {
  const wanted = (field: Field): boolean => {
    if (field === 'prediction') return only !== 'actuals';
    if (field === 'actual') return only !== 'predictions';
    return field === 'entity' || field === 'event_time' || (field === 'version' && only !== 'actuals');
  };
  return unclear.flatMap(({ field, columns }) =>
    wanted(field)
      ? [
          `the ${field} may be ${orOf(columns.map((column) => `"${column}"`))}, by the names: ${orOf(columns.map((column) => `--map ${shellText(`${column}=${field}`)}`))}`,
        ]
      : [],
  );
}

/** What a person should look at, though it keeps nothing from being stored. */
function notesOf({ unclear, lookAlikes }: ChosenColumns, features: ReadonlySet<string>): readonly string[] {
  return [
    ...unclear
      .filter(({ field }) => field === 'issued_at' || field === 'recorded_at')
      .map(({ field, columns }) => `the ${field} may be ${orOf(columns)}: --map <column>=${field}`),
    ...lookAlikes
      .filter(({ column, isLikely }) => isLikely && features.has(column))
      .map(({ column, field }) => `${column} is a feature, though it is called like ${withArticle(field)}`),
  ];
}

function dateProblems({ source, dates }: PlanRequest, found: ReadonlyMap<Field, Origin>): string[] {
  if (dates !== undefined) return [];
  return timeFields.flatMap((field) => {
    const origin = found.get(field);
    if (origin === undefined || 'constant' in origin) return [];
    const values = sampledValues(source, origin.column);
    const order = dateOrderOf(values);
    if (order !== 'unclear' && order !== 'mixed') return [];
    const example = String(values.find(isWrittenDate));
    const what =
      order === 'unclear'
        ? `may have the day or the month first, for example ${example}`
        : 'have the day first in some rows and the month first in others';
    return [`the dates in "${origin.column}" ${what}: --dates day-first, or --dates month-first`];
  });
}

const timeFields = ['event_time', 'issued_at', 'recorded_at'] as const satisfies readonly Field[];

function zoneProblems({ source, timeZone }: PlanRequest, found: ReadonlyMap<Field, Origin>): string[] {
  if (timeZone !== undefined) return [];
  return timeFields.flatMap((field) => {
    const origin = found.get(field);
    if (origin === undefined || 'constant' in origin) return [];
    const { column } = origin;
    const values = sampledValues(source, column);
    const local = source.timesWithoutZone.has(column) ? values[0] : values.find(isLocalTime);
    if (local === undefined) return [];
    const example = typeof local === 'string' ? `, for example ${local}` : '';
    return [`the times in "${column}" have no zone${example}: --time-zone UTC, or the zone that they are in`];
  });
}

function missingProblems(features: readonly string[], columns: readonly string[]): string[] {
  return features.map((feature) => {
    const near = nearest(feature, columns);
    const instead = near === undefined ? `--map <column>=${feature}` : `--map ${near}=${feature}`;
    return `no column is the feature "${feature}" of the monitor: ${instead}, or --allow-missing to store it as missing`;
  });
}

/** For people: which column is what, a line each. */
export function planLines(
  {
    streams,
    fields: found,
    features,
    probabilities,
    isLikeliest,
    leftOut,
    missingFeatures,
    notes,
  }: ColumnPlan,
  recordedAt: string,
): readonly string[] {
  const origin = (from: Origin): string =>
    'column' in from
      ? from.column
      : from.constant === lineMark
        ? 'the number of the line'
        : `"${from.constant}"`;
  const lines: [string, string][] = [
    ['rows', streams.join(' and ')],
    ...fields.flatMap((field): [string, string][] => {
      const from = found.get(field);
      return from === undefined ? [] : [[field, origin(from)]];
    }),
  ];
  if (streams.includes('actuals') && !found.has('recorded_at'))
    lines.push([
      'recorded_at',
      `${recordedAt}, when the file was last written: runs about days before count these actuals all the same, and \`rules try --as-known\` takes them for unknown until then`,
    ]);
  if (streams.includes('predictions')) {
    if (isLikeliest) lines.push(['prediction', 'the likeliest class, by the probabilities']);
    for (const [name, from] of probabilities) lines.push([`probability of ${name}`, origin(from)]);
    const named = [...features].map(([name, from]) => {
      const said = origin(from);
      return said === name ? name : `${name} (${said})`;
    });
    lines.push(['features', named.length === 0 ? 'none' : listed(named)]);
    if (missingFeatures.length > 0) lines.push(['missing', listed(missingFeatures)]);
  }
  if (leftOut.length > 0) lines.push(['left out', listed(leftOut)]);
  for (const note of notes) lines.push(['look at', note]);
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, said]) => `  ${name.padEnd(width)}${said}`);
}
