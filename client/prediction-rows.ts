import type { FeatureKind, Monitor } from '../core/monitor/schema.ts';
import type { CopyValue } from '../sql/copy.ts';
import {
  describe,
  isRecord,
  readFinite,
  readInstant,
  readKey,
  readOutcome,
  readText,
  RowProblem,
  timestampOf,
} from './row-values.ts';

/** One scored instance. */
export interface PredictionRow {
  /** Version of the model that made it. */
  readonly version: string;
  /** What it is about, for example a station; unique together with the event time. */
  readonly entity: string;
  /** What instant it is about: a Date, ISO 8601 with its offset, or epoch milliseconds. */
  readonly eventTime: Date | string | number;
  /** When it was made; by default the event time. Several forecasts of one event time differ in this. */
  readonly issuedAt?: Date | string | number;
  /** `serving` (the default): it reached users; `shadow`: made beside the champion for comparison. */
  readonly role?: 'serving' | 'shadow';
  /** Numbers, texts, booleans; null or absent for a missing value. */
  readonly features: Readonly<Record<string, unknown>>;
  /** The predicted number, or the predicted class as text. */
  readonly prediction: number | string;
  /** Class -> probability from 0 to 1. */
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly interval?: { readonly low: number; readonly high: number };
}

/**
 * A copy of what the client reads of a prediction, and of nothing else: what JSON leaves of it is read alike.
 *
 * @example copyPrediction({ version: '1', entity: 'a', eventTime: 0, features: {}, prediction: 2, trace: [] })
 * // { version: '1', entity: 'a', eventTime: 0, features: {}, prediction: 2 }
 */
export function copyPrediction(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { version, entity, eventTime, issuedAt, role, features, prediction, probabilities, interval } = row;
  return { version, entity, eventTime, issuedAt, role, features, prediction, probabilities, interval };
}

/** What the monitor of a model says about its rows; nothing when there is no monitor yet. */
export interface Expectation {
  readonly task?: Monitor['task'];
  readonly kinds: ReadonlyMap<string, FeatureKind>;
}

/** The columns of a prediction that the client writes, in the order of `readPrediction`. */
export const predictionColumns = {
  version: 'text',
  entity: 'text',
  event_time: 'timestamptz',
  issued_at: 'timestamptz',
  role: 'text',
  features: 'jsonb',
  prediction: 'double precision',
  predicted_class: 'text',
  probabilities: 'jsonb',
  interval_low: 'double precision',
  interval_high: 'double precision',
} as const;

/** A row as it is stored. */
export interface ReadRow {
  readonly eventTime: number;
  readonly values: readonly CopyValue[];
}

/**
 * Reads one prediction row. A feature that is absent counts as missing; one that the monitor does not name is kept.
 *
 * @throws RowProblem the first problem that keeps the row from being stored
 */
export function readPrediction(row: unknown, expected: Expectation): ReadRow {
  if (!isRecord(row)) throw new RowProblem(`the row is ${describe(row)}; send an object`);
  const eventTime = readInstant('eventTime', row.eventTime);
  const issuedAt = row.issuedAt === undefined ? eventTime : readInstant('issuedAt', row.issuedAt);
  const prediction = readOutcome('prediction', row.prediction, expected.task);
  const interval = row.interval === undefined ? undefined : readInterval(row.interval);
  const at = timestampOf(eventTime);
  return {
    eventTime,
    values: [
      readKey('version', row.version),
      readKey('entity', row.entity),
      at,
      issuedAt === eventTime ? at : timestampOf(issuedAt),
      row.role === undefined ? 'serving' : readRole(row.role),
      readFeatures(row.features, expected.kinds),
      typeof prediction === 'number' ? prediction : null,
      typeof prediction === 'string' ? prediction : null,
      row.probabilities === undefined ? null : readProbabilities(row.probabilities),
      interval?.low ?? null,
      interval?.high ?? null,
    ],
  };
}

function readRole(role: unknown): string {
  if (role === 'serving' || role === 'shadow') return role;
  throw new RowProblem(`role is ${describe(role)}; send "serving" or "shadow"`);
}

/** The features as JSON. */
function readFeatures(features: unknown, kinds: Expectation['kinds']): string {
  if (!isRecord(features))
    throw new RowProblem(`features is ${describe(features)}; send an object: feature -> value`);
  for (const name of Object.keys(features)) {
    if (!kinds.has(name)) readText('the name of a feature', name);
    checkFeature(name, features[name], kinds.get(name));
  }
  return JSON.stringify(features);
}

function checkFeature(name: string, value: unknown, kind: FeatureKind | undefined): void {
  if (value === null || value === undefined) return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw new RowProblem(`features.${name} is ${value}; send null for a missing value`);
  }
  if (typeof value !== 'string' && typeof value !== 'boolean') {
    throw new RowProblem(
      `features.${name} is ${describe(value)}; send a number, a text, true, false or null`,
    );
  }
  if (kind === 'continuous') {
    throw new RowProblem(
      `features.${name} is ${describe(value)}, but the monitor says that it is continuous; send a number or null`,
    );
  }
  if (typeof value === 'string') readText(`features.${name}`, value);
}

/** The probabilities as JSON. */
function readProbabilities(probabilities: unknown): string {
  if (!isRecord(probabilities)) {
    throw new RowProblem(`probabilities is ${describe(probabilities)}; send an object: class -> probability`);
  }
  for (const [name, value] of Object.entries(probabilities)) {
    readText('the name of a class', name);
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      throw new RowProblem(`probabilities.${name} is ${describe(value)}; send a number from 0 to 1`);
    }
  }
  return JSON.stringify(probabilities);
}

function readInterval(interval: unknown): { low: number; high: number } {
  if (!isRecord(interval)) throw new RowProblem(`interval is ${describe(interval)}; send { low, high }`);
  const low = readFinite('interval.low', interval.low);
  const high = readFinite('interval.high', interval.high);
  if (low > high) throw new RowProblem(`interval.low ${low} is above interval.high ${high}; swap the two`);
  return { low, high };
}
