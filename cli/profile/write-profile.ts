import { TidewatchError } from '../../core/errors.ts';
import { openTable } from '../open-table.ts';
import { codeVersion } from '../../worker/code-version.ts';
import { readProfileFile, writeProfileFile, type ProfileFile } from '../profile-file.ts';
import {
  chooseColumns,
  columnsLike,
  profileColumns,
  type ColumnWishes,
  type LeftOut,
} from './table-columns.ts';

export interface WriteRequest {
  readonly table: string;
  readonly output: string;
  readonly wishes: ColumnWishes;
  /** A profile whose columns and grids are taken. */
  readonly like?: string;
}

export interface Written {
  readonly content: ProfileFile;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Profiles a table into a file: in grids of its own, or in those of another profile.
 *
 * @throws TidewatchError `UNREADABLE_TABLE`, `EMPTY_TABLE` where a grid would have to come from no rows,
 * `UNKNOWN_TABLE_COLUMN`, `UNREADABLE_PROFILE_FILE` and `UNWRITABLE_FILE`.
 */
export async function writeTableProfile(
  { table: path, output, wishes, like }: WriteRequest,
  onProgress: (done: number, total: number) => void,
): Promise<Written> {
  const model = like === undefined ? undefined : await readProfileFile(like);
  const table = await openTable(path);
  try {
    if (model === undefined && table.rows === 0) throw new TidewatchError('EMPTY_TABLE', { file: path });
    const { tasks, leftOut } =
      model === undefined
        ? chooseColumns(table, wishes)
        : { tasks: columnsLike(table, { path: like!, ...model }, wishes.columns), leftOut: [] };
    const content = {
      createdBy: await codeVersion(),
      sources: [path],
      rows: table.rows,
      columns: await profileColumns(table, tasks, (done) => onProgress(done, tasks.length)),
    };
    await writeProfileFile(output, content);
    return { content, leftOut };
  } finally {
    await table.close();
  }
}
