/** How far a file has been loaded; one function a statement. */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

import type { Statement } from '../../sql/copy.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Position } from './row-source.ts';

/** What has been done of a file, and of which content. */
export interface IngestProgress {
  readonly position: Position;
  readonly rows: number;
  readonly rejected: number;
  readonly fingerprint: string;
}

/** The same for the same file read in the same way. */
export function progressSource(file: string, readAs: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([resolve(file), readAs]))
    .digest('hex');
}

export async function findProgress(
  connection: Queryable,
  model: string,
  source: string,
): Promise<IngestProgress | undefined> {
  const [row] = await connection.query<{
    offset: number;
    line: number;
    rows: number;
    rejected: number;
    fingerprint: string;
  }>(
    `select byte_offset as "offset", line, row_count as rows, rejected_count as rejected, fingerprint
     from ingest_progress
     where model = $1 and source = $2`,
    [model, source],
  );
  if (row === undefined) return undefined;
  const { offset, line, ...rest } = row;
  return { position: { offset, line }, ...rest };
}

/** Belongs into the transaction that stores the rows before the position. */
export function progressStatement(
  model: string,
  source: string,
  { position, rows, rejected, fingerprint }: IngestProgress,
): Statement {
  return {
    text: `
      insert into ingest_progress (model, source, byte_offset, line, row_count, rejected_count, fingerprint)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict on constraint ingest_progress_pkey do update
      set byte_offset = excluded.byte_offset, line = excluded.line, row_count = excluded.row_count,
        rejected_count = excluded.rejected_count, fingerprint = excluded.fingerprint, updated_at = excluded.updated_at`,
    values: [model, source, position.offset, position.line, rows, rejected, fingerprint],
  };
}

export async function deleteProgress(connection: Queryable, model: string, source: string): Promise<void> {
  await connection.execute('delete from ingest_progress where model = $1 and source = $2', [model, source]);
}
