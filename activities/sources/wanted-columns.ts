/** Which columns of a source are read, as what, and the rows that they make. */

import { givenProbabilities } from '../../client/given-probabilities.ts';
import type { ActualRow } from '../../client/actual-rows.ts';
import type { PredictionRow } from '../../client/prediction-rows.ts';
import type { FeatureKind, Monitor } from '../../core/monitor/schema.ts';
import { outcomeKind } from '../../core/monitor/schema.ts';
import type { ActualSource, Origin, PredictionSource } from '../../core/source/settings.ts';
import type { Family } from '../../sql/table-types.ts';

/** What a value is wanted as: `key` and `class` text, `instant` epoch milliseconds, `category` a number, text or truth value. */
export type ValueUse = 'key' | 'class' | 'instant' | 'number' | 'category';

export interface WantedColumn {
  /** For people: `event_time`, `the feature "rooms"`. */
  readonly what: string;
  readonly column: string;
  readonly use: ValueUse;
}

/** A column that a source has. */
export interface SourceColumn {
  readonly name: string;
  /** As its database writes it. */
  readonly type: string;
  readonly family: Family;
  /** Times without a zone. */
  readonly isLocal: boolean;
}

/** What is read of each row, and the row for the client that it makes; undefined where it says nothing. */
export interface WantedRows {
  /** What is read when rows are new or have changed. */
  readonly columns: readonly WantedColumn[];
  /** These, and those that stay where they are and are read when they are needed. */
  readonly all: readonly WantedColumn[];
  /** Whether the stamp of a row comes after its columns: another one when any of all its columns has changed. */
  readonly stamped: boolean;
  readonly make: (values: readonly unknown[]) => unknown;
}

/** Where a row has its stamp: no part of what is shown of a row that cannot be stored. */
export const stamp = Symbol('stamp');

type Get = (values: readonly unknown[]) => unknown;

/** Collects wanted columns, and says where their values will be. */
function collector(): {
  readonly columns: WantedColumn[];
  readonly all: WantedColumn[];
  readonly want: (what: string, column: string, use: ValueUse) => Get;
  /** Is there as well, but not read. */
  readonly leave: (what: string, column: string, use: ValueUse) => void;
  readonly wantOrigin: (what: string, origin: Origin, use: ValueUse) => Get;
} {
  const columns: WantedColumn[] = [];
  const all: WantedColumn[] = [];
  const want = (what: string, column: string, use: ValueUse): Get => {
    const index = columns.push({ what, column, use }) - 1;
    all.push({ what, column, use });
    return (values) => values[index];
  };
  return {
    columns,
    all,
    want,
    leave: (what, column, use) => void all.push({ what, column, use }),
    wantOrigin: (what, origin, use) =>
      typeof origin === 'string' ? want(what, origin, use) : () => origin.value,
  };
}

const instantAt =
  (get: Get): Get =>
  (values) => {
    const value = get(values);
    // As a Date: the client takes small numbers for seconds.
    return typeof value === 'number' ? new Date(value) : undefined;
  };

function outcomeUse(monitor: Pick<Monitor, 'task'>): ValueUse {
  return outcomeKind(monitor.task) === 'continuous' ? 'number' : 'class';
}

/** The columns of predictions. Features stay where they are, but for those that segments are made of. */
export function wantedPredictions(source: PredictionSource, monitor: Monitor): WantedRows {
  const { columns, all, want, leave, wantOrigin } = collector();
  const { entity, event_time: eventTime, version, prediction, issued_at, role } = source.columns;
  const { interval_low: low, interval_high: high } = source.columns;
  const getEntity = wantOrigin('entity', entity, 'key');
  const getTime = instantAt(want('event_time', eventTime, 'instant'));
  const getVersion = wantOrigin('version', version, 'key');
  const getPrediction = want('prediction', prediction, outcomeUse(monitor));
  const getIssued = issued_at === undefined ? undefined : instantAt(want('issued_at', issued_at, 'instant'));
  const getRole = role === undefined ? undefined : wantOrigin('role', role, 'key');
  const getLow = low === undefined ? undefined : want('interval_low', low, 'number');
  const getHigh = high === undefined ? undefined : want('interval_high', high, 'number');
  const kept = Object.entries(monitor.features).flatMap(([name, { kind }]) => {
    const wanted = wantedFeature(source, name, kind);
    if (monitor.segments.includes(name)) return [{ name, get: want(...wanted) }];
    leave(...wanted);
    return [];
  });
  const probabilities = Object.entries(source.probabilities).map(([name, column]) => ({
    name,
    get: want(`the probability of "${name}"`, column, 'number'),
  }));
  const getProbabilities = givenProbabilities(monitor.classes, probabilities);
  const stampAt = columns.length;
  const make = (values: readonly unknown[]): Partial<Record<keyof PredictionRow | typeof stamp, unknown>> => {
    const made: Record<string, unknown> = {};
    for (const { name, get } of kept) made[name] = get(values);
    const lowest = getLow?.(values) ?? undefined;
    const highest = getHigh?.(values) ?? undefined;
    return {
      version: getVersion(values) ?? undefined,
      entity: getEntity(values) ?? undefined,
      eventTime: getTime(values),
      issuedAt: getIssued?.(values),
      role: getRole?.(values) ?? undefined,
      features: made,
      prediction: getPrediction(values),
      probabilities: getProbabilities?.(values),
      interval: lowest === undefined && highest === undefined ? undefined : { low: lowest, high: highest },
      [stamp]: values[stampAt],
    };
  };
  return { columns, all, stamped: true, make };
}

/** How a feature is read. */
export function wantedFeature(
  source: PredictionSource,
  name: string,
  kind: FeatureKind,
): [what: string, column: string, use: ValueUse] {
  const use = kind === 'continuous' ? 'number' : 'category';
  return [`the feature "${name}"`, source.features[name] ?? name, use];
}

/** The columns of actuals. Rows without an actual say nothing yet. */
export function wantedActuals(source: ActualSource, monitor: Monitor, readAt: number): WantedRows {
  const { columns, all, want, wantOrigin } = collector();
  const getEntity = wantOrigin('entity', source.columns.entity, 'key');
  const getTime = instantAt(want('event_time', source.columns.event_time, 'instant'));
  const getActual = want('actual', source.columns.actual, outcomeUse(monitor));
  const known = source.columns.recorded_at;
  const getKnown = known === undefined ? undefined : instantAt(want('recorded_at', known, 'instant'));
  const make = (values: readonly unknown[]): Partial<Record<keyof ActualRow, unknown>> | undefined => {
    const value = getActual(values);
    if (value === null) return undefined;
    return {
      entity: getEntity(values) ?? undefined,
      eventTime: getTime(values),
      value,
      recordedAt: getKnown === undefined ? readAt : getKnown(values),
    };
  };
  return { columns, all, stamped: false, make };
}

/** More names than this do not help. */
const mostListed = 20;

function listed(names: readonly string[]): string {
  const more = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** What is wrong with the columns of a source, in words; nothing where all can be read as they are wanted. */
export function columnProblems(
  wanted: readonly WantedColumn[],
  found: readonly SourceColumn[],
  timeZone: string | undefined,
): readonly string[] {
  const byName = new Map(found.map((column) => [column.name, column]));
  return wanted.flatMap(({ what, column, use }) => {
    const there = byName.get(column);
    if (there === undefined)
      return [`${what}: there is no column "${column}"; it has ${listed([...byName.keys()])}`];
    const is = `${what}: "${column}" is of type ${there.type}`;
    switch (use) {
      case 'number':
        return ['whole', 'fraction', 'boolean'].includes(there.family)
          ? []
          : [`${is}, and a number is wanted; name another column, or a view that casts it`];
      case 'instant':
        if (there.family !== 'instant')
          return [`${is}, and a time is wanted; name another column, or a view that casts it`];
        return there.isLocal && timeZone === undefined
          ? [`${is}, which has no time zone; write timeZone: UTC, or the zone that its times are in`]
          : [];
      case 'key':
      case 'class':
      case 'category':
        return there.family === 'other'
          ? [`${is}, and a text or a number is wanted; name another column, or a view that casts it`]
          : [];
    }
  });
}
