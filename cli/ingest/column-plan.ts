/** Which column of a file is what, decided before anything is stored. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { nearest } from '../nearest.ts';
import { listed } from '../unknown-column.ts';
import { classOf, columnFor, featurePrefix, fields, probabilityPrefix, type Field } from './fields.ts';
import type { RowSource } from './row-source.ts';
import { isLocalTime, isMissing } from './value-readers.ts';

export type Stream = 'predictions' | 'actuals';

/** What a field or a feature is read from: a column, or one value for all rows. */
export type Origin = { readonly column: string } | { readonly constant: string };

/** Stands for the number of the line where `--set` names it as the entity. */
export const lineMark = '@line';

export interface ColumnPlan {
  readonly streams: readonly Stream[];
  readonly fields: ReadonlyMap<Field, Origin>;
  /** Feature -> what it is read from. */
  readonly features: ReadonlyMap<string, Origin>;
  /** Class -> what its probability is read from. */
  readonly probabilities: ReadonlyMap<string, Origin>;
  /** Columns that are not read. */
  readonly leftOut: readonly string[];
  /** Features of the monitor that no column has. */
  readonly missingFeatures: readonly string[];
}

export interface PlanRequest {
  readonly source: Pick<RowSource, 'columns' | 'unseen' | 'sample' | 'timesWithoutZone'>;
  /** The applied monitor, where there is one. */
  readonly monitor: Pick<Monitor, 'features' | 'classes' | 'positiveClass'> | undefined;
  /** `--map`: what -> column. */
  readonly mapped: ReadonlyMap<string, string>;
  /** `--set`: what -> value. */
  readonly constants: ReadonlyMap<string, string>;
  readonly only: Stream | undefined;
  readonly allowMissing: boolean;
  readonly timeZone: string | undefined;
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
  const problems = unknownColumns(mapped, columns);
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
  for (const field of fields) {
    if (found.has(field)) continue;
    const column = columnFor(field, free());
    if (column === undefined) continue;
    found.set(field, { column });
    used.add(column);
  }
  const positive = monitor?.classes?.length === 2 ? (monitor.positiveClass ?? monitor.classes[1]) : undefined;
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
  const streams = streamsOf(found, request.only);
  const missingFeatures = named.filter((feature) => !features.has(feature));
  problems.push(
    ...streamProblems(streams, found, request.only),
    ...zoneProblems(request, found),
    ...(streams.includes('predictions') && !request.allowMissing
      ? missingProblems(missingFeatures, free())
      : []),
  );
  if (problems.length > 0) return { problems };
  return { plan: { streams, fields: found, features, probabilities, leftOut: free(), missingFeatures } };
}

function isField(what: string): what is Field {
  return (fields as readonly string[]).includes(what);
}

function unknownColumns(mapped: ReadonlyMap<string, string>, columns: readonly string[]): string[] {
  return [...mapped].flatMap(([what, column]) => {
    if (columns.includes(column)) return [];
    const near = nearest(column, columns);
    return [
      `--map ${column}=${what}: there is no column "${column}"${near === undefined ? '' : `; is it "${near}"?`}`,
    ];
  });
}

function streamsOf(found: ReadonlyMap<Field, Origin>, only: Stream | undefined): Stream[] {
  return (['predictions', 'actuals'] as const).filter(
    (stream) => found.has(valueOf[stream]) && (only === undefined || only === stream),
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
  only: Stream | undefined,
): string[] {
  if (streams.length === 0) {
    const wanted = (only === undefined ? (['predictions', 'actuals'] as const) : [only]).map(
      (stream) => `--map <column>=${valueOf[stream]}`,
    );
    return [`no column is a prediction or an actual by its name: ${wanted.join(' or ')}`];
  }
  const fieldsNeeded = new Set(streams.flatMap((stream) => needed[stream]));
  return [...fieldsNeeded].flatMap((field) =>
    found.has(field) ? [] : [`no column is the ${field}: ${waysOut[field] ?? ''}`],
  );
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

/** The values of a column in the first rows that have one. */
export function sampledValues(
  { columns, sample }: Pick<RowSource, 'columns' | 'sample'>,
  column: string,
): readonly unknown[] {
  const index = columns.indexOf(column);
  return sample
    .filter(({ problem }) => problem === undefined)
    .map(({ values }) => values[index])
    .filter((value) => !isMissing(value));
}

/** For people: which column is what, a line each. */
export function planLines(
  { streams, fields: found, features, probabilities, leftOut, missingFeatures }: ColumnPlan,
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
    lines.push(['recorded_at', `${recordedAt}, when the file was last written`]);
  if (streams.includes('predictions')) {
    for (const [name, from] of probabilities) lines.push([`probability of ${name}`, origin(from)]);
    const named = [...features].map(([name, from]) => {
      const said = origin(from);
      return said === name ? name : `${name} (${said})`;
    });
    lines.push(['features', named.length === 0 ? 'none' : listed(named)]);
    if (missingFeatures.length > 0) lines.push(['missing', listed(missingFeatures)]);
  }
  if (leftOut.length > 0) lines.push(['left out', listed(leftOut)]);
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, said]) => `  ${name.padEnd(width)}${said}`);
}
