import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
import { cookiesOf } from '../console/console-world.ts';
import { client, goThrough, startOidcProvider } from '../setup/oidc-provider.ts';
import { createTestDatabase, type TestDatabase } from '../setup/servers.ts';

describe('tidewatch console', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());

  const start = (environment: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/tidewatch.ts', 'console'], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: test.url,
        TIDEWATCH_CONSOLE_PORT: '0',
        ...environment,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()));
    return { child, said: () => said, exited: once(child, 'close').then(([code]) => code as number | null) };
  };

  it('says where it is, shows its pages, and ends at SIGTERM', async () => {
    const { child, said, exited } = start({});
    try {
      const address = (): string | undefined =>
        /the console is at (http:\/\/127\.0\.0\.1:\d+)/.exec(said())?.[1];
      await until(() => address() !== undefined || child.exitCode !== null, 100_000);
      const page = await fetch(address()!);
      expect([page.status, await page.text()]).toEqual([
        200,
        expect.stringContaining('No model is watched yet'),
      ]);
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('sends people to the OpenID provider of the environment, whose secret is in a file, and forgets old audit events', async () => {
    const port = await getPort({ host: '127.0.0.1' });
    const consoleUrl = `http://127.0.0.1:${port}`;
    const provider = await startOidcProvider(consoleUrl, {
      olga: { groups: ['ml-operators'], preferred_username: 'olga' },
    });
    const directory = await mkdtemp(join(tmpdir(), 'tidewatch-console-'));
    const secret = join(directory, 'secret');
    await writeFile(secret, `${client.clientSecret}\n`);
    await test.database.execute(
      `insert into audit_events (recorded_at, actor, action, subject) values
         (now() - interval '31 days', 'old', 'sign-in', 'token'), (now() - interval '29 days', 'young', 'sign-in', 'token')`,
    );
    const { child, said, exited } = start({
      TIDEWATCH_CONSOLE_PORT: String(port),
      TIDEWATCH_CONSOLE_URL: consoleUrl,
      TIDEWATCH_OIDC_ISSUER: provider.issuer,
      TIDEWATCH_OIDC_CLIENT_ID: client.clientId,
      TIDEWATCH_OIDC_CLIENT_SECRET_FILE: secret,
      TIDEWATCH_OIDC_OPERATORS: 'ml-operators',
      TIDEWATCH_AUDIT_RETENTION: '30d',
    });
    try {
      await until(() => said().includes('the console is at') || child.exitCode !== null, 100_000);
      const begun = await fetch(`${consoleUrl}/login/oidc?to=/audit`, { redirect: 'manual' });
      const back = await goThrough(begun.headers.get('location')!, consoleUrl, 'olga');
      const answer = await fetch(back, { redirect: 'manual', headers: { cookie: cookiesOf(begun) } });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/audit']);
      const actors = async (): Promise<string> =>
        JSON.stringify(await test.database.query('select actor from audit_events order by audit_id'));
      const wanted = JSON.stringify([{ actor: 'young' }, { actor: 'olga' }]);
      await until(async () => (await actors()) === wanted, 60_000);
      expect(said()).not.toContain(client.clientSecret);
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    } finally {
      child.kill('SIGKILL');
      await provider.close();
      await rm(directory, { recursive: true });
    }
  });

  it('does not start beyond loopback without a token', async () => {
    const { said, exited } = start({ TIDEWATCH_CONSOLE_HOST: '0.0.0.0' });
    expect(await exited).toBe(2);
    expect(said()).toContain('TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act');
  });
});
