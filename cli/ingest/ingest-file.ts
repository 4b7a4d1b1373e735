/** Loads one file: batch after batch, each in a transaction of its own, while the next one is read. */

import type { Expectation } from '../../client/prediction-rows.ts';
import {
  actualStream,
  predictionStream,
  readBatch,
  writeBatch,
  type Batch,
} from '../../client/store-rows.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import type { Stream } from './column-plan.ts';
import { deleteProgress, findProgress, progressStatement, type IngestProgress } from './progress-store.ts';
import { contentOf, type RejectedFile, type RejectedRow } from './rejected-file.ts';
import type { RowMakers } from './row-maker.ts';
import type { Position, RowSource, SourceBatch, SourceRow } from './row-source.ts';

/** What has been done of a file. */
export interface IngestCounts {
  readonly rows: number;
  readonly stored: Readonly<Record<Stream, number>>;
  /** Of the stored ones: new, or different from what was stored. */
  readonly changed: Readonly<Record<Stream, number>>;
  readonly rejected: number;
  /** Rows with the key of another row of the same batch: the last of them counts. */
  readonly repeated: number;
  /** Reason -> rows, of the commonest reasons. */
  readonly reasons: ReadonlyMap<string, number>;
}

export interface FileLoad {
  readonly model: string;
  readonly source: RowSource;
  readonly makers: RowMakers;
  readonly expected: Expectation;
  readonly rejected: RejectedFile;
  /** Undefined: nothing is stored. */
  readonly database: Database | undefined;
  /** Where it goes on, and under which key; undefined where the file cannot be read a second time. */
  readonly resume: { readonly key: string; readonly from: IngestProgress | undefined } | undefined;
  readonly onProgress: (offset: number, rows: number) => void;
}

interface Prepared {
  readonly next: Position;
  readonly rows: number;
  readonly batches: readonly { readonly stream: Stream; readonly batch: Batch }[];
  readonly rejected: readonly RejectedRow[];
  readonly repeated: number;
}

const streams = { predictions: predictionStream, actuals: actualStream } as const;

/**
 * Loads what is left of a file.
 *
 * @throws TidewatchError `NOTHING_STORABLE` where no row of the first batch can be stored; then nothing is
 */
export async function ingestFile(load: FileLoad): Promise<IngestCounts> {
  const { model, source, makers, database, resume, rejected } = load;
  const counts = startCounts(resume?.from);
  const months = new Set<string>();
  let writing: Promise<void> = Promise.resolve();
  let isFirst = resume?.from === undefined;

  const write = async (prepared: Prepared): Promise<void> => {
    rejected.write(prepared.rejected);
    if (database === undefined) return;
    const progress = resume && (await progressOf(source, prepared.next, counts));
    for (const [index, { stream, batch }] of prepared.batches.entries()) {
      const isLast = index === prepared.batches.length - 1;
      const statements =
        isLast && progress !== undefined ? [progressStatement(model, resume!.key, progress)] : [];
      counts.changed[stream] += await writeBatch(database, months, {
        stream: streams[stream],
        model,
        batch,
        statements,
      });
    }
  };

  try {
    for await (const batch of source.batches(resume?.from?.position, makers.asText)) {
      const prepared = prepare(load, batch);
      if (isFirst && prepared.rows > 0) {
        checkSomeStorable(source.name, prepared);
        isFirst = false;
      }
      // One batch is being stored while the next one is read, and no more: memory stays at two batches.
      await writing;
      addTo(counts, prepared);
      writing = write(prepared);
      // It is awaited above or below; until then its failure is nobody's.
      writing.catch(() => {});
      load.onProgress(prepared.next.offset, counts.rows);
    }
  } finally {
    // Also where the next batch cannot be read: what was read before it is stored.
    await writing;
  }
  if (database !== undefined && resume !== undefined) await deleteProgress(database, model, resume.key);
  return counts;
}

type MutableCounts = {
  rows: number;
  stored: Record<Stream, number>;
  changed: Record<Stream, number>;
  rejected: number;
  repeated: number;
  reasons: Map<string, number>;
};

function startCounts(from: IngestProgress | undefined): MutableCounts {
  return {
    rows: from?.rows ?? 0,
    stored: { predictions: 0, actuals: 0 },
    changed: { predictions: 0, actuals: 0 },
    rejected: from?.rejected ?? 0,
    repeated: 0,
    reasons: new Map(),
  };
}

async function progressOf(
  source: RowSource,
  position: Position,
  { rows, rejected }: IngestCounts,
): Promise<IngestProgress | undefined> {
  const fingerprint = await source.fingerprint?.(position);
  return fingerprint === undefined ? undefined : { position, rows, rejected, fingerprint };
}

/** Where a load that was cut short goes on: undefined where the file has changed before that place. */
export async function resumeAt(
  database: Database,
  model: string,
  key: string,
  source: RowSource,
): Promise<IngestProgress | undefined> {
  const found = await findProgress(database, model, key);
  if (found === undefined) return undefined;
  const isSame = (await source.fingerprint?.(found.position)) === found.fingerprint;
  return isSame ? found : undefined;
}

/** Reads the rows of a batch for each stream. */
function prepare({ source, makers, expected }: FileLoad, { rows, next }: SourceBatch): Prepared {
  const unreadable = rows.filter(({ problem }) => problem !== undefined);
  const readable = unreadable.length === 0 ? rows : rows.filter(({ problem }) => problem === undefined);
  const rejected: RejectedRow[] = unreadable.map((row) => ({ row, reason: row.problem ?? '' }));
  let repeated = 0;
  const batches = Object.entries(makers.makers).map(([name, make], index) => {
    const stream = name as Stream;
    const made: unknown[] = [];
    const origins: SourceRow[] = [];
    for (const row of readable) {
      const value = make(row);
      if (value === undefined) continue;
      made.push(value);
      origins.push(row);
    }
    const read = readBatch(streams[stream], made, expected);
    const bad = read.bad.map(({ index, reason }) => ({ row: origins[index]!, reason }));
    for (const row of bad) rejected.push(row);
    repeated += repeatedKeys(stream, read);
    // What is kept of a rejected row is what stood in the file.
    const kept = [...(index === 0 ? rejected.slice(0, unreadable.length) : []), ...bad].map(
      ({ row, reason }, index) => ({ index, reason, row: contentOf(row, source.columns) }),
    );
    return { stream, batch: { ...read, bad: kept } };
  });
  return { next, rows: rows.length, batches, rejected: oncePerRow(rejected), repeated };
}

/** A row that both streams refuse is one row. */
function oncePerRow(rejected: readonly RejectedRow[]): readonly RejectedRow[] {
  const byLine = new Map<number, RejectedRow>();
  for (const entry of rejected) {
    const { row, reason } = entry;
    const before = byLine.get(row.line);
    const isSaid = before === undefined || before.reason.includes(reason);
    byLine.set(row.line, isSaid ? (before ?? entry) : { row, reason: `${before.reason}; ${reason}` });
  }
  return [...byLine.values()].sort((a, b) => a.row.line - b.row.line);
}

/** Where the key of a row stands in `predictionColumns` and `actualColumns`. */
const keyColumns = { predictions: [0, 1, 2, 3], actuals: [0, 1] } as const;

function repeatedKeys(stream: Stream, { good }: Batch): number {
  const keys = new Set(good.map((values) => keyColumns[stream].map((at) => values[at]).join('\0')));
  return good.length - keys.size;
}

function addTo(counts: MutableCounts, { rows, batches, rejected, repeated }: Prepared): void {
  counts.rows += rows;
  counts.rejected += rejected.length;
  counts.repeated += repeated;
  for (const { stream, batch } of batches) counts.stored[stream] += batch.good.length;
  for (const { reason } of rejected) {
    // Of a file in which each row has a reason of its own, the first hundred reasons are enough.
    if (counts.reasons.has(reason) || counts.reasons.size < 100)
      counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
  }
}

function checkSomeStorable(name: string, { rows, batches, rejected }: Prepared): void {
  const [first] = rejected;
  if (first === undefined || batches.some(({ batch }) => batch.good.length > 0)) return;
  throw new TidewatchError('NOTHING_STORABLE', {
    file: name,
    rows,
    line: first.row.line,
    reason: first.reason,
  });
}
