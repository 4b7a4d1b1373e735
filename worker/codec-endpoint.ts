/**
 * Decrypts for the pages of Temporal's UI, which a browser asks for: `POST /codec/decode` and `/codec/encode` of its "codec server". Only pages
 * of its origin may, and only where the endpoint is turned on: whoever reaches it reads what the keys keep from others.
 */

import type { IncomingMessage } from 'node:http';

import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

import { payloadCodec, type PayloadKeys } from '../schedules/payload-codec.ts';
import type { Answer } from './report-pages.ts';

const base64 = z.base64();
const bodySchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') }))
    .max(10_000),
});
/** More than Temporal stores of one run's event. */
const longestBytes = 8 * 1024 * 1024;

export interface CodecEndpoint {
  /** Undefined for any other path. */
  answer(request: IncomingMessage, path: string): Promise<CodecAnswer> | undefined;
}

interface CodecAnswer extends Answer {
  readonly headers: Readonly<Record<string, string>>;
}

export function openCodecEndpoint(keys: PayloadKeys, origin: string): CodecEndpoint {
  const codec = payloadCodec(keys);
  const calls: Readonly<Record<string, PayloadCodec['decode']>> = {
    '/codec/decode': (payloads) => codec.decode(payloads),
    '/codec/encode': (payloads) => codec.encode(payloads),
  };
  const headers = {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, x-namespace',
    vary: 'origin',
  };
  const says = (status: number, body: string): CodecAnswer => ({
    status,
    type: 'application/json',
    body,
    headers,
  });

  async function call(request: IncomingMessage, run: PayloadCodec['decode']): Promise<CodecAnswer> {
    if (request.headers.origin !== origin)
      return says(403, JSON.stringify({ message: `only pages of ${origin} may ask` }));
    if (request.method === 'OPTIONS') return says(204, '');
    // A form of another page could send any other type without being asked for it first.
    if (request.method !== 'POST' || !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      return says(405, JSON.stringify({ message: 'only POST of application/json' }));
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > longestBytes) return says(413, JSON.stringify({ message: 'too long' }));
      chunks.push(chunk);
    }
    const body = bodySchema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
    if (!body.success)
      return says(
        400,
        JSON.stringify({ message: 'write {"payloads": [{"metadata": {}, "data": "<base64>"}]}' }),
      );
    try {
      const payloads = await run(
        body.data.payloads.map(({ metadata, data }) => ({
          metadata: Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
          ),
          data: Buffer.from(data, 'base64'),
        })),
      );
      return says(200, JSON.stringify({ payloads: payloads.map(asText) }));
    } catch {
      return says(400, JSON.stringify({ message: 'a payload is damaged, or its key is not there' }));
    }
  }

  return {
    answer: (request, path) => (Object.hasOwn(calls, path) ? call(request, calls[path]!) : undefined),
  };
}

function asText({ metadata, data }: Payload): { metadata: Record<string, string>; data: string } {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
