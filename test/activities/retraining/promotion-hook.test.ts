/** What a serving system is told of promotions, and what becomes of what it answers. */

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { webhookSignature } from '../../../activities/alerts/webhook.ts';
import { runCommand } from '../../../activities/commands/run-command.ts';
import { callPromotionHook } from '../../../activities/retraining/promotion-hook.ts';
import { openPromotionWebhook } from '../../../activities/retraining/promotion-webhook.ts';
import type { RetrainingRun } from '../../../activities/retraining/store.ts';
import { monitorSchema, type MonitorInput } from '../../../core/monitor/schema.ts';
import { at, day, syntheticMonitor } from '../../setup/synthetic.ts';

const secrets = [
  `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(24, 2).toString('base64')}`,
];
const now = Date.parse('2024-02-01T00:00:00Z');

type Hook = NonNullable<NonNullable<MonitorInput['retraining']>['promotion']>['hook'];
const monitorWith = (hook: Hook | undefined) =>
  monitorSchema.parse({
    ...syntheticMonitor,
    model: 'served',
    retraining: {
      trainer: { url: 'http://127.0.0.1:1' },
      ...(hook !== undefined && { promotion: { hook } }),
    },
  });
const run = {
  model: 'served',
  retraining_id: at(10, 3, 40),
  as_of: day(10),
  champion_version: '1',
  challenger_version: '2',
} as unknown as RetrainingRun;

const deps = {
  promotionWebhook: openPromotionWebhook({ secrets, timeoutMs: 500, now: () => now }),
  runCommand,
  context: () => ({
    workflowId: 'workflow',
    runId: 'run',
    heartbeat: () => undefined,
    resumePoint: undefined,
    cancelled: new AbortController().signal,
  }),
};
const call = (
  hook: Hook | undefined,
  action: 'promote' | 'revert' = 'promote',
  overrides: Partial<typeof deps> = {},
) => callPromotionHook({ ...deps, ...overrides }, monitorWith(hook), run, action);

describe('a hook that is a URL', () => {
  interface Request {
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }
  let server: Server;
  let requests: Request[];
  let answer: (attempt: number) => number | undefined;
  let url: string;
  beforeEach(async () => {
    requests = [];
    answer = () => 200;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        requests.push({ headers: request.headers, body });
        const status = answer(requests.length);
        if (status !== undefined) response.writeHead(status).end('no such version');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/promotions`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is told which version is to serve, signed', async () => {
    await call({ url });
    const [{ headers, body } = { headers: {}, body: '' }] = requests;
    const id = String(headers['webhook-id']);
    expect(JSON.parse(body)).toEqual({
      type: 'model.promote',
      timestamp: at(10),
      data: {
        id,
        action: 'promote',
        model: 'served',
        version: '2',
        replaces: '1',
        retrainingId: at(10, 3, 40),
      },
    });
    expect(headers['webhook-timestamp']).toBe(String(now / 1000));
    expect(headers['webhook-signature']).toBe(webhookSignature(secrets, { id, timestamp: now / 1000, body }));
  });

  it('is told to go back to the version before', async () => {
    await call({ url }, 'revert');
    expect(JSON.parse(requests[0]!.body)).toMatchObject({
      type: 'model.revert',
      data: { action: 'revert', version: '1', replaces: '2' },
    });
  });

  it('knows a try that is repeated by its id, and a revert from a promotion', async () => {
    answer = (attempt) => (attempt === 1 ? 503 : 200);
    await expect(call({ url })).rejects.toMatchObject({ code: 'PROMOTION_HOOK_FAILED' });
    await call({ url });
    await call({ url }, 'revert');
    const [first, second, revert] = requests.map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
    expect(revert).not.toBe(first);
  });

  it.each([500, 503, 408, 425, 429])('that answers %d is tried again', async (status) => {
    answer = () => status;
    await expect(call({ url })).rejects.toMatchObject({ code: 'PROMOTION_HOOK_FAILED', retryable: true });
  });

  it('that does not answer in time, or is away, is tried again', async () => {
    answer = () => undefined;
    await expect(call({ url })).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_FAILED',
      message: expect.stringContaining('no answer in 0.5 s'),
    });
    await expect(call({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_FAILED',
    });
  });

  it.each([302, 400, 404, 409])('that answers %d has refused, in words', async (status) => {
    answer = () => status;
    await expect(call({ url })).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_REFUSED',
      retryable: false,
      message: `The promotion hook of "served" refused to promote version 2 (HTTP ${status} no such version). Read the log of the serving system, then start \`retraining\` again.`,
    });
  });

  it('is never called unsigned', async () => {
    await expect(
      callPromotionHook({ ...deps, promotionWebhook: undefined }, monitorWith({ url }), run, 'promote'),
    ).rejects.toMatchObject({ code: 'PROMOTION_HOOK_UNSIGNED' });
    expect(requests).toEqual([]);
  });
});

describe('a hook that is a command', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-hook-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const script = async (text: string): Promise<Hook> => {
    const file = join(directory, 'hook.sh');
    await writeFile(file, text);
    return { command: ['/bin/sh', file, directory], timeout: '20s' };
  };

  it('gets what is to serve in its environment and on its standard input', async () => {
    await call(await script('cat > "$1/input"; env | grep ^TIDEWATCH_ | sort > "$1/environment"'));
    const input = JSON.parse(await readFile(join(directory, 'input'), 'utf8'));
    expect(input).toMatchObject({
      type: 'model.promote',
      data: { model: 'served', version: '2', replaces: '1' },
    });
    const environment = await readFile(join(directory, 'environment'), 'utf8');
    expect(environment.split('\n')).toEqual(
      expect.arrayContaining([
        'TIDEWATCH_ACTION=promote',
        `TIDEWATCH_ID=${input.data.id}`,
        'TIDEWATCH_MODEL=served',
        'TIDEWATCH_REPLACES=1',
        `TIDEWATCH_RETRAINING_ID=${at(10, 3, 40)}`,
        'TIDEWATCH_VERSION=2',
      ]),
    );
  });

  it('refuses by any exit code', async () => {
    await expect(call(await script('echo "no such version" >&2; exit 3'))).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_REFUSED',
      message: expect.stringContaining('/bin/sh ended with exit code 3: no such version'),
    });
  });

  it('but 75, which asks for another try', async () => {
    await expect(call(await script('exit 75'))).rejects.toMatchObject({ code: 'PROMOTION_HOOK_FAILED' });
  });

  it('is tried again when it takes too long', async () => {
    const hook = { ...(await script('exec sleep 60')), timeout: '1s' } as Hook;
    await expect(call(hook)).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_FAILED',
      message: expect.stringContaining('timed out'),
    });
  });

  it('is ended when its activity is cancelled', async () => {
    const cancelling = new AbortController();
    const hook = await script('touch "$1/begun"; exec sleep 600');
    const context = () => ({ ...deps.context(), cancelled: cancelling.signal });
    const asking = call(hook, 'promote', { context });
    await vi.waitUntil(() => existsSync(join(directory, 'begun')), { timeout: 15_000 });
    cancelling.abort(new Error('cancelled'));
    await expect(asking).rejects.toThrow('cancelled');
  });

  it('refuses when there is no such program', async () => {
    await expect(call({ command: [join(directory, 'none')] })).rejects.toMatchObject({
      code: 'PROMOTION_HOOK_REFUSED',
      message: expect.stringContaining('not started'),
    });
  });

  it('does not run where commands are not allowed', async () => {
    await expect(
      callPromotionHook(
        { ...deps, runCommand: undefined },
        monitorWith(await script('exit 0')),
        run,
        'promote',
      ),
    ).rejects.toMatchObject({ code: 'COMMANDS_NOT_ALLOWED' });
  });
});

it('without a hook nobody is told', async () => {
  await expect(call(undefined)).resolves.toBeUndefined();
});
