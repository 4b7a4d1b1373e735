/** Can files be written where this machine keeps temporary ones? Tables and Parquet are read and sorted there. */

import { statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { reasonOf } from '../../core/errors.ts';
import { makeTemporaryDirectory } from '../../sql/temporary-directory.ts';
import type { Finding } from './check.ts';
import { bytesText } from './bytes-text.ts';

interface ReadDirectory {
  readonly path: string;
  readonly freeBytes: number;
  /** Why nothing can be written. */
  readonly problem?: string;
}

const little = 1024 ** 3;
const tooLittle = 100 * 1024 ** 2;

export async function readTemporaryDirectory(): Promise<ReadDirectory> {
  const path = tmpdir();
  try {
    const directory = await makeTemporaryDirectory();
    try {
      await writeFile(join(directory.path, 'written'), 'by tidewatch doctor');
    } finally {
      await directory.remove();
    }
    const { bavail, bsize } = await statfs(path);
    return { path, freeBytes: bavail * bsize };
  } catch (error) {
    return { path, freeBytes: 0, problem: reasonOf(error) };
  }
}

export function judgeTemporaryDirectory({ path, freeBytes, problem }: ReadDirectory): Finding {
  if (problem !== undefined)
    return {
      level: 'critical',
      words: `${path} takes no files: ${problem}`,
      fix: `let this user write there (chmod 1777 ${path}), or set TMPDIR to a directory of its own`,
    };
  const words = `${path} takes files, ${bytesText(freeBytes)} free`;
  if (freeBytes >= little) return { level: 'ok', words };
  return {
    level: freeBytes < tooLittle ? 'critical' : 'warning',
    words,
    fix: 'make room there, or set TMPDIR to a directory with more',
  };
}
