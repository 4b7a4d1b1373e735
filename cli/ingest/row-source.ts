/** What `ingest` reads rows from, whatever the format: columns, and batches of rows with where they stand. */

/** One row of a file. */
export interface SourceRow {
  /** Where it begins, from 1; of a table without lines its number. */
  readonly line: number;
  /** One value a column; texts in CSV. */
  readonly values: readonly unknown[];
  /** Why it cannot be read; then `values` hold what was found. */
  readonly problem?: string;
}

/** Where the next row begins. */
export interface Position {
  /** Bytes of the text, or rows of a table, that come before. */
  readonly offset: number;
  readonly line: number;
}

export interface SourceBatch {
  readonly rows: readonly SourceRow[];
  /** What comes after it. */
  readonly next: Position;
}

export interface RowSource {
  /** As it was named. */
  readonly name: string;
  /** For people: `CSV`, `JSON lines`, `Parquet`. */
  readonly format: string;
  readonly columns: readonly string[];
  /** Columns of which no row of the beginning has a value (JSON lines: a key that may come later). */
  readonly unseen: ReadonlySet<string>;
  /** Columns of times for which the format says that they have no zone; of CSV the texts tell. */
  readonly timesWithoutZone: ReadonlySet<string>;
  /** Columns that are instants by their type; of texts the values tell. */
  readonly instants: ReadonlySet<string>;
  /** `0,5` is a half. */
  readonly decimalComma: boolean;
  /** The first rows. */
  readonly sample: readonly SourceRow[];
  /** How long it is, in the unit of `Position.offset`; undefined where only reading it tells. */
  readonly size: number | undefined;
  readonly unit: 'bytes' | 'rows';
  /** When the file was last written, in epoch milliseconds. */
  readonly writtenAt: number;
  /** Tells contents apart: changes with what is before the position. Absent where it can be read only once. */
  readonly fingerprint?: (position: Position) => Promise<string>;
  /** Rows in the order of the file. `asText`: columns whose numbers are wanted as they are written. */
  batches(from: Position | undefined, asText: ReadonlySet<string>): AsyncIterable<SourceBatch>;
  close(): Promise<void>;
}

/** Rows that are looked at before anything is stored. */
export const sampleRows = 1_000;
