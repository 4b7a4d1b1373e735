/** Loads one file: batch after batch, each in a transaction of its own, while the next one is read. */

import type { Expectation } from '../../client/prediction-rows.ts';
import {
  actualStream,
  predictionStream,
  readBatch,
  writeBatch,
  type BadRow,
  type Batch,
} from '../../client/store-rows.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';
import type { Stream } from './column-plan.ts';
import { deleteProgress, findProgress, progressStatement, type IngestProgress } from './progress-store.ts';
import { contentOf, type RejectedFile, type RejectedRow } from './rejected-file.ts';
import type { RowMakers } from './row-maker.ts';
import { keysSeen, type KeysSeen, type Repeated } from './repeated-keys.ts';
import type { Position, RowSource, SourceBatch, SourceRow } from './row-source.ts';

/** What has been done of a file. */
export interface IngestCounts {
  readonly rows: number;
  readonly stored: Readonly<Record<Stream, number>>;
  /** Of the stored ones: new, or different from what was stored. */
  readonly changed: Readonly<Record<Stream, number>>;
  readonly rejected: number;
  /** Rows with the key of a row before them in this load: the last of them counts. */
  readonly repeated: Readonly<Record<Stream, Repeated>>;
  /** Of the reasons that were met first. */
  readonly reasons: ReadonlyMap<string, ReasonCount>;
}

/** How many rows have a reason, and the line of the first. */
export interface ReasonCount {
  readonly rows: number;
  readonly line: number;
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

/** Rows that were read, and are stored together. */
interface Prepared {
  next: Position;
  rows: number;
  readonly batches: Readonly<Record<Stream, MutableBatch>>;
  readonly rejected: RejectedRow[];
}

interface MutableBatch extends Batch {
  readonly good: string[];
  stored: number;
  readonly bad: BadRow[];
  readonly months: Set<string>;
}

/** A transaction: so many rows, or so much text of wide ones. */
const batchRows = 20_000;
const batchCharacters = 8e6;

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
  const names = Object.keys(makers.makers) as Stream[];
  const likely: Record<Stream, 'new' | 'known'> = { predictions: 'new', actuals: 'new' };
  let isFirst = resume?.from === undefined;

  const write = async (
    { rejected: bad, batches }: Prepared,
    progress: IngestProgress | undefined,
  ): Promise<void> => {
    rejected.write(bad);
    if (database === undefined) return;
    for (const [index, stream] of names.entries()) {
      const isLast = index === names.length - 1;
      const statements = isLast && resume && progress ? [progressStatement(model, resume.key, progress)] : [];
      const batch = batches[stream];
      const changed = await writeBatch(database, months, {
        stream: streams[stream],
        model,
        batch,
        likely: likely[stream],
        statements,
      });
      counts.changed[stream] += changed;
      // Batches of a file are mostly alike: where each row of one was new, those of the next one are.
      likely[stream] = changed === batch.stored ? 'new' : 'known';
    }
  };

  let prepared = emptyBatch();
  const keys = keysSeen();
  const store = async (): Promise<void> => {
    if (isFirst && prepared.rows > 0) checkSomeStorable(source.name, prepared);
    isFirst &&= prepared.rows === 0;
    addTo(counts, prepared, keys);
    const progress = resume && (await progressOf(source, prepared.next, counts));
    // One batch is being stored while the next one is read, and no more: memory stays at two batches.
    await writing;
    writing = write(prepared, progress);
    // It is awaited above or below; until then its failure is nobody's.
    writing.catch(() => {});
    load.onProgress(prepared.next.offset, counts.rows);
    prepared = emptyBatch();
  };
  try {
    for await (const batch of source.batches(resume?.from?.position, makers.asText)) {
      prepare(load, batch, prepared, keys);
      if (isFull(prepared)) await store();
    }
  } finally {
    // Also where the file cannot be read on: what was read before is stored.
    if (prepared.rows > 0) await store();
    await writing;
  }
  if (database !== undefined && resume !== undefined) await deleteProgress(database, model, resume.key);
  return counts;
}

function emptyBatch(): Prepared {
  const none = (): MutableBatch => ({ good: [], stored: 0, bad: [], months: new Set() });
  return {
    next: { offset: 0, line: 1 },
    rows: 0,
    batches: { predictions: none(), actuals: none() },
    rejected: [],
  };
}

function isFull({ rows, batches }: Prepared): boolean {
  const characters = [...batches.predictions.good, ...batches.actuals.good];
  return rows >= batchRows || characters.reduce((sum, { length }) => sum + length, 0) >= batchCharacters;
}

type MutableCounts = {
  rows: number;
  stored: Record<Stream, number>;
  changed: Record<Stream, number>;
  rejected: number;
  repeated: Record<Stream, Repeated>;
  reasons: Map<string, ReasonCount>;
};

const noneRepeated: Repeated = { rows: 0, example: undefined, isAtLeast: false };

function startCounts(from: IngestProgress | undefined): MutableCounts {
  return {
    rows: from?.rows ?? 0,
    stored: { predictions: 0, actuals: 0 },
    changed: { predictions: 0, actuals: 0 },
    rejected: from?.rejected ?? 0,
    repeated: { predictions: noneRepeated, actuals: noneRepeated },
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

/** Reads rows for each stream, and adds them to what is stored together. */
function prepare(
  { model, source, makers, expected }: FileLoad,
  { rows, next }: SourceBatch,
  prepared: Prepared,
  keys: KeysSeen,
): void {
  const unreadable = rows.filter(({ problem }) => problem !== undefined);
  const readable = unreadable.length === 0 ? rows : rows.filter(({ problem }) => problem === undefined);
  const rejected: RejectedRow[] = [];
  for (const [index, [name, make]] of Object.entries(makers.makers).entries()) {
    const stream = name as Stream;
    const batch = prepared.batches[stream];
    const made: unknown[] = [];
    const origins: SourceRow[] = [];
    for (const row of readable) {
      const value = make(row);
      if (value === undefined) continue;
      made.push(value);
      origins.push(row);
    }
    const read = readBatch(streams[stream], model, made, expected);
    const refused = new Set(read.bad.map(({ index }) => index));
    for (const [index, value] of made.entries())
      if (!refused.has(index)) keys.add(stream, keyOf(value as KeyParts), origins[index]!.line);
    const bad = read.bad.map(({ index, reason }) => ({ row: origins[index]!, reason }));
    // A row that cannot be read belongs to no stream: it is kept with the first.
    if (index === 0) for (const row of unreadable) bad.push({ row, reason: row.problem ?? '' });
    batch.stored += read.stored;
    batch.good.push(...read.good);
    for (const month of read.months) batch.months.add(month);
    for (const { row, reason } of bad) {
      rejected.push({ row, reason });
      // What is kept of a rejected row is what stood in the file.
      batch.bad.push({ index: batch.bad.length, reason, row: contentOf(row, source.columns) });
    }
  }
  for (const row of oncePerRow(rejected)) prepared.rejected.push(row);
  prepared.rows += rows.length;
  prepared.next = next;
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

interface KeyParts {
  readonly entity: unknown;
  readonly eventTime: unknown;
  readonly version?: unknown;
  readonly issuedAt?: unknown;
}

function keyOf({ entity, eventTime, version, issuedAt }: KeyParts): string {
  return [eventTime, entity, version, issuedAt].map(String).join('\0');
}

function addTo(counts: MutableCounts, { rows, batches, rejected }: Prepared, keys: KeysSeen): void {
  counts.rows += rows;
  counts.rejected += rejected.length;
  for (const stream of ['predictions', 'actuals'] as const) {
    counts.stored[stream] += batches[stream].stored;
    counts.repeated[stream] = keys.repeated(stream);
  }
  for (const { reason, row } of rejected) {
    const before = counts.reasons.get(reason);
    // Of a file in which each row has a reason of its own, the first hundred reasons are enough.
    if (before === undefined && counts.reasons.size >= 100) continue;
    counts.reasons.set(reason, { rows: (before?.rows ?? 0) + 1, line: before?.line ?? row.line });
  }
}

function checkSomeStorable(name: string, { rows, batches, rejected }: Prepared): void {
  const [first] = rejected;
  if (first === undefined || batches.predictions.stored + batches.actuals.stored > 0) return;
  throw new TidewatchError('NOTHING_STORABLE', {
    file: name,
    rows,
    line: first.row.line,
    reason: first.reason,
  });
}
