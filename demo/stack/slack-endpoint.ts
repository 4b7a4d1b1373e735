import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from './loopback-ports.ts';

export interface SlackMessage {
  readonly receivedAt: Date;
  readonly body: Readonly<Record<string, unknown>>;
}

interface SlackAnswer {
  /** An HTTP status, or `hang`: the request is never answered. */
  readonly status: number | 'hang';
  /** The `Retry-After` header, which Slack sends with 429. */
  readonly retryAfterSeconds?: number;
  /** How many of the next requests get this answer. Default 1. */
  readonly times?: number;
}

export interface SlackEndpoint {
  /** The webhook to post to. */
  readonly url: string;
  /** The messages that were accepted, oldest first. */
  messages(): readonly SlackMessage[];
  /** How many requests came in, accepted or not. */
  requests(): number;
  /** Makes the next requests fail. Calls add up: the answers are given in the order of the calls. */
  answerNext(answer: SlackAnswer): void;
  stop(): Promise<void>;
}

const WEBHOOK_PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

/** The bodies of Slack's refusals. */
const REFUSALS: Readonly<Record<number, string>> = {
  403: 'action_prohibited',
  404: 'no_service',
  410: 'channel_is_archived',
  429: 'rate_limited',
  500: 'rollup_error',
};

function decode(body: string): SlackMessage['body'] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const hasContent = (body: SlackMessage['body']): boolean =>
  [body['text'], body['blocks'], body['attachments']].some((part) =>
    Array.isArray(part) ? part.length > 0 : typeof part === 'string' && part !== '',
  );

/**
 * Starts a loopback server that answers as Slack's incoming webhooks do: 200 `ok`; 400 `invalid_payload` for what is no
 * JSON object; 400 `no_text` for a message without text, blocks and attachments; 404 `no_service` on any other path.
 *
 * @example
 * const slack = await startSlackEndpoint();
 * slack.answerNext({ status: 429, retryAfterSeconds: 30 }); // then 200 again
 */
export async function startSlackEndpoint(): Promise<SlackEndpoint> {
  const received: SlackMessage[] = [];
  const planned: SlackAnswer[] = [];
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const reply = (status: number, words: string): void =>
      void response.writeHead(status, { 'content-type': 'text/plain' }).end(words);
    const plan = planned.shift();
    const body = await text(request);
    if (plan?.status === 'hang') return;
    if (plan !== undefined) {
      if (plan.retryAfterSeconds !== undefined) response.setHeader('retry-after', plan.retryAfterSeconds);
      return reply(plan.status, REFUSALS[plan.status] ?? 'error');
    }
    if (request.method !== 'POST' || request.url !== WEBHOOK_PATH) return reply(404, 'no_service');
    const message = decode(body);
    if (message === undefined) return reply(400, 'invalid_payload');
    if (!hasContent(message)) return reply(400, 'no_text');
    received.push({ receivedAt: new Date(), body: message });
    reply(200, 'ok');
  }

  const server = createServer((request, response) => {
    // A client that hangs up while it is being read gets no answer.
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);

  return {
    url: `http://127.0.0.1:${port}${WEBHOOK_PATH}`,
    messages: () => [...received],
    requests: () => requests,
    answerNext: (answer) => void planned.push(...Array.from({ length: answer.times ?? 1 }, () => answer)),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
