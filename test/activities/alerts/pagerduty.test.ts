import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openPagerDuty, pagerDutyEvent } from '../../../activities/alerts/pagerduty.ts';
import { composeMessage } from '../../../core/alert/compose.ts';
import { startPagerDutyEndpoint, type PagerDutyEndpoint } from '../../setup/pagerduty-endpoint.ts';
import { alertEvent, alertMessage, hostileNames } from './alert-messages.ts';
import { failureOf } from './failures.ts';

const key = 'degradation:bike-demand:performance#1';

describe('pagerDutyEvent', () => {
  it('triggers with what happened, how bad it is, what it is about, the facts and the links', () => {
    expect(pagerDutyEvent(alertEvent())).toEqual({
      event_action: 'trigger',
      dedup_key: key,
      payload: {
        summary: 'bike-demand is degraded: RMSE over 7 days 101.2 is above 75',
        source: 'bike-demand',
        severity: 'critical',
        timestamp: '2011-05-20T03:40:00Z',
        component: 'performance',
        group: 'bike-demand',
        class: 'degradation',
        custom_details: { Version: '3', RMSE: '101.2' },
      },
      links: [{ href: alertEvent().links[0]!.url, text: 'Open the run in Temporal' }],
    });
  });

  it.each([
    ['opened', 'trigger'],
    ['escalated', 'trigger'],
    ['repeated.2', 'trigger'],
    ['reopened.1', 'trigger'],
    ['failed', 'trigger'],
    ['acknowledged.2', 'acknowledge'],
    ['snoozed.1', 'acknowledge'],
    ['resolved', 'resolve'],
    ['promoted', 'trigger'],
    ['kept', 'resolve'],
  ])('turns %s into %s', (event, action) => {
    expect(pagerDutyEvent(alertEvent({ event }))).toMatchObject({ event_action: action, dedup_key: key });
  });

  it('is another incident in another episode, also where keys are long', () => {
    const long = 'drift:bike-demand:'.padEnd(400, 'x');
    const keys = [
      alertEvent(),
      alertEvent({ episode: 2 }),
      alertEvent({ alertKey: long }),
      alertEvent({ alertKey: `${long}y` }),
      alertEvent({ alertKey: long, episode: 2 }),
    ].map((event) => String(pagerDutyEvent(event)!['dedup_key']));
    expect(new Set(keys).size).toBe(5);
    for (const each of keys) expect(each.length).toBeLessThanOrEqual(255);
  });
});

describe('openPagerDuty', () => {
  let endpoint: PagerDutyEndpoint;
  beforeAll(async () => {
    endpoint = await startPagerDutyEndpoint();
  });
  afterAll(() => endpoint.stop());

  const open = ({ routingKey = endpoint.routingKey, timeoutMs = 5_000 } = {}) =>
    openPagerDuty({
      routingKey,
      timeoutMs,
      eventsUrl: endpoint.eventsUrl,
      pagesUrl: 'https://tidewatch.example.org',
    });
  const send = (given: Parameters<typeof alertEvent>[0] = {}) => open().send(alertMessage(given), 'default');

  it('has one incident from the opening of an alert to its end, however often each is sent', async () => {
    const alert = { alertKey: 'degradation:bike-demand:once' };
    for (const event of ['opened', 'opened', 'repeated.1', 'acknowledged', 'resolved', 'resolved']) {
      expect(await send({ ...alert, event })).toEqual({});
    }
    const summary = 'bike-demand is degraded: RMSE over 7 days 101.2 is above 75';
    expect(endpoint.incidents().filter(({ key: id }) => id.includes('once'))).toEqual([
      {
        key: 'degradation:bike-demand:once#1',
        state: 'resolved',
        summaries: [summary, summary, summary],
        severity: 'critical',
      },
    ]);
  });

  it('sends the events of a message in their order', async () => {
    const alert = { alertKey: 'drift:bike-demand:ordered', kind: 'drift' } as const;
    const events = ['opened', 'resolved'].map((event) => alertEvent({ ...alert, event }));
    await open().send(composeMessage(events), 'default');
    expect(endpoint.incidents().at(-1)).toMatchObject({ state: 'resolved' });
  });

  it('says that it has nothing to do with comments', async () => {
    const before = endpoint.requests().length;
    expect(await send({ event: 'commented.1' })).toEqual({ notice: 'PagerDuty takes no comments' });
    expect(endpoint.requests().length).toBe(before);
  });

  it('is taken with 100 kB of detail, and with any name', async () => {
    const long = 'x'.repeat(100_000);
    await send({ title: long, summary: long, facts: [{ name: long, value: long }] });
    await send({ title: '🚲'.repeat(2_000), summary: long });
    for (const name of hostileNames) await send({ title: name, summary: name, model: name });
    expect(endpoint.requests().every(({ body }) => body.isWellFormed())).toBe(true);
  });

  it('waits as long as it is asked to after a 429', async () => {
    endpoint.answerNext({ status: 429, headers: { 'retry-after': '30' } });
    expect(await failureOf(send())).toMatchObject({
      code: 'DELIVERY_FAILED',
      retryable: true,
      details: { retryAfterMs: 30_000 },
    });
  });

  it('is tried again after a 5xx, and where there is no answer', async () => {
    endpoint.answerNext({ status: 503 }, { status: 'hang' });
    expect(await failureOf(send())).toMatchObject({ code: 'DELIVERY_FAILED' });
    const late = await failureOf(open({ timeoutMs: 100 }).send(alertMessage(), 'default'));
    expect(late.message).toBe(
      'PagerDuty did not accept the message of alert degradation:bike-demand:performance (no answer in 0.1 s). It will be retried.',
    );
  });

  it('is not tried again with a key that no service has; the error says what to correct and not the key', async () => {
    const wrong = 'f'.repeat(32);
    const error = await failureOf(open({ routingKey: wrong }).send(alertMessage(), 'on-call'));
    expect(error).toMatchObject({ code: 'DELIVERY_REFUSED', retryable: false });
    expect(error.message).toMatch(
      /^PagerDuty refuses .*\(HTTP 400 .*Invalid routing key.*correct PAGERDUTY_ROUTING_KEY_ON_CALL\.$/,
    );
    expect(JSON.stringify([error.message, error.details, error.cause])).not.toContain(wrong);
  });
});
