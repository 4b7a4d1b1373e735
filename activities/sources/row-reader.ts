/** What reads the rows of a source, whatever it is. */

import { formatInstant, type Window } from '../../core/window.ts';
import type { VectorBatch } from '../../sql/binary-rows.ts';
import type { WantedColumn } from './wanted-columns.ts';

/** Rows that were read, with what is remembered once they are stored. */
export interface SourceBatch {
  /** A value a wanted column. */
  readonly rows: readonly (readonly unknown[])[];
  /** Part -> fingerprint: parts whose last row is among these or was before. */
  readonly done: ReadonlyMap<string, string>;
  /** The first and the last event time of the part that is done, where it is a file. */
  readonly span?: Window | undefined;
}

export interface ChangesRequest {
  /** Part -> fingerprint: what was read before. */
  readonly known: ReadonlyMap<string, string>;
  readonly asOf: number;
  /** Hours of event time to look at, whatever was read before. */
  readonly window?: Window | undefined;
  /** Takes a batch; the next one is read when it is stored. */
  readonly take: (batch: SourceBatch) => Promise<void>;
}

/** Which values are read where they are. */
export interface ColumnsRequest {
  readonly wanted: readonly WantedColumn[];
  /** Of events in it. */
  readonly window: Window;
  /** Only rows of these instants and these entities, where only some are asked for; others may come with them. */
  readonly only?:
    | { readonly instants: readonly number[]; readonly entities: readonly string[] | undefined }
    | undefined;
  /** The files that may have such rows; others are not opened. */
  readonly parts: ReadonlySet<string>;
  readonly take: (batch: VectorBatch) => Promise<void> | void;
}

export interface RowReader {
  /** For people. */
  readonly name: string;
  /** What keeps its rows from being read as they are wanted, in words. */
  problems(): Promise<readonly string[]>;
  /**
   * Reads what is new or has changed.
   *
   * @returns known parts that need not be remembered any more
   * @throws SourceProblem, SourceAway; what was taken before stays so
   */
  readChanges(request: ChangesRequest): Promise<readonly string[]>;
  /**
   * Reads some columns of rows, a vector a column in the order in which they are wanted, in any order of rows.
   *
   * @throws SourceProblem, SourceAway
   */
  readColumns(request: ColumnsRequest): Promise<void>;
}

/** Rows a transaction. */
export const batchRows = 10_000;

/** Rows of one hour of event time that are watched: the keys of so many take 150 MB. */
export const mostRowsAnHour = 5_000_000;

/** What to say of an hour with more of them, or of those that are of no hour. */
export function tooManyRows(hour: number | null, most: number = mostRowsAnHour): string {
  const rows = `more than ${most.toLocaleString('en-US')} rows`;
  return hour === null
    ? `${rows} have no event time, or one that is of no hour; name a view that leaves them out`
    : `the hour from ${formatInstant(hour)} has ${rows}; ` +
        'name a view that gives a sample of them, or each of them once where a join repeats it';
}

/** The source is not as its monitor says: a person has to correct one of the two. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: { cause?: unknown }) {
    super(problems.join('; '), options);
    this.problems = problems;
  }
}

/** The source does not answer. */
export class SourceAway extends Error {
  override readonly name = 'SourceAway';
}
