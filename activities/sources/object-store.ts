/** Owns `s3mini`: lists and fetches the files of a bucket, of any store that speaks as S3 does. */

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { S3mini } from 's3mini';

import { reasonOf } from '../../core/errors.ts';
import { SourceAway, SourceProblem } from './row-reader.ts';

export interface StoreSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface StoredFile {
  readonly key: string;
  /** Changes with its content. */
  readonly fingerprint: string;
}

export interface ObjectStore {
  /** Every file below a folder of the bucket. */
  list(folder: string): Promise<readonly StoredFile[]>;
  /** Writes a file of the bucket to one of this machine. */
  fetch(key: string, path: string): Promise<void>;
}

const listLimitMs = 60_000;
/** Of one file, however large. */
const fetchLimitMs = 30 * 60_000;

export function openObjectStore(settings: StoreSettings, bucket: string): ObjectStore {
  const endpoint = `${settings.endpoint.replace(/\/$/, '')}/${bucket}`;
  const { region, accessKeyId, secretAccessKey } = settings;
  // Only when it is needed: most workers read no bucket.
  const open = async (requestAbortTimeout: number): Promise<S3mini> => {
    const { S3mini } = await import('s3mini');
    return new S3mini({ endpoint, region, accessKeyId, secretAccessKey, requestAbortTimeout });
  };
  return {
    list: async (folder) => {
      const prefix = folder === '' ? '' : `${folder.replace(/\/$/, '')}/`;
      // It sends no delimiter, so that folders of the folder are listed as well.
      const found = await ask(async () => (await open(listLimitMs)).listObjects('/', prefix));
      if (found === null) throw new SourceProblem([`there is no bucket "${bucket}"`]);
      return found.map(({ Key: key, Size, ETag }) => ({ key, fingerprint: `${Size} ${ETag}` }));
    },
    fetch: async (key, path) => {
      const answer = await ask(async () => (await open(fetchLimitMs)).getObjectResponse(key));
      const body = answer?.body ?? undefined;
      if (body === undefined) throw new SourceAway(`${key} has gone while it was about to be read`);
      await ask(() => pipeline(Readable.fromWeb(body), createWriteStream(path)));
    },
  };
}

/** What a store says to the same request each time: it does not know the key, or who asks may not. */
const lasting = new Set([400, 401, 403, 404]);

async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const { status, serviceCode } = error as { status?: unknown; serviceCode?: unknown };
    // A proxy in front of a store does not answer as stores do.
    const isTold = typeof serviceCode === 'string' && serviceCode !== 'Unknown';
    const reason = isTold ? serviceCode : typeof status === 'number' ? `HTTP ${status}` : reasonOf(error);
    if (typeof status === 'number' && lasting.has(status))
      throw new SourceProblem([`the store refuses it (${reason})`], { cause: error });
    throw new SourceAway(reason, { cause: error });
  }
}
