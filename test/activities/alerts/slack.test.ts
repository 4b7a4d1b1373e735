import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openSlack, slackMessage } from '../../../activities/alerts/slack.ts';
import { composeMessage } from '../../../core/alert/compose.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import type { SlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { alertEvent, alertMessage, hostileNames } from './alert-messages.ts';
import { failureOf } from './failures.ts';

interface TextObject {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}
interface Rendered {
  readonly text: string;
  readonly link_names?: boolean;
  readonly attachments: readonly [
    {
      readonly color: string;
      readonly blocks: readonly {
        readonly type: string;
        readonly text?: TextObject;
        readonly fields?: readonly TextObject[];
        readonly elements?: readonly TextObject[];
      }[];
    },
  ];
}

/** The payload as it arrives. */
function rendered(given: Parameters<typeof alertMessage>[0] = {}): Rendered {
  return JSON.parse(JSON.stringify(slackMessage(alertMessage(given)))) as Rendered;
}

function textsOf(payload: Rendered): TextObject[] {
  const blocks = payload.attachments[0].blocks;
  return blocks.flatMap(({ text, fields = [], elements = [] }) => [
    ...(text ? [text] : []),
    ...fields,
    ...elements,
  ]);
}

const unescaped = (text: string): string =>
  text.replaceAll('\u2060', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('slackMessage', () => {
  it('shows status and title, the reason, the facts, the time and a link to the run', () => {
    const payload = rendered();
    const [facts, context] = payload.attachments[0].blocks;
    expect(payload.text).toBe('CRITICAL bike-demand is degraded: RMSE over 7 days 101.2 is above 75');
    expect(facts?.fields?.map(({ text }) => text)).toEqual(['*Version*\n3', '*RMSE*\n101.2']);
    expect(context?.elements?.[0]?.text).toBe(
      'as of 2011-05-20T03:40:00Z  ·  <http://127.0.0.1:8233/namespaces/default/workflows/degradation-check%3Abike-demand/run-1/history|Open the run in Temporal>',
    );
  });

  it('says no instant of what a person has done, which is of the moment that it comes', () => {
    const told = (by?: string) =>
      JSON.stringify(slackMessage(alertMessage({ event: 'acknowledged', ...(by !== undefined && { by }) })));
    expect(told()).toContain('as of 2011-05-20T03:40:00Z');
    expect(told('ana')).not.toContain('as of');
    expect(told('ana')).toContain('|Open the run in Temporal>');
  });

  it('has no line for instant and links where there is neither', () => {
    const { attachments } = slackMessage(alertMessage({ event: 'resolved', by: 'ana', links: [] }));
    expect(attachments?.[0]?.blocks).toHaveLength(1);
  });

  it('says what to type to take the alert, where that can be copied as it stands', () => {
    const last = (given?: Parameters<typeof alertMessage>[0]) => textsOf(rendered(given)).at(-1)?.text;
    expect(last()).toBe('To take it: tidewatch alerts acknowledge degradation:bike-demand:performance');
    expect(last({ alertKey: 'drift:bike-demand:_hum' })).toMatch(/^as of /);
    expect(last({ event: 'resolved' })).toMatch(/^as of /);
  });

  it('has one colour a status', () => {
    const colors = [
      rendered({ severity: 'info' }),
      rendered({ severity: 'warning' }),
      rendered({ severity: 'critical' }),
      rendered({ severity: 'critical', event: 'resolved' }),
    ].map((payload) => payload.attachments[0].color);
    expect(new Set(colors).size).toBe(4);
  });

  it('says RESOLVED, not CRITICAL, of an alert that is over', () => {
    expect(rendered({ event: 'resolved', title: 'bike-demand is no longer degraded' }).text).toMatch(
      /^RESOLVED bike-demand is no longer degraded/,
    );
  });

  it.each(hostileNames)('shows the name %j as it is and lets it do nothing', (name) => {
    const payload = rendered({
      title: name,
      summary: name,
      facts: [{ name, value: name }],
      links: [{ label: name, url: 'https://example.org/a|b>c' }],
    });
    const texts = textsOf(payload);
    const all = [payload.text, ...texts.map(({ text }) => text)];
    for (const text of all) {
      // The one control sequence is our own link.
      expect(text.replaceAll(/<https:\/\/example\.org\/a%7Cb%3Ec\|[^<>]*>/g, '')).not.toMatch(/[<>]/);
      expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
      expect(text).not.toMatch(/@(here|channel|everyone)/i);
    }
    expect(unescaped(texts[0]!.text)).toBe(`*${name}*\n${name}`);
    expect(payload.link_names ?? false).toBe(false);
    expect(texts.filter(({ type }) => type === 'mrkdwn').every(({ verbatim }) => verbatim === true)).toBe(
      true,
    );
  });

  it('lists several events, each with the links of its own, and those they share below', () => {
    const shared = { label: 'Open the drift report', url: 'https://example.org/report' };
    const own = (n: number) => ({ label: 'Open the run', url: `https://example.org/run-${n}` });
    const events = Array.from({ length: 25 }, (_, n) =>
      alertEvent({ alertKey: `drift:bikes:f${n}`, summary: `<f${n}> drifted`, links: [shared, own(n)] }),
    );
    const payload = slackMessage(composeMessage(events)) as unknown as Rendered;
    const blocks = payload.attachments[0].blocks;
    expect(payload.text).toBe('CRITICAL bike-demand: 25 alerts (degradation): 25 critical');
    expect(blocks[0]!.text!.text).toBe(
      '*CRITICAL bike-demand is degraded*\n&lt;f0&gt; drifted\n<https://example.org/run-0|Open the run>',
    );
    // Twenty, how many more there are, and the links.
    expect(blocks).toHaveLength(22);
    expect(blocks[20]!.text!.text).toBe('*More*\n5 more, see the links below');
    expect(blocks[21]!.elements![0]!.text).toMatch(
      /<https:\/\/example\.org\/report\|Open the drift report>$/,
    );
  });

  it('draws the metric with bars of text', () => {
    const points = [58, 60, 72, 101].map((value, n) => [Date.UTC(2011, 4, 17 + n), value] as const);
    const series = { label: 'RMSE over *7* days', limit: 75, points };
    const payload = slackMessage(composeMessage([alertEvent()], { series })) as unknown as Rendered;
    expect(unescaped(payload.attachments[0].blocks[1]!.text!.text)).toBe(
      '▁▁▃█\nRMSE over *7* days: 58 on 2011-05-17, 101 on 2011-05-20, limit 75',
    );
  });

  it('keeps to the limits of Slack, in escaped characters, with an ellipsis and whole entities', () => {
    const long = '&'.repeat(5000);
    const facts = Array.from({ length: 21 }, () => ({ name: long, value: long }));
    const payload = rendered({ title: long, summary: long, facts });
    const rest = payload.attachments[0].blocks;
    expect(payload.text.length).toBeLessThanOrEqual(3000);
    const sections = rest.filter(({ fields }) => fields !== undefined);
    expect(sections.map(({ fields }) => fields!.length)).toEqual([10, 10, 1]);
    for (const { text } of sections.flatMap(({ fields }) => fields!))
      expect(text.length).toBeLessThanOrEqual(2000);
    expect(payload.text.endsWith('…')).toBe(true);
    expect(payload.text).not.toMatch(/&(?!amp;)/);
  });

  it('cuts between characters, not inside one', () => {
    const { text } = rendered({ summary: '🚲'.repeat(3000) });
    expect(text.isWellFormed()).toBe(true);
  });

  it('leaves a text that just fits whole', () => {
    const headline = 'CRITICAL bike-demand is degraded: ';
    const summary = 'x'.repeat(3000 - headline.length);
    expect(slackMessage({ ...alertMessage(), summary }).text).toBe(headline + summary);
  });

  it('puts a dash where there is nothing, which Slack would refuse', () => {
    const payload = rendered({ summary: '', facts: [{ name: '', value: ' ' }] });
    expect(textsOf(payload)[0]!.text).toBe('*–*\n–');
  });
});

describe('openSlack', () => {
  let endpoint: SlackEndpoint;
  beforeAll(async () => {
    endpoint = await startSlackEndpoint();
  });
  afterAll(() => endpoint.stop());

  const open = (timeoutMs = 5000) => openSlack({ webhookUrl: endpoint.url, timeoutMs });

  it('posts the rendered message', async () => {
    await open().send(alertMessage(), 'default');
    expect(endpoint.messages().at(-1)?.body).toEqual(rendered());
  });

  it('says how long Slack wants to be left alone after a 429', async () => {
    endpoint.answerNext({ status: 429, retryAfterSeconds: 30 });
    const error = await failureOf(open().send(alertMessage(), 'default'));
    expect(error).toMatchObject({
      code: 'DELIVERY_FAILED',
      retryable: true,
      details: { retryAfterMs: 30_000 },
    });
    expect(error.message).toBe(
      'Slack did not accept the message of alert degradation:bike-demand:performance (HTTP 429 rate_limited). It will be retried.',
    );
  });

  it('waits an hour at most', async () => {
    endpoint.answerNext({ status: 429, retryAfterSeconds: 86_400 });
    expect((await failureOf(open().send(alertMessage(), 'default'))).details['retryAfterMs']).toBe(3_600_000);
  });

  it.each([
    [500, 'HTTP 500 rollup_error'],
    [404, 'HTTP 404 no_service'],
    [403, 'HTTP 403 action_prohibited'],
  ])('repeats what Slack says to a %d, tries once, and keeps the webhook secret', async (status, reason) => {
    const before = endpoint.requests();
    endpoint.answerNext({ status });
    const error = await failureOf(open().send(alertMessage(), 'default'));
    expect(error.code).toBe(status === 500 ? 'DELIVERY_FAILED' : 'DELIVERY_REFUSED');
    expect(error.message).toContain(reason);
    expect(error.details).not.toHaveProperty('retryAfterMs');
    expect(endpoint.requests()).toBe(before + 1);
    expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain('/services/');
  });

  it('gives up on a server that does not answer', async () => {
    endpoint.answerNext({ status: 'hang' });
    expect((await failureOf(open(100).send(alertMessage(), 'default'))).message).toContain(
      'no answer in 0.1 s',
    );
  });

  it('says why it could not connect', async () => {
    const gone = await startSlackEndpoint();
    await gone.stop();
    const error = await failureOf(openSlack({ webhookUrl: gone.url }).send(alertMessage(), 'default'));
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.message).not.toContain('/services/');
  });
});
