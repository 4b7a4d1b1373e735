/** Secrets that are planted in the environment, in every output of processes whose dependencies fail in every way. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openMlflow } from '../../activities/retraining/mlflow.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import { openObjectStore } from '../../activities/sources/object-store.ts';
import { TidewatchError } from '../../core/errors.ts';
import { openDatabase } from '../../sql/database.ts';
import { activityErrors } from '../../worker/activity-errors.ts';
import { environmentSecrets, redactedValue } from '../../worker/redaction.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';

const planted = {
  DATABASE_URL: 'postgres://tidewatch:Pl4nted-database/pass+word@127.0.0.1:5432/tidewatch'.replace(
    '/pass+',
    '%2Fpass%2B',
  ),
  SOURCE_DATABASE_URL_WAREHOUSE: 'postgres://reader:Pl4nted-warehouse@127.0.0.1:5432/warehouse',
  SMTP_URL: 'smtp://ops@example.org:Pl4nted-smtp@mail.example.org:587'.replace('ops@', 'ops%40'),
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T00000000/B00000000/Pl4ntedSlack',
  WEBHOOK_URL_ONCALL: 'https://hooks.example.org/in?token=Pl4nted-token',
  WEBHOOK_SECRET_ONCALL: `whsec_${Buffer.from('Pl4nted-signing-key-of-24').toString('base64')}`,
  PAGERDUTY_ROUTING_KEY: 'Pl4ntedRoutingKey000000000000000',
  ALERTMANAGER_URL: 'http://127.0.0.1:9093,https://ops:Pl4nted-alertmanager@alerts.example.org',
  TEMPORAL_API_KEY: 'Pl4nted-api-key',
  TIDEWATCH_CALLBACK_SECRET: 'Pl4nted-callback-secret-of-32-characters',
  TIDEWATCH_CONSOLE_OPERATOR_TOKEN: 'Pl4nted-operator-token-0123',
  TIDEWATCH_CONSOLE_SESSION_SECRET: 'Pl4nted-session-secret-0123',
  TIDEWATCH_OIDC_CLIENT_SECRET: 'Pl4nted "client" secret',
  PROMOTION_HOOK_SECRET: `whsec_${Buffer.from('Pl4nted-hook-key-of-24-by').toString('base64')}`,
  MLFLOW_TRACKING_TOKEN: 'Pl4nted-mlflow',
  SOURCE_S3_ACCESS_KEY_ID: 'Pl4nted-access-key',
  SOURCE_S3_SECRET_ACCESS_KEY: 'Pl4nted-secret-key',
  TRAINER_TOKEN: 'Bearer Pl4nted-trainer',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Pl4nted-collector',
};
const secrets = environmentSecrets(planted);
const said = (text: string): string => redactedValue(text, secrets);

describe('environmentSecrets', () => {
  it.each(Object.entries(planted))(
    'knows what is secret in %s, in each form in which it is sent',
    (_, value) => {
      for (const text of [
        value,
        decodeURIComponent(value.replace(/%(?![0-9A-F]{2})/g, '%25')),
        JSON.stringify(value),
        value.replace('whsec_', ''),
      ])
        expect(said(`not so: ${text}!`)).not.toContain('Pl4nted');
      for (const [, secret] of value.matchAll(/(Pl4nted[\w-]*)/g))
        if (secret === value)
          expect(said(`Basic ${Buffer.from(secret).toString('base64')}`)).toBe('Basic ***');
    },
  );

  it('leaves names readable: of users, databases, hosts, and what is too short to be a secret', () => {
    for (const text of [
      'tidewatch',
      '/tidewatch',
      'mail.example.org',
      'hooks.slack.com',
      'services',
      'warehouse of reader',
    ])
      expect(said(text)).toBe(text);
    expect(
      environmentSecrets({
        DATABASE_URL: 'postgres://tidewatch:tidewatch@db/tidewatch',
        TRAINER_MODE: 'fast',
      }),
    ).toEqual([]);
  });
});

describe('what activities throw and return', () => {
  const execute = (next: () => Promise<unknown>): Promise<unknown> =>
    activityErrors(secrets).execute!({ args: [], headers: {} }, next);

  it('is kept by Temporal without them, causes and stacks among it', async () => {
    const cause = new Error(`password authentication failed for ${planted.DATABASE_URL}`);
    const error = await execute(() => {
      throw new TidewatchError(
        'TRAINER_REFUSED',
        { address: 'http://t', reason: planted.TRAINER_TOKEN },
        { cause },
      );
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplicationFailure);
    const { message, stack, cause: kept } = error as ApplicationFailure;
    expect(message).toContain('***');
    expect([message, stack, kept?.message, kept?.stack].join('\n')).not.toContain('Pl4nted');
    await expect(
      execute(() => {
        throw new Error(`unforeseen: ${planted.MLFLOW_TRACKING_TOKEN}`);
      }),
    ).rejects.toThrow('unforeseen: ***');
    expect(await execute(async () => ({ reason: `HTTP 400 ${planted.TEMPORAL_API_KEY}`, rows: 3 }))).toEqual({
      reason: 'HTTP 400 ***',
      rows: 3,
    });
  });
});

describe('servers that fail', () => {
  let echo: Server;
  let origin: string;
  let hangUp: TcpServer;
  let rude: number;
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    // Says all that it was sent, as one does that helps to find mistakes.
    echo = createServer((request, response) => {
      response
        .writeHead(request.url!.includes('broken') ? 503 : 400)
        .end(`not so: ${request.url} ${JSON.stringify(request.headers)}`);
    });
    hangUp = createTcpServer((socket) => socket.destroy());
    for (const server of [echo, hangUp])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    rude = (hangUp.address() as AddressInfo).port;
  });
  afterAll(async () => {
    echo.close();
    hangUp.close();
    await test.drop();
  });

  it('repeat no header that a trainer was sent', async () => {
    const headers = { authorization: planted.TRAINER_TOKEN };
    for (const url of [
      `${origin}/broken`,
      `${origin}/wrong`,
      `http://127.0.0.1:${rude}`,
      'http://127.0.0.1:1',
    ]) {
      const error = await openHttpTrainer()
        .read({ url, headers }, { model: 'm', retrainingId: 'r' })
        .catch(String);
      expect(error).toMatch(/not so|ECONN|other side closed|bad port/);
      expect(error).not.toContain('Pl4nted');
    }
  });

  it('repeat no token of MLflow and no key of a store, in what the worker says of them', async () => {
    const target = { url: origin, registeredModel: 'm', experiment: 'e' } as never;
    const token = { origin, token: planted.MLFLOW_TRACKING_TOKEN };
    const store = openObjectStore(
      {
        endpoint: origin,
        region: 'r',
        accessKeyId: planted.SOURCE_S3_ACCESS_KEY_ID,
        secretAccessKey: planted.SOURCE_S3_SECRET_ACCESS_KEY,
      },
      'bucket',
    );
    const execute = (next: () => Promise<unknown>) =>
      activityErrors(secrets).execute!({ args: [], headers: {} }, next).catch(String);
    for (const outcome of [
      await execute(() => openMlflow({ token }).record(target, {} as never)),
      await execute(() => store.list('a')),
    ]) {
      expect(outcome).toMatch(/not so|400|refus/i);
      expect(outcome).not.toContain('Pl4nted');
    }
  });

  it('of a database say no password, whether it is refused, away or wrong', async () => {
    const refused = new URL(test.url);
    refused.password = 'Pl4nted-database-password';
    for (const url of [
      refused.href,
      `postgres://me:Pl4nted-database-password@127.0.0.1:${rude}/x`,
      'postgres://me:Pl4nted-database-password@127.0.0.1:1/x',
    ]) {
      const database = openDatabase({ url, poolSize: 1 });
      const error = await database.query('select 1').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('Pl4nted');
      await database.close();
    }
  });

  it.each([
    ['doctor', ['doctor']],
    ['migrate', ['migrate']],
    ['worker', ['worker']],
    ['status', ['status']],
  ])(
    'tidewatch %s prints none of them, with TIDEWATCH_DEBUG=1 neither',
    async (_, args) => {
      const { TIDEWATCH_OIDC_CLIENT_SECRET: _1, ...environment } = planted;
      const child = spawn(process.execPath, ['--import', 'tsx', 'cli/tidewatch.ts', ...args], {
        env: {
          PATH: process.env['PATH'],
          TIDEWATCH_DEBUG: '1',
          LOG_LEVEL: 'trace',
          TIDEWATCH_HTTP_PORT: '0',
          ...environment,
          DATABASE_URL: planted.DATABASE_URL.replace('5432', String(rude)),
          PROMOTION_HOOK_SECRET: '',
          TEMPORAL_ADDRESS: testServers().temporalAddress,
          TEMPORAL_TLS: 'true',
          OTEL_EXPORTER_OTLP_ENDPOINT: origin,
        },
      });
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (data: Buffer) => (printed += data.toString()));
      const timer = setTimeout(() => child.kill('SIGKILL'), 100_000);
      await once(child, 'close');
      clearTimeout(timer);
      expect(printed.length).toBeGreaterThan(20);
      expect(printed).not.toContain('Pl4nted');
      for (const secret of secrets) expect(printed.includes(secret), secret).toBe(false);
    },
    120_000,
  );
});
