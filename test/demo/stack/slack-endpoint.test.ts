import { IncomingWebhook } from '@slack/webhook';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';
import { startSlackEndpoint } from '../../../demo/stack/slack-endpoint.ts';

async function endpoint(): Promise<SlackEndpoint> {
  const slack = await startSlackEndpoint();
  onTestFinished(() => slack.stop());
  return slack;
}

async function post(
  url: string,
  body: string,
): Promise<{ status: number; text: string; response: Response }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, text: await response.text(), response };
}

describe('startSlackEndpoint', () => {
  it("takes what Slack's own client sends, and keeps it", async () => {
    const slack = await endpoint();
    const result = await new IncomingWebhook(slack.url).send({ text: 'drift in bike-demand' });
    expect(result.text).toBe('ok');
    expect(slack.messages()).toEqual([
      { receivedAt: expect.any(Date), body: { text: 'drift in bike-demand' } },
    ]);
  });

  it('takes a message of blocks or attachments without text', async () => {
    const slack = await endpoint();
    expect(await post(slack.url, '{"blocks":[{"type":"divider"}]}')).toMatchObject({
      status: 200,
      text: 'ok',
    });
    expect(await post(slack.url, '{"attachments":[{"color":"danger"}]}')).toMatchObject({
      status: 200,
      text: 'ok',
    });
    expect(slack.messages()).toHaveLength(2);
  });

  it.each(['drift', '', '[]', '"text"', 'null'])(
    'answers 400 invalid_payload to the body %j',
    async (body) => {
      const slack = await endpoint();
      expect(await post(slack.url, body)).toMatchObject({ status: 400, text: 'invalid_payload' });
      expect(slack.messages()).toEqual([]);
      expect(slack.requests()).toBe(1);
    },
  );

  it.each(['{}', '{"text":""}', '{"blocks":[]}', '{"channel":"#alerts"}'])(
    'answers 400 no_text to %s',
    async (body) => {
      const slack = await endpoint();
      expect(await post(slack.url, body)).toMatchObject({ status: 400, text: 'no_text' });
      expect(slack.messages()).toEqual([]);
    },
  );

  it('answers 404 no_service on another path', async () => {
    const slack = await endpoint();
    const elsewhere = slack.url.replace('/B00000000/', '/B99999999/');
    expect(await post(elsewhere, '{"text":"hello"}')).toMatchObject({ status: 404, text: 'no_service' });
  });

  it('answers as it is told, as often as it is told, in the order of the calls', async () => {
    const slack = await endpoint();
    slack.answerNext({ status: 429, retryAfterSeconds: 30, times: 2 });
    slack.answerNext({ status: 500 });
    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent += 1) statuses.push((await post(slack.url, '{"text":"hello"}')).status);
    expect(statuses).toEqual([429, 429, 500, 200]);
    expect(slack.messages()).toHaveLength(1);
  });

  it('sends Retry-After with 429', async () => {
    const slack = await endpoint();
    slack.answerNext({ status: 429, retryAfterSeconds: 30 });
    const { response, text } = await post(slack.url, '{"text":"hello"}');
    expect(response.headers.get('retry-after')).toBe('30');
    expect(text).toBe('rate_limited');
  });

  it('can leave a request without an answer, and still be stopped', async () => {
    const slack = await startSlackEndpoint();
    slack.answerNext({ status: 'hang' });
    const waiting = post(slack.url, '{"text":"hello"}').then(
      () => 'answered',
      () => 'cut off',
    );
    await expect.poll(() => slack.requests()).toBe(1);
    await slack.stop();
    expect(await waiting).toBe('cut off');
    expect(slack.messages()).toEqual([]);
  });
});
