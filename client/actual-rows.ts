import { toTimestamp } from '../sql/database.ts';
import type { Expectation, ReadRow } from './prediction-rows.ts';
import type { Problem } from './row-values.ts';
import { describe, isProblem, isRecord, keyProblem, outcomeProblem, readInstant } from './row-values.ts';

/** The observed outcome of an entity at an event time. */
export interface ActualRow {
  readonly entity: string;
  readonly eventTime: Date | string | number;
  /** The observed number, or the observed class as text. */
  readonly value: number | string;
  /** When it became known, in the time of the data. Of several actuals of one entity and event time the newest counts. */
  readonly recordedAt: Date | string | number;
}

/** The columns of an actual that the client writes, in the order of `readActual`. */
export const actualColumns = {
  entity: 'text',
  event_time: 'timestamptz',
  value: 'double precision',
  class: 'text',
  recorded_at: 'timestamptz',
} as const;

/** Reads one actual row. */
export function readActual(row: unknown, expected: Expectation): ReadRow | Problem {
  if (!isRecord(row)) return { problem: `the row is ${describe(row)}; send an object` };
  const { entity, value } = row;
  const eventTime = readInstant('eventTime', row.eventTime);
  if (isProblem(eventTime)) return eventTime;
  const recordedAt = readInstant('recordedAt', row.recordedAt);
  if (isProblem(recordedAt)) return recordedAt;
  const problem = keyProblem('entity', entity) ?? outcomeProblem('value', value, expected.task);
  if (problem !== undefined) return { problem };
  return {
    eventTime,
    values: [
      entity as string,
      toTimestamp(eventTime),
      typeof value === 'number' ? value : null,
      typeof value === 'string' ? value : null,
      toTimestamp(recordedAt),
    ],
  };
}
