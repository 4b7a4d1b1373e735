/** A real process is killed when the provider has the message and nobody could note that: what does the provider see? */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';

import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openAlert } from '../../../activities/alerts/store.ts';
import { channelNames, routesSchema, type ChannelName } from '../../../core/alert/route-settings.ts';
import { listenOnLoopback } from '../../../demo/stack/loopback-ports.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { startHttpEndpoint, type HttpEndpoint, type ReceivedRequest } from '../../setup/http-endpoint.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('shared by all tests');
const alert = { model: 'bike-demand', alertKey: 'drift:bike-demand:hum' } as const;
const asOf = Date.UTC(2011, 4, 20, 3);

/** What a provider tells messages by, each time that it got one. */
const received: Record<ChannelName, unknown[]> = {
  slack: [],
  pagerduty: [],
  webhook: [],
  alertmanager: [],
  email: [],
};
let sender: ChildProcess;
/** Takes a message in; the first time that is the last thing that the sender does. */
function take(channel: ChannelName, identity: unknown): 'answer' | 'do not answer' {
  received[channel].push(identity);
  if (received[channel].length > 1) return 'answer';
  sender.kill('SIGKILL');
  return 'do not answer';
}

const identities: Readonly<Record<string, readonly [ChannelName, (request: ReceivedRequest) => unknown]>> = {
  '/slack': ['slack', ({ body }) => (JSON.parse(body) as { text: string }).text],
  '/pagerduty': [
    'pagerduty',
    ({ body }) => {
      const { event_action, dedup_key } = JSON.parse(body) as Record<string, unknown>;
      return { event_action, dedup_key };
    },
  ],
  '/webhook': ['webhook', ({ headers }) => headers['webhook-id']],
  '/api/v2/alerts': [
    'alertmanager',
    ({ body }) =>
      (JSON.parse(body) as { labels: object; startsAt?: string }[]).map(({ labels, startsAt }) => ({
        labels,
        startsAt,
      })),
  ],
};

let http: HttpEndpoint;
let smtp: SMTPServer;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  http = await startHttpEndpoint((request) => {
    const [channel, identityOf] = identities[request.path]!;
    const todo = take(channel, identityOf(request));
    return todo === 'answer' ? { status: 200, body: 'ok' } : { status: 'hang' };
  });
  smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 200,
    onData: (stream, _session, done) => {
      void (async () => {
        const { messageId } = await PostalMime.parse(await buffer(stream));
        if (take('email', messageId) === 'answer') done();
      })();
    },
  });
  // The connection of a process that is killed breaks.
  smtp.on('error', () => undefined);
  environment = {
    DATABASE_URL: test.url,
    SLACK_WEBHOOK_URL: `${http.origin}/slack`,
    PAGERDUTY_ROUTING_KEY: '0123456789abcdef0123456789abcdef',
    PAGERDUTY_EVENTS_URL: `${http.origin}/pagerduty`,
    WEBHOOK_URL: `${http.origin}/webhook`,
    WEBHOOK_SECRET: `whsec_${Buffer.from('a secret of twenty-five bytes').toString('base64')}`,
    ALERTMANAGER_URL: http.origin,
    SMTP_URL: `smtp://127.0.0.1:${await listenOnLoopback(smtp.server)}`,
  };
});
afterAll(async () => {
  await http.stop();
  await new Promise<void>((resolve) => smtp.close(resolve));
});

/** One life of a process; what it printed before its end. */
async function deliver(): Promise<{ readonly signal: NodeJS.Signals | null; readonly printed: string }> {
  const fixture = new URL('./fixtures/delivering-process.ts', import.meta.url).pathname;
  sender = spawn(process.execPath, ['--import', 'tsx', fixture, alert.model, alert.alertKey], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [, signal]] = await Promise.all([
    text(sender.stdout!),
    once(sender, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { signal, printed };
}

it(
  'gets the message once more, and knows it by what it tells messages by',
  { timeout: 120_000 },
  async () => {
    const routes = routesSchema.parse([
      {
        slack: true,
        pagerduty: true,
        webhook: true,
        alertmanager: true,
        email: ['a@example.org'],
        groupWait: '0s',
      },
    ]);
    await test.database.transaction((connection) =>
      openAlert(connection, {
        model: alert.model,
        kind: 'drift',
        subject: 'hum',
        severity: 'critical',
        summary: 'hum drifted',
        facts: [],
        links: [{ label: 'Open the drift report', path: '/reports/drift/bike-demand' }],
        asOf,
        alerts: alertsTo(routes),
        provenance: { workflowId: 'drift-detection:bike-demand', runId: 'run-1' },
      }),
    );
    for (let killed = 0; killed < channelNames.length; killed += 1) {
      expect((await deliver()).signal).toBe('SIGKILL');
      // Until then nobody knows whether it still lives.
      await test.database.execute(
        `update alert_messages set claimed_at = claimed_at - interval '3 minutes' where state = 'sending'`,
      );
    }
    const { printed } = await deliver();
    expect(JSON.parse(printed)).toMatchObject({ pending: 0 });
    expect(JSON.parse((await deliver()).printed)).toEqual({ delivered: 0, pending: 0 });

    const key = `${alert.alertKey}#1`;
    const twice = (identity: unknown): unknown[] => [identity, identity];
    expect(received).toEqual({
      // Slack knows no identity of messages: people read it twice.
      slack: twice(received.slack[0]),
      pagerduty: twice({ event_action: 'trigger', dedup_key: key }),
      webhook: twice(expect.stringMatching(/^msg_[0-9a-f]{16}$/)),
      alertmanager: twice(
        expect.arrayContaining([
          {
            labels: expect.objectContaining({ subject: 'hum', severity: 'critical' }),
            startsAt: new Date(asOf).toISOString(),
          },
        ]),
      ),
      email: twice(expect.stringMatching(/^<drift-bike-demand-hum-1\.[0-9a-f]{16}@localhost>$/)),
    });
    for (const identitiesOfOne of Object.values(received))
      expect(identitiesOfOne[1]).toEqual(identitiesOfOne[0]);
  },
);
