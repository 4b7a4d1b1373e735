import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../demo/stack/until.ts';
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

  it('does not start beyond loopback without a token', async () => {
    const { said, exited } = start({ TIDEWATCH_CONSOLE_HOST: '0.0.0.0' });
    expect(await exited).toBe(2);
    expect(said()).toContain('TIDEWATCH_CONSOLE_HOST: beyond 127.0.0.1 everybody could act');
  });
});
