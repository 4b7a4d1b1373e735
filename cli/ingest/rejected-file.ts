/** Where rejected rows are written for people: a line a row, as JSON. */

import { accessSync, appendFileSync, constants, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { readableContent } from '../../client/rejected-content.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import type { SourceRow } from './row-source.ts';

export interface RejectedRow {
  readonly row: SourceRow;
  readonly reason: string;
}

export interface RejectedFile {
  /** Undefined: nothing is written. */
  readonly path: string | undefined;
  write(rows: readonly RejectedRow[]): void;
}

/** What a dry run writes: nothing. */
export const noRejectedFile: RejectedFile = { path: undefined, write: () => {} };

/**
 * Where the rejected rows of a file are written unless another file is named: beside it. Of standard input, a table, and a file
 * in a directory that nobody may write to: in the working directory.
 *
 * @param file as `ingest` names it
 * @example rejectedPath('-') // 'stdin.rejected.jsonl'
 */
export function rejectedPath(file: string): string {
  if (file === '-') return 'stdin.rejected.jsonl';
  if (file.startsWith('postgres:')) return 'postgres.rejected.jsonl';
  const name = `${file}.rejected.jsonl`;
  try {
    accessSync(dirname(name), constants.W_OK);
    return name;
  } catch {
    return basename(name);
  }
}

/** Made with the first row; a load that goes on adds to what is there. */
export function rejectedFile(path: string, columns: readonly string[], goesOn: boolean): RejectedFile {
  let isBegun = goesOn;
  return {
    path,
    write: (rows) => {
      if (rows.length === 0) return;
      const lines = rows.map(
        ({ row, reason }) => `${JSON.stringify({ line: row.line, reason, row: contentOf(row, columns) })}\n`,
      );
      try {
        (isBegun ? appendFileSync : writeFileSync)(path, lines.join(''));
        isBegun = true;
      } catch (error) {
        throw new TidewatchError(
          'UNWRITABLE_FILE',
          { file: path, reason: reasonOf(error) },
          { cause: error },
        );
      }
    },
  };
}

/** The row as it stood in the file: column -> value; the bare values where these are more or fewer. */
export function contentOf({ values, problem }: SourceRow, columns: readonly string[]): unknown {
  if (problem !== undefined) return readableContent(values.length === 1 ? values[0] : values);
  return readableContent(Object.fromEntries(columns.map((name, index) => [name, values[index]])));
}
