/** Where there is nowhere to send traces to, there is nothing of tracing. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { openDependencies } from '../../../worker/dependencies.ts';
import { readConfiguration } from '../../../worker/configuration.ts';
import { testServers } from '../../setup/servers.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useWorker } from '../../setup/worker-world.ts';

const test = useWorker('shared by all tests');
const environment = () => ({ DATABASE_URL: test.url, TEMPORAL_ADDRESS: testServers().temporalAddress });

describe('without an endpoint', () => {
  it('neither the worker nor the commands load what makes and sends spans', async () => {
    const script = `
      import { createRequire } from 'node:module';
      import '${new URL('../../../worker/worker.ts', import.meta.url).href}';
      const { readConfiguration } = await import('${new URL('../../../worker/configuration.ts', import.meta.url).href}');
      const { openDependencies } = await import('${new URL('../../../worker/dependencies.ts', import.meta.url).href}');
      await (await openDependencies(readConfiguration(process.env))).close();
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify(loaded.filter((path) => /opentelemetry/.test(path))));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { env: { PATH: process.env['PATH'], ...environment() } },
    );
    const loaded = JSON.parse(stdout) as readonly string[];
    // Its interface alone, which the client of Prometheus needs as well.
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((path) => !path.includes('/@opentelemetry/api/'))).toEqual([]);
  });

  it('no statement is observed, and no channel is wrapped', async () => {
    const { activities, close } = await openDependencies(
      readConfiguration({ ...environment(), SLACK_WEBHOOK_URL: 'https://hooks.example.org/services/x' }),
    );
    await activities.database.withClient(async (client) => {
      // Of its class, and not one of its own.
      expect(Object.hasOwn(client, 'query')).toBe(false);
    });
    await close();
  });

  it('no header of a trace is in a history', async () => {
    await watch(test.database, { model: 'untraced' });
    await load(test.database, 'untraced', { from: 1, to: 16 });
    await test.worker.run('driftDetection', { model: 'untraced', asOf: at(16, 3) }, 'untraced');
    const history = await test.worker.client.workflow.getHandle('untraced').fetchHistory();
    expect(history.events?.length).toBeGreaterThan(20);
    expect(JSON.stringify(history)).not.toContain('_tracer-data');
  });
});
