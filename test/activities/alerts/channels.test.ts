import { describe, expect, it } from 'vitest';

import { settingOf } from '../../../activities/alerts/channel.ts';
import { openChannels } from '../../../activities/alerts/channels.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { alertMessage } from './alert-messages.ts';
import { failureOf } from './failures.ts';

const none = { slack: {}, pagerduty: {}, webhook: {}, alertmanager: {} };

describe('openChannels', () => {
  it('has the channels that are configured, and no others', () => {
    expect(Object.keys(openChannels(none))).toEqual([]);
    const all = openChannels({
      slack: { default: { webhookUrl: 'https://hooks.slack.example/a' } },
      pagerduty: { default: { routingKey: 'x', eventsUrl: 'https://events.pagerduty.example' } },
      webhook: { default: { url: 'https://x.example/', secrets: [] } },
      alertmanager: { default: { urls: ['http://127.0.0.1:9093'] } },
      email: { smtpUrl: 'smtp://127.0.0.1:25', from: 'tidewatch@example.org' },
    });
    expect(Object.entries(all).map(([name, { sends }]) => `${name}: one a ${sends}`)).toEqual([
      'slack: one a message',
      'pagerduty: one a alert',
      'webhook: one a message',
      'alertmanager: one a alert',
      'email: one a message',
    ]);
  });

  it('sends to the recipient of that name', async () => {
    const [one, other] = await Promise.all([startSlackEndpoint(), startSlackEndpoint()]);
    const { slack } = openChannels({
      ...none,
      slack: { default: { webhookUrl: one.url }, 'on-call': { webhookUrl: other.url } },
    });
    await slack!.send(alertMessage(), 'on-call');
    expect([one.requests(), other.requests()]).toEqual([0, 1]);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('says what to set for a recipient that nothing names', async () => {
    const { slack } = openChannels({ ...none, slack: { default: { webhookUrl: 'https://x.example' } } });
    const error = await failureOf(slack!.send(alertMessage(), 'on-call'));
    expect(error).toMatchObject({ code: 'CHANNEL_NOT_CONFIGURED', retryable: true });
    expect(error.message).toBe(
      'Alert degradation:bike-demand:performance is routed to Slack "on-call", which is not configured. Set SLACK_WEBHOOK_URL_ON_CALL and restart the worker.',
    );
  });
});

describe('settingOf', () => {
  it('is the variable of the channel, with the name of the recipient', () => {
    expect(settingOf('slack', 'default')).toBe('SLACK_WEBHOOK_URL');
    expect(settingOf('pagerduty', 'on-call')).toBe('PAGERDUTY_ROUTING_KEY_ON_CALL');
    expect(settingOf('email', 'a@example.org')).toBe('SMTP_URL');
  });
});
