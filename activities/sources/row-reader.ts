/** What reads the rows of a source, whatever it is. */

import type { Window } from '../../core/window.ts';

/** Rows that were read, with what is remembered once they are stored. */
export interface SourceBatch {
  /** A value a wanted column. */
  readonly rows: readonly (readonly unknown[])[];
  /** Part -> fingerprint: parts whose last row is among these or was before. */
  readonly done: ReadonlyMap<string, string>;
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
}

/** Rows a transaction. */
export const batchRows = 20_000;

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
