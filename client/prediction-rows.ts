import type { FeatureKind, Monitor } from '../core/monitor/schema.ts';
import type { CopyValue } from '../sql/copy.ts';
import { toTimestamp } from '../sql/database.ts';
import type { Problem } from './row-values.ts';
import { describe, isProblem, isRecord, keyProblem, outcomeProblem, readInstant, textProblem } from './row-values.ts';

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

/** A row as it is stored, or the first problem that keeps it from being stored. */
export interface ReadRow {
  readonly eventTime: number;
  readonly values: readonly CopyValue[];
}

/** Reads one prediction row. A feature that is absent counts as missing; one that the monitor does not name is kept. */
export function readPrediction(row: unknown, expected: Expectation): ReadRow | Problem {
  if (!isRecord(row)) return { problem: `the row is ${describe(row)}; send an object` };
  const { version, entity, role = 'serving', prediction } = row;
  const eventTime = readInstant('eventTime', row.eventTime);
  if (isProblem(eventTime)) return eventTime;
  const issuedAt = row.issuedAt === undefined ? eventTime : readInstant('issuedAt', row.issuedAt);
  if (isProblem(issuedAt)) return issuedAt;
  const problem =
    keyProblem('version', version) ??
    keyProblem('entity', entity) ??
    (role === 'serving' || role === 'shadow' ? undefined : `role is ${describe(role)}; send "serving" or "shadow"`) ??
    outcomeProblem('prediction', prediction, expected.task) ??
    featuresProblem(row.features, expected.kinds) ??
    probabilitiesProblem(row.probabilities) ??
    intervalProblem(row.interval);
  if (problem !== undefined) return { problem };
  const interval = row.interval as PredictionRow['interval'];
  return {
    eventTime,
    values: [
      version as string,
      entity as string,
      toTimestamp(eventTime),
      toTimestamp(issuedAt),
      role as string,
      JSON.stringify(row.features),
      typeof prediction === 'number' ? prediction : null,
      typeof prediction === 'string' ? prediction : null,
      row.probabilities === undefined ? null : JSON.stringify(row.probabilities),
      interval?.low ?? null,
      interval?.high ?? null,
    ],
  };
}

function featuresProblem(features: unknown, kinds: Expectation['kinds']): string | undefined {
  if (!isRecord(features)) return `features is ${describe(features)}; send an object: feature -> value`;
  for (const name of Object.keys(features)) {
    const problem = featureProblem(name, features[name], kinds.get(name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function featureProblem(name: string, value: unknown, kind: FeatureKind | undefined): string | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? nameProblem(name) : `features.${name} is ${value}; send null for a missing value`;
  }
  if (value === null || value === undefined) return nameProblem(name);
  if (typeof value !== 'string' && typeof value !== 'boolean') {
    return `features.${name} is ${describe(value)}; send a number, a text, true, false or null`;
  }
  if (kind === 'continuous') {
    return `features.${name} is ${describe(value)}, but the monitor says that it is continuous; send a number or null`;
  }
  return nameProblem(name) ?? (typeof value === 'string' ? textProblem(`features.${name}`, value) : undefined);
}

function nameProblem(name: string): string | undefined {
  return textProblem('the name of a feature', name);
}

function probabilitiesProblem(probabilities: unknown): string | undefined {
  if (probabilities === undefined) return undefined;
  if (!isRecord(probabilities)) return `probabilities is ${describe(probabilities)}; send an object: class -> probability`;
  for (const [name, value] of Object.entries(probabilities)) {
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      return `probabilities.${name} is ${describe(value)}; send a number from 0 to 1`;
    }
    const problem = textProblem('the name of a class', name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function intervalProblem(interval: unknown): string | undefined {
  if (interval === undefined) return undefined;
  if (!isRecord(interval)) return `interval is ${describe(interval)}; send { low, high }`;
  const { low, high } = interval;
  for (const [name, end] of [['low', low] as const, ['high', high] as const]) {
    if (!Number.isFinite(end)) return `interval.${name} is ${describe(end)}; send a finite number`;
  }
  return (low as number) <= (high as number) ? undefined : `interval.low is above interval.high; swap the two`;
}
