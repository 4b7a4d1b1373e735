/** What Temporal has of runs where payloads are encrypted, by the real worker. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { dataConverterOf, parsePayloadKeys, payloadCodec } from '../../schedules/payload-codec.ts';
import { connectTemporal } from '../../schedules/temporal-client.ts';
import { readConfiguration } from '../../worker/configuration.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { watch } from '../setup/synthetic.ts';
import { startWorkerProcess, type WorkerProcess } from './tidewatch-worker.ts';

const line = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [older, newer] = [line('2026-01'), line('2026-07')];
const payload = (value: unknown): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
const valueOf = ({ data }: Payload): unknown => JSON.parse(Buffer.from(data!).toString());

describe('payloadCodec', () => {
  it('gives back what it was given, and says the same twice in two ways', async () => {
    const codec = payloadCodec(parsePayloadKeys(newer));
    const [one, other] = await codec.encode([payload('a secret'), payload('a secret')]);
    expect(Buffer.from(one!.data!).includes('secret')).toBe(false);
    expect(one!.data).not.toEqual(other!.data);
    expect((await codec.decode([one!, other!])).map(valueOf)).toEqual(['a secret', 'a secret']);
  });

  it('reads what was stored before, in plain text and by a key that has been replaced', async () => {
    const [before] = await payloadCodec(parsePayloadKeys(older)).encode([payload(1)]);
    const rotated = payloadCodec(parsePayloadKeys(`# since July\n${newer}\n\n${older}\n`));
    expect((await rotated.decode([before!, payload(2)])).map(valueOf)).toEqual([1, 2]);
    const [now] = await rotated.encode([payload(3)]);
    expect(Buffer.from(now!.metadata!['encryption-key-id']!).toString()).toBe('2026-07');
  });

  it('takes nothing that was changed, nor what was encrypted by a key it does not have', async () => {
    const codec = payloadCodec(parsePayloadKeys(newer));
    const [encrypted] = await codec.encode([payload(1)]);
    const changed = Buffer.from(encrypted!.data!);
    changed[changed.length - 1]! ^= 1;
    await expect(codec.decode([{ ...encrypted, data: changed }])).rejects.toThrow(
      /authenticate|authentication|Invalid/,
    );
    await expect(codec.decode([{ ...encrypted, data: changed.subarray(0, 20) }])).rejects.toThrow(
      /authenticate|authentication|Invalid/,
    );
    await expect(payloadCodec(parsePayloadKeys(older)).decode([encrypted!])).rejects.toThrow(
      'it has no key "2026-07"',
    );
  });

  it.each([
    ['', 'it has no key'],
    ['# nothing', 'it has no key'],
    ['a:b', 'line 1 is no key'],
    [`${older}\nrandom`, 'line 2 is no key'],
    [`${older}\n${older}`, 'two keys have one name'],
  ])('refuses a file of %j', (text, words) => {
    expect(() => parsePayloadKeys(text)).toThrow(words);
  });

  it('is configured by a file', () => {
    const given = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      TEMPORAL_PAYLOAD_KEYS_FILE: '/nowhere',
    };
    expect(() => readConfiguration(given)).toThrow('TEMPORAL_PAYLOAD_KEYS_FILE: the file cannot be read');
  });
});

describe('tidewatch worker with keys', () => {
  const model = 'kept-from-temporal';
  const taskQueue = 'payload-codec-test';
  const uiOrigin = 'https://temporal.example.org';
  let test: TestDatabase;
  let directory: string;
  let keysFile: string;
  let plain: Client;
  let connection: Connection;
  let worker: WorkerProcess;
  let endpoint: string;
  beforeAll(async () => {
    test = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-keys-'));
    keysFile = join(directory, 'keys');
    await writeFile(keysFile, older);
    await watch(test.database, { model });
    connection = await Connection.connect({ address: testServers().temporalAddress });
    plain = new Client({ connection });
    worker = startWorkerProcess({
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: testServers().temporalAddress,
      TEMPORAL_TASK_QUEUE: taskQueue,
      TEMPORAL_PAYLOAD_KEYS_FILE: keysFile,
      TEMPORAL_UI_URL: uiOrigin,
      TIDEWATCH_CODEC_ENDPOINT: 'on',
    });
    endpoint = await worker.started();
  }, 200_000);
  afterAll(async () => {
    worker.signal('SIGKILL');
    await worker.exited;
    await connection.close();
    await test.drop();
    await rm(directory, { recursive: true });
  });

  const workflowId = `encrypted-${randomBytes(4).toString('hex')}`;
  const temporal = (keys: string) => ({
    address: testServers().temporalAddress,
    namespace: 'default',
    payloadKeys: parsePayloadKeys(keys),
  });

  it('runs what commands start, and leaves Temporal nothing to read; keys that follow still read it, and replay it', async () => {
    const { client, close } = await connectTemporal(temporal(older));
    const result = await client.workflow.execute('actualsBackfill', {
      workflowId,
      taskQueue,
      args: [{ model }],
    });
    expect(result).toMatchObject({ hours: 0, coverage: null });
    await close();
    const history = await plain.workflow.getHandle(workflowId).fetchHistory();
    const payloads = (history.events ?? []).flatMap((event) => [
      ...(event.workflowExecutionStartedEventAttributes?.input?.payloads ?? []),
      ...(event.activityTaskScheduledEventAttributes?.input?.payloads ?? []),
      ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
      ...(event.workflowExecutionCompletedEventAttributes?.result?.payloads ?? []),
    ]);
    expect(payloads.length).toBeGreaterThan(3);
    for (const { metadata, data } of payloads) {
      expect(Buffer.from(metadata!['encoding']!).toString()).toBe('binary/encrypted');
      expect(Buffer.from(data!).includes(model)).toBe(false);
    }
    const rotated = parsePayloadKeys(`${newer}\n${older}`);
    const later = await connectTemporal(temporal(`${newer}\n${older}`));
    expect(await later.client.workflow.getHandle(workflowId).result()).toEqual(result);
    await later.close();
    await Worker.runReplayHistory(
      { workflowBundle: { codePath: inject('workflowBundlePath') }, ...dataConverterOf(rotated) },
      history,
      workflowId,
    );
  }, 100_000);

  const ask = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${endpoint}${path}`, {
      method: 'POST',
      headers: { origin: uiOrigin, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('decrypts for pages of the UI, and for no others', async () => {
    const codec = payloadCodec(parsePayloadKeys(older));
    const [encrypted] = await codec.encode([payload('for people')]);
    const text = (value: Uint8Array): string => Buffer.from(value).toString('base64');
    const body = {
      payloads: [
        {
          metadata: Object.fromEntries(
            Object.entries(encrypted!.metadata!).map(([name, value]) => [name, text(value)]),
          ),
          data: text(encrypted!.data!),
        },
      ],
    };
    const answer = await ask('/codec/decode', body);
    expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
    expect(Buffer.from(payloads[0]!.data, 'base64').toString()).toBe('"for people"');
    const back = await ask('/codec/encode', { payloads });
    expect(((await back.json()) as { payloads: { data: string }[] }).payloads[0]!.data).not.toBe(
      payloads[0]!.data,
    );
    const preflight = await fetch(`${endpoint}/codec/decode`, {
      method: 'OPTIONS',
      headers: { origin: uiOrigin },
    });
    expect(preflight.status).toBe(204);
    for (const [headers, status] of [
      [{ origin: 'https://elsewhere.example.org' }, 403],
      [{ origin: '' }, 403],
      [{ 'content-type': 'text/plain' }, 405],
    ] as const)
      expect((await ask('/codec/decode', body, headers)).status).toBe(status);
    for (const wrong of [
      {},
      { payloads: [{ data: '%' }] },
      { payloads: [{ ...body.payloads[0], data: 'AAAA' }] },
    ])
      expect((await ask('/codec/decode', wrong)).status).toBe(400);
  });
});
