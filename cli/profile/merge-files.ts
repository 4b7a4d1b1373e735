import { resolve } from 'node:path';

import { TidewatchError } from '../../core/errors.ts';
import { mergeProfiles } from '../../core/profile/merge.ts';
import { invalid } from '../compare/request.ts';
import type { ProfiledColumn, ProfileFile } from '../profile-file.ts';

export interface NamedProfileFile {
  readonly path: string;
  readonly content: ProfileFile;
}

/**
 * The file of all rows of some files together.
 *
 * @throws TidewatchError `PROFILES_NOT_ALIKE` when they have not the same columns in the same grids.
 */
export function mergeFiles(first: NamedProfileFile, others: readonly NamedProfileFile[]): ProfileFile {
  const files = [first, ...others];
  for (const other of others) requireAlike(first, other);
  return {
    createdBy: first.content.createdBy,
    sources: files.flatMap(({ content }) => content.sources),
    rows: files.reduce((sum, { content }) => sum + content.rows, 0),
    columns: first.content.columns.map(({ name, grid }) => ({
      name,
      grid,
      profile: mergeProfiles(
        grid,
        files.map(({ content }) => columnOf(content, name)!.profile),
      ),
    })),
  };
}

/**
 * Refuses a file that is named twice, whose rows would count twice, and an output that would replace what is added up.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function refusePaths(paths: readonly string[], output: string): void {
  const resolved = paths.map((path) => resolve(path));
  const twice = paths.find((_, i) => resolved.indexOf(resolved[i]!) < i);
  if (twice !== undefined) throw invalid(twice, 'it is named twice, and its rows would count twice');
  if (resolved.includes(resolve(output)))
    throw invalid('--output', `${output} is one of the profiles that are added up; name another file`);
}

function requireAlike(first: NamedProfileFile, other: NamedProfileFile): void {
  for (const { name } of other.content.columns) {
    if (columnOf(first.content, name) === undefined) {
      throw notAlike(first, other, `only it has the column "${name}"`);
    }
  }
  for (const { name } of first.content.columns) {
    if (columnOf(other.content, name) === undefined) {
      throw notAlike(first, other, `it has no column "${name}"`);
    }
    requireSameGrid(name, first, other);
  }
}

/** Refuses a column of both files that was counted in different cells. */
export function requireSameGrid(name: string, first: NamedProfileFile, other: NamedProfileFile): void {
  const [grid, ofOther] = [columnOf(first.content, name)!.grid, columnOf(other.content, name)!.grid];
  if (ofOther.kind !== grid.kind) {
    throw notAlike(first, other, `its column "${name}" is ${ofOther.kind}, not ${grid.kind}`);
  }
  if (ofOther.fingerprint !== grid.fingerprint) {
    throw notAlike(first, other, `its column "${name}" was counted in other cells`);
  }
}

function notAlike(first: NamedProfileFile, other: NamedProfileFile, reason: string): TidewatchError {
  return new TidewatchError('PROFILES_NOT_ALIKE', { file: other.path, other: first.path, reason });
}

/** The column of this name. */
export function columnOf(content: ProfileFile, name: string): ProfiledColumn | undefined {
  return content.columns.find((column) => column.name === name);
}
