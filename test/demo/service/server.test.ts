import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { createTestDatabase } from '../../setup/servers.ts';

it('the service of the demo has the metrics of the client, of requests for predictions alone', async () => {
  const test = await createTestDatabase();
  const models = await mkdtemp(join(tmpdir(), 'tidewatch-models-'));
  const script = new URL('../../../demo/service/server.ts', import.meta.url).pathname;
  const service = spawn(process.execPath, ['--import', 'tsx', script, test.url, models], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(service, 'close');
  try {
    const [line] = (await once(service.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    const ask = async (model: string): Promise<number> =>
      (await fetch(`${url}/predictions`, { method: 'POST', body: JSON.stringify({ model, rows: [] }) }))
        .status;
    expect([await ask('nobody-knows-it'), await ask('nor-this')]).toEqual([500, 500]);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    const scrape = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    await expect.poll(scrape, { timeout: 60_000 }).toContain('prediction_requests_total{status="500"} 2');
    expect(await scrape()).not.toContain('status="404"');
  } finally {
    service.kill();
    await closed;
    await rm(models, { recursive: true });
    await test.drop();
  }
});
