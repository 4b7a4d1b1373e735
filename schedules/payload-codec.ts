/** Encrypts what Temporal stores of inputs and results: AES-256-GCM, by a key that its server does not have. */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';

import { TidewatchError } from '../core/errors.ts';

/** Keys by their names. The first encrypts, all decrypt: a new one is put before the old one, which stays as long as histories of it. */
export type PayloadKeys = readonly [PayloadKey, ...PayloadKey[]];

interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const encoding = Buffer.from('binary/encrypted');
const ivBytes = 12;
const tagBytes = 16;

const fault = (problem: string): TidewatchError =>
  new TidewatchError('INVALID_CONFIGURATION', {
    count: 1,
    problems: `  TEMPORAL_PAYLOAD_KEYS_FILE: ${problem}`,
  });

/**
 * The keys of a file: a line each, its name, a colon and 32 bytes in base64; what begins with # is a remark.
 *
 * @throws TidewatchError `INVALID_CONFIGURATION`
 */
export function parsePayloadKeys(text: string): PayloadKeys {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.flatMap((line, i) => {
    if (line === '' || line.startsWith('#')) return [];
    const [, id, encoded = ''] = /^([\w.-]{1,60}):([A-Za-z0-9+/]{43}=)$/.exec(line) ?? [];
    if (id === undefined)
      throw fault(`line ${i + 1} is no key; write a name, a colon and \`openssl rand -base64 32\``);
    return [{ id, key: Buffer.from(encoded, 'base64') }];
  });
  const [first, ...others] = keys;
  if (first === undefined) throw fault('it has no key; write a name, a colon and `openssl rand -base64 32`');
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw fault('two keys have one name');
  return [first, ...others];
}

interface Sealed {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What was stored before there were keys is read as it is. */
export function payloadCodec(keys: PayloadKeys): PayloadCodec {
  const [newest] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));

  function encrypt(payload: Payload): Payload {
    const sealed: Sealed = {
      metadata: Object.fromEntries(
        Object.entries(payload.metadata ?? {}).map(([name, value]) => [
          name,
          Buffer.from(value).toString('base64'),
        ]),
      ),
      data: Buffer.from(payload.data ?? []).toString('base64'),
    };
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', newest.key, iv).setAAD(Buffer.from(newest.id));
    const data = Buffer.concat([cipher.update(JSON.stringify(sealed), 'utf8'), cipher.final()]);
    return {
      metadata: { encoding, 'encryption-key-id': Buffer.from(newest.id) },
      data: Buffer.concat([iv, cipher.getAuthTag(), data]),
    };
  }

  function decrypt(payload: Payload): Payload {
    const { metadata = {}, data } = payload;
    if (metadata?.['encoding'] === undefined || !encoding.equals(metadata['encoding'])) return payload;
    const id = Buffer.from(metadata['encryption-key-id'] ?? []).toString();
    const key = byId.get(id);
    if (key === undefined)
      throw fault(`it has no key "${id}", by which this was encrypted; put it back below the others`);
    const bytes = Buffer.from(data ?? []);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const opened = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
    const sealed = JSON.parse(opened.toString('utf8')) as Sealed;
    return {
      metadata: Object.fromEntries(
        Object.entries(sealed.metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
      ),
      data: Buffer.from(sealed.data, 'base64'),
    };
  }

  return {
    encode: async (payloads) => payloads.map(encrypt),
    decode: async (payloads) => payloads.map(decrypt),
  };
}

/** What a client or a worker is given. */
export function dataConverterOf(keys: PayloadKeys | undefined): {
  dataConverter?: { payloadCodecs: PayloadCodec[] };
} {
  return keys === undefined ? {} : { dataConverter: { payloadCodecs: [payloadCodec(keys)] } };
}
