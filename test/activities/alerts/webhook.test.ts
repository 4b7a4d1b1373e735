import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openWebhook, webhookBody, webhookSignature } from '../../../activities/alerts/webhook.ts';
import { composeMessage } from '../../../core/alert/compose.ts';
import { startHttpEndpoint, type HttpEndpoint, type ReceivedRequest } from '../../setup/http-endpoint.ts';
import { alertEvent, alertMessage, hostileNames } from './alert-messages.ts';
import { failureOf } from './failures.ts';

const secret = `whsec_${Buffer.from('a secret of twenty-five bytes').toString('base64')}`;
const other = `whsec_${Buffer.from('another one, thirty bytes long').toString('base64')}`;
const sentAt = Date.UTC(2011, 4, 20, 3, 41);

type Verifier = (headers: object, body: string, secret: string, now?: number) => boolean;

/** The one that receivers are told to use. */
async function documentedVerifier(): Promise<Verifier> {
  const page = await readFile(new URL('../../../docs/webhook.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js verifier\n([\s\S]*?)```/.exec(page)!;
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isFromTidewatch: Verifier;
  };
  return module.isFromTidewatch;
}

describe('webhookSignature', () => {
  it('is that of Standard Webhooks', () => {
    // The worked example of https://docs.svix.com/receiving/verifying-payloads/how-manual, whose signatures the standard took over.
    const signed = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    expect(webhookSignature(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], signed)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('webhookBody', () => {
  it('has the message in one line, as a whole, and each event', () => {
    const { links } = alertMessage();
    expect(webhookBody(alertMessage())).toEqual({
      type: 'alert.critical',
      timestamp: '2011-05-20T03:40:00Z',
      data: {
        text: 'CRITICAL bike-demand is degraded: RMSE over 7 days 101.2 is above 75',
        thread: 'degradation:bike-demand:performance#1',
        status: 'critical',
        title: 'bike-demand is degraded',
        summary: 'RMSE over 7 days 101.2 is above 75',
        facts: [
          { name: 'Version', value: '3' },
          { name: 'RMSE', value: '101.2' },
        ],
        links,
        events: [
          {
            alertKey: 'degradation:bike-demand:performance',
            episode: 1,
            event: 'opened',
            kind: 'degradation',
            model: 'bike-demand',
            subject: 'performance',
            severity: 'critical',
            status: 'critical',
            title: 'bike-demand is degraded',
            summary: 'RMSE over 7 days 101.2 is above 75',
            facts: [
              { name: 'Version', value: '3' },
              { name: 'RMSE', value: '101.2' },
            ],
            links,
            runId: 'run-1',
            asOf: '2011-05-20T03:40:00Z',
          },
        ],
      },
    });
  });
});

describe('openWebhook', () => {
  let endpoint: HttpEndpoint;
  let isFromTidewatch: Verifier;
  beforeAll(async () => {
    endpoint = await startHttpEndpoint(() => ({ status: 204 }));
    isFromTidewatch = await documentedVerifier();
  });
  afterAll(() => endpoint.stop());

  const url = (path = '/hooks/T0pSecret?token=hunter2') => `${endpoint.origin}${path}`;
  const open = (given: Partial<Parameters<typeof openWebhook>[0]> = {}) =>
    openWebhook({ url: url(), secrets: [secret], now: () => sentAt, ...given });
  const received = async (message = alertMessage(), given = {}): Promise<ReceivedRequest> => {
    await open(given).send(message, 'default');
    return endpoint.requests().at(-1)!;
  };

  it('posts JSON that the documented verifier takes', async () => {
    const { method, path, headers, body } = await received();
    expect([method, path, headers['content-type']]).toEqual([
      'POST',
      '/hooks/T0pSecret?token=hunter2',
      'application/json',
    ]);
    expect(JSON.parse(body)).toEqual(webhookBody(alertMessage()));
    expect(isFromTidewatch(headers, body, secret, sentAt)).toBe(true);
  });

  it('is seen through when body, time or secret is another, or when it is sent again an hour later', async () => {
    const { headers, body } = await received();
    expect(isFromTidewatch(headers, `${body} `, secret, sentAt)).toBe(false);
    expect(isFromTidewatch({ ...headers, 'webhook-id': 'msg_0' }, body, secret, sentAt)).toBe(false);
    expect(isFromTidewatch({ ...headers, 'webhook-signature': 'v1,AAAA' }, body, secret, sentAt)).toBe(false);
    expect(isFromTidewatch({}, body, secret, sentAt)).toBe(false);
    expect(isFromTidewatch(headers, body, other, sentAt)).toBe(false);
    expect(isFromTidewatch(headers, body, secret, sentAt + 3_600_000)).toBe(false);
  });

  it('is taken with the old and with the new secret while both are given', async () => {
    const { headers, body } = await received(alertMessage(), { secrets: [secret, other] });
    expect(isFromTidewatch(headers, body, secret, sentAt)).toBe(true);
    expect(isFromTidewatch(headers, body, other, sentAt)).toBe(true);
  });

  it('has one id for one message, however often it is sent, and another for another', async () => {
    const ids: unknown[] = [];
    for (const message of [
      alertMessage(),
      alertMessage(),
      alertMessage({ event: 'resolved' }),
      composeMessage([alertEvent(), alertEvent({ alertKey: 'drift:bike-demand:hum' })]),
    ]) {
      ids.push((await received(message)).headers['webhook-id']);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it.each(hostileNames)('carries the name %j in its body alone', async (name) => {
    const { headers, body } = await received(alertMessage({ title: name, summary: name, alertKey: name }));
    expect(isFromTidewatch(headers, body, secret, sentAt)).toBe(true);
    expect(JSON.stringify(headers)).not.toContain('victim');
    expect(JSON.parse(body)).toMatchObject({ data: { title: name } });
  });

  it('puts a user and a password where they belong', async () => {
    const withPassword = url('/x').replace('http://', 'http://me:p%40ss@');
    const { headers } = await received(alertMessage(), { url: withPassword });
    expect(headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it.each([
    [408, 'DELIVERY_FAILED'],
    [429, 'DELIVERY_FAILED'],
    [500, 'DELIVERY_FAILED'],
    [503, 'DELIVERY_FAILED'],
    [301, 'DELIVERY_REFUSED'],
    [400, 'DELIVERY_REFUSED'],
    [401, 'DELIVERY_REFUSED'],
    [404, 'DELIVERY_REFUSED'],
    [410, 'DELIVERY_REFUSED'],
  ])('after a %d ends in %s', async (status, code) => {
    endpoint.answerNext({ status, headers: { location: `${endpoint.origin}/elsewhere` } });
    const before = endpoint.requests().length;
    expect(await failureOf(open().send(alertMessage(), 'default'))).toMatchObject({ code });
    expect(endpoint.requests().length).toBe(before + 1);
  });

  it('comes back when a 503 says to, in seconds or as a date, within an hour', async () => {
    const waits: unknown[] = [];
    const date = new Date(Date.now() + 86_400_000).toUTCString();
    for (const retryAfter of ['120', date, 'soon']) {
      endpoint.answerNext({ status: 503, headers: { 'retry-after': retryAfter } });
      waits.push((await failureOf(open().send(alertMessage(), 'default'))).details['retryAfterMs']);
    }
    expect(waits).toEqual([120_000, 3_600_000, undefined]);
  });

  it('tells no secret in an error, also where the receiver repeats the request', async () => {
    endpoint.answerNext({ status: 404, body: 'Cannot POST /hooks/T0pSecret?token=hunter2' });
    const refused = await failureOf(open().send(alertMessage(), 'sms'));
    expect(refused.message).toBe(
      'The webhook refuses the message of alert degradation:bike-demand:performance (HTTP 404 Cannot POST ***). Retrying cannot succeed: correct WEBHOOK_URL_SMS.',
    );
    endpoint.answerNext({ status: 'hang' });
    const late = await failureOf(open({ timeoutMs: 100 }).send(alertMessage(), 'sms'));
    expect(late.message).toContain('no answer in 0.1 s');
    const gone = await startHttpEndpoint(() => ({ status: 204 }));
    await gone.stop();
    const away = await failureOf(
      open({ url: `${gone.origin}/hooks/T0pSecret?token=hunter2` }).send(alertMessage(), 'sms'),
    );
    expect(away.message).toContain('ECONNREFUSED');
    for (const error of [refused, late, away]) {
      expect(JSON.stringify([error.message, error.details, error.stack, String(error.cause)])).not.toMatch(
        /T0pSecret|hunter2/,
      );
    }
  });
});
