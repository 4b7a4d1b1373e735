import type { Expectation, ReadRow } from './prediction-rows.ts';
import {
  describe,
  isRecord,
  readInstant,
  readKey,
  readOutcome,
  RowProblem,
  timestampOf,
} from './row-values.ts';

/** The observed outcome of an entity at an event time. */
export interface ActualRow {
  readonly entity: string;
  readonly eventTime: Date | string | number;
  /** The observed number, or the observed class as text. */
  readonly value: number | string;
  /** When it became known, in the time of the data. Of several actuals of one entity and event time the newest counts. */
  readonly recordedAt: Date | string | number;
}

/** A copy of what the client reads of an actual, and of nothing else. */
export function copyActual(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { entity, eventTime, value, recordedAt } = row;
  return { entity, eventTime, value, recordedAt };
}

/** The columns of an actual that the client writes, in the order of `readActual`. */
export const actualColumns = {
  entity: 'text',
  event_time: 'timestamptz',
  value: 'double precision',
  class: 'text',
  recorded_at: 'timestamptz',
} as const;

/**
 * Reads one actual row.
 *
 * @throws RowProblem the first problem that keeps the row from being stored
 */
export function readActual(row: unknown, expected: Expectation): ReadRow {
  if (!isRecord(row)) throw new RowProblem(`the row is ${describe(row)}; send an object`);
  const eventTime = readInstant('eventTime', row.eventTime);
  const value = readOutcome('value', row.value, expected.task);
  return {
    eventTime,
    values: [
      readKey('entity', row.entity),
      timestampOf(eventTime),
      typeof value === 'number' ? value : null,
      typeof value === 'string' ? value : null,
      timestampOf(readInstant('recordedAt', row.recordedAt)),
    ],
  };
}
