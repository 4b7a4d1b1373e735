import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../../core/errors.ts';
import type { Platform, Release } from './server-catalog.ts';

/** Without a network the first byte never comes: give up soon, the Go build is next. */
const FIRST_BYTE_SECONDS = 8;
const NEXT_BYTES_SECONDS = 30;

/** Reads a URL piece by piece and gives up when nothing comes for a while. */
async function download(
  url: string,
  take: (piece: Uint8Array) => unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  const silence = new AbortController();
  const giveUpAfter = (seconds: number): NodeJS.Timeout =>
    setTimeout(() => silence.abort(new Error(`${url} sent nothing for ${seconds} seconds`)), seconds * 1_000);
  let timer = giveUpAfter(FIRST_BYTE_SECONDS);
  try {
    const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    for await (const piece of response.body) {
      clearTimeout(timer);
      timer = giveUpAfter(NEXT_BYTES_SECONDS);
      await take(piece);
    }
  } catch (error) {
    if (silence.signal.aborted) throw silence.signal.reason;
    // fetch says only "fetch failed"; the cause says why.
    if (!(error instanceof TypeError) || error.cause === undefined) throw error;
    throw new Error(`${url} cannot be reached (${reasonOf(error.cause)})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The checksum of one file in the format of `sha256sum`: hash, blanks, name. */
function checksumIn(list: string, file: string): string | undefined {
  const line = list.split('\n').find((line) => line.trim().split(/\s+\*?/)[1] === file);
  return line?.trim().split(/\s+/)[0];
}

async function expectedSha256(
  release: Release,
  platform: Platform,
  signal: AbortSignal | undefined,
): Promise<string> {
  const pinned = release.sha256[platform];
  if (pinned !== undefined) return pinned;
  const pieces: Uint8Array[] = [];
  await download(`${release.baseUrl}/${release.checksumFile}`, (piece) => pieces.push(piece), signal);
  const archive = release.archive(platform);
  const listed = checksumIn(Buffer.concat(pieces).toString('utf8'), archive);
  if (listed === undefined)
    throw new Error(`${release.checksumFile} of the release has no checksum for ${archive}`);
  return listed;
}

/**
 * Downloads the official release into an empty directory, verifies its SHA-256 before unpacking, and returns the path
 * of the executable. Needs the system's `tar`. Throws where the checksum differs or the download stands still.
 */
export async function downloadRelease(
  release: Release,
  platform: Platform,
  directory: string,
  signal?: AbortSignal,
): Promise<string> {
  const expected = await expectedSha256(release, platform, signal);
  const name = release.archive(platform);
  const archive = join(directory, 'archive.tar.gz');
  const hash = createHash('sha256');
  const file = await open(archive, 'wx');
  try {
    const keep = async (piece: Uint8Array): Promise<void> => {
      hash.update(piece);
      await file.write(piece);
    };
    await download(`${release.baseUrl}/${name}`, keep, signal);
  } finally {
    await file.close();
  }
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw new Error(
      `the checksum of ${name} is ${actual}, not ${expected}: the download is damaged or was replaced`,
    );
  }
  const member = release.member(platform);
  await promisify(execFile)('tar', ['-xzf', archive, '-C', directory, member]);
  return join(directory, member);
}
