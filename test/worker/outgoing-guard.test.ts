/** Where requests may lead, asked of those that send them. */

import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openSlack } from '../../activities/alerts/slack.ts';
import { openMlflow } from '../../activities/retraining/mlflow.ts';
import { openPromotionWebhook } from '../../activities/retraining/promotion-webhook.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import { openObjectStore } from '../../activities/sources/object-store.ts';
import { reasonOf } from '../../core/errors.ts';
import { guardOutgoing, readOutgoing, type OutgoingRules } from '../../worker/outgoing-guard.ts';

let server: Server;
let port: number;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/to-metadata')
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    else response.end('here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

let unguard: (() => Promise<void>) | undefined;
afterEach(async () => {
  await unguard?.();
  unguard = undefined;
  asked = [];
});

function rulesOf(environment: Record<string, string> = {}): OutgoingRules {
  const problems: string[] = [];
  const rules = readOutgoing(environment, problems);
  expect(problems).toEqual([]);
  return rules;
}
/** `answers` are what the name server says, one after the other. */
function guard(
  environment: Record<string, string> = {},
  answers: string[][] = [],
): { lookups: () => number } {
  let lookups = 0;
  const lookup = (
    _name: string,
    _options: unknown,
    done: (error: null, found: LookupAddress[]) => void,
  ): void => {
    const found = answers[Math.min(lookups, answers.length - 1)]!;
    lookups += 1;
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  unguard =
    answers.length === 0 ? guardOutgoing(rulesOf(environment)) : guardOutgoing(rulesOf(environment), lookup);
  return { lookups: () => lookups };
}
const outcomeOf = (url: string, init: RequestInit = {}): Promise<string> =>
  fetch(url, init).then(
    (response) => response.text(),
    (error: unknown) => reasonOf(error),
  );
const isDenied = expect.stringContaining('no request may lead to') as string;

describe('what is always denied', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'https://192.0.0.192/opc/v2/instance/',
    'http://168.63.129.16/machine',
  ])('%s', async (url) => {
    guard();
    expect(await outcomeOf(url)).toEqual(isDenied);
    // Who sets the environment cannot allow it either.
    await unguard!();
    guard({ MLFLOW_TRACKING_URI: url });
    expect(await outcomeOf(url)).toEqual(isDenied);
  });

  it('a name that is such an address, or one of whose addresses is', async () => {
    guard({}, [['169.254.169.254']]);
    expect(await outcomeOf('http://metadata.google.internal/')).toContain(
      'metadata.google.internal is 169.254.169.254, which',
    );
    await unguard!();
    guard({}, [['127.0.0.1', 'fd00:ec2::254']]);
    expect(await outcomeOf(`http://hook.example.org:${port}/`)).toEqual(isDenied);
    expect(asked).toEqual([]);
  });

  it('a redirection there', async () => {
    guard();
    expect(await outcomeOf(`http://127.0.0.1:${port}/to-metadata`)).toEqual(isDenied);
    expect(asked).toEqual(['/to-metadata']);
  });
});

it('resolves a name once for a connection, and connects to what it has looked at', async () => {
  const { lookups } = guard({}, [['127.0.0.1'], ['169.254.169.254']]);
  expect(await outcomeOf(`http://rebound.example.org:${port}/a`, { headers: { connection: 'close' } })).toBe(
    'here',
  );
  expect(lookups()).toBe(1);
  expect(await outcomeOf(`http://rebound.example.org:${port}/b`)).toEqual(isDenied);
  expect(asked).toEqual(['/a']);
});

describe('TIDEWATCH_DENIED_ADDRESSES', () => {
  it('leaves this machine and private networks open unless it names them', async () => {
    guard();
    expect(await outcomeOf(`http://127.0.0.1:${port}/`)).toBe('here');
    await unguard!();
    guard({ TIDEWATCH_DENIED_ADDRESSES: 'loopback, private, 203.0.113.0/24' });
    for (const host of [
      '127.0.0.1',
      '[::1]',
      '0.0.0.0',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.0.1',
      '[fd12::1]',
      '203.0.113.9',
    ])
      expect(await outcomeOf(`http://${host}:${port}/`), host).toEqual(isDenied);
    expect(await outcomeOf(`http://localhost:${port}/`)).toEqual(isDenied);
    // The one before.
    expect(asked).toEqual(['/']);
  });

  it('denies nothing to what the environment itself names', async () => {
    guard({ TIDEWATCH_DENIED_ADDRESSES: 'loopback', PUSHGATEWAY_URL: `http://127.0.0.1:${port}` });
    expect(await outcomeOf(`http://127.0.0.1:${port}/metrics`)).toBe('here');
    expect(await outcomeOf(`http://127.0.0.1:${port + 1}/`)).toEqual(isDenied);
  });

  it('says what it cannot read', () => {
    const problems: string[] = [];
    readOutgoing({ TIDEWATCH_DENIED_ADDRESSES: 'private, 10.0.0.0/33, intranet' }, problems);
    expect(problems).toEqual([
      expect.stringContaining('"10.0.0.0/33" is neither'),
      expect.stringContaining('"intranet" is neither'),
    ]);
  });
});

describe('who sends requests to what is configured', () => {
  const url = 'http://169.254.169.254/hook';
  it('trainers, promotion hooks, Slack, MLflow and stores of buckets are all guarded', async () => {
    guard();
    const trainer = openHttpTrainer();
    await expect(trainer.read({ url }, { model: 'm', retrainingId: 'r' })).rejects.toMatchObject({
      message: isDenied,
    });
    expect(
      await openPromotionWebhook({ secrets: ['whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz'] })(url, {
        id: '1',
        body: '{}',
      }),
    ).toEqual({
      answer: 'failed',
      reason: isDenied,
    });
    const message = { status: 'info', title: 't', summary: 's', facts: [], links: [], events: [] } as never;
    await expect(openSlack({ webhookUrl: url }).send(message, 'default')).rejects.toMatchObject({
      message: isDenied,
    });
    const store = openObjectStore(
      { endpoint: url, region: 'r', accessKeyId: 'a', secretAccessKey: 's' },
      'bucket',
    );
    await expect(store.list('a')).rejects.toThrow(/no request may lead to|fetch failed/);
    const target = { url, registeredModel: 'm', experiment: 'e' } as never;
    await expect(openMlflow().record(target, {} as never)).rejects.toMatchObject({ message: isDenied });
  });
});
