/**
 * A file of profiles, one a column of a table, with the grids they were counted in. Version 1:
 *
 *     tidewatch profile 1 <checksum of all that follows, 8 hexadecimal digits> \n
 *     JSON on one line: who wrote it, of which tables, how many rows, and by column its name, grid and bytes \n
 *     the encoded profiles, one after another
 *
 * Nothing in it depends on the time of writing: the same profiles give the same bytes.
 */

import { readFile, writeFile } from 'node:fs/promises';

import * as z from 'zod';

import { reasonOf, TidewatchError } from '../core/errors.ts';
import { checksumOf } from '../core/profile/checksum.ts';
import { decodeProfile, encodeProfile } from '../core/profile/encode.ts';
import { gridFromJson, type ReferenceGrid } from '../core/profile/grid.ts';
import type { Profile } from '../core/profile/profile.ts';

const version = 1;
const mark = 'tidewatch profile';
const newline = 0x0a;

export interface ProfileFile {
  /** The version of Tidewatch that wrote it. */
  readonly createdBy: string;
  /** The tables that were profiled, as they were named. */
  readonly sources: readonly string[];
  readonly rows: number;
  readonly columns: readonly ProfiledColumn[];
}

export interface ProfiledColumn {
  readonly name: string;
  readonly grid: ReferenceGrid;
  readonly profile: Profile;
}

const headerSchema = z.object({
  createdBy: z.string(),
  sources: z.array(z.string()),
  rows: z.int().min(0),
  columns: z.array(z.object({ name: z.string(), grid: z.unknown(), bytes: z.int().min(0) })),
});

/**
 * Writes profiles to a file, replacing what was there.
 *
 * @throws TidewatchError `UNWRITABLE_FILE`
 */
export async function writeProfileFile(path: string, content: ProfileFile): Promise<void> {
  try {
    await writeFile(path, encodeProfileFile(content));
  } catch (error) {
    throw new TidewatchError('UNWRITABLE_FILE', { file: path, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * Reads the profiles of a file.
 *
 * @throws TidewatchError `UNREADABLE_PROFILE_FILE` when there is none, it is something else, of another version, or damaged.
 */
export async function readProfileFile(path: string): Promise<ProfileFile> {
  try {
    return decodeProfileFile(await readFile(path));
  } catch (error) {
    const reason = isMissing(error) ? 'there is no such file' : reasonOf(error).replace(/\.$/, '');
    throw new TidewatchError('UNREADABLE_PROFILE_FILE', { file: path, reason }, { cause: error });
  }
}

/** The bytes of a file. */
export function encodeProfileFile({ createdBy, sources, rows, columns }: ProfileFile): Uint8Array {
  const encoded = columns.map(({ profile, grid }) => encodeProfile(profile, grid));
  const header = {
    createdBy,
    sources,
    rows,
    columns: columns.map(({ name, grid }, i) => ({ name, grid, bytes: encoded[i]!.length })),
  };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...encoded]);
  return Buffer.concat([Buffer.from(`${mark} ${version} ${checksumTextOf(content)}\n`), content]);
}

function decodeProfileFile(bytes: Uint8Array): ProfileFile {
  const [, foundVersion, checksum] =
    /^tidewatch profile (\d{1,9})(?: ([0-9a-f]{8})$)?/.exec(firstLineOf(bytes)) ?? [];
  if (foundVersion === undefined) throw new Error('it does not begin as one');
  if (Number(foundVersion) !== version) {
    throw new Error(`it has version ${foundVersion}, this Tidewatch reads version ${version}`);
  }
  const content = bytes.subarray(bytes.indexOf(newline) + 1);
  if (checksum !== checksumTextOf(content)) throw new Error('it was damaged or cut off');

  const headerEnd = content.indexOf(newline);
  const header = headerSchema.parse(JSON.parse(Buffer.from(content.subarray(0, headerEnd)).toString()));
  let end = headerEnd + 1;
  const columns = header.columns.map(({ name, grid: json, bytes: length }) => {
    const grid = gridFromJson(json);
    const start = end;
    end += length;
    return { name, grid, profile: decodeProfile(content.subarray(start, end), grid) };
  });
  return { ...header, columns };
}

/** As far as it can be a mark, so that no large file is searched for its first newline. */
function firstLineOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return start.split('\n', 1)[0]!;
}

function checksumTextOf(bytes: Uint8Array): string {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return checksumOf(words).toString(16).padStart(8, '0');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
