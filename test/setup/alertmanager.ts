/** A real Alertmanager on loopback, where there is one: Debian and Ubuntu have it as `prometheus-alertmanager`. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Child } from '../../demo/stack/child-process.ts';
import { startChild, untilReady } from '../../demo/stack/child-process.ts';
import { withFreePorts } from '../../demo/stack/loopback-ports.ts';
import { startHttpEndpoint } from './http-endpoint.ts';
import { prometheusTool } from './prometheus-tools.ts';

/** Undefined where there is none: tests that need it are skipped. */
export const alertmanagerCommand: string | undefined = prometheusTool('alertmanager');

export interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

export interface TestAlertmanager {
  readonly url: string;
  /** What it shows as active now. */
  active(): Promise<readonly ActiveAlert[]>;
  /** What it has told its receiver, each alert of each notification. */
  told(): readonly Notification[];
  stop(): Promise<void>;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

export async function startTestAlertmanager(command: string): Promise<TestAlertmanager> {
  const receiver = await startHttpEndpoint(() => ({ status: 200 }));
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-alertmanager-'));
  const config = join(directory, 'alertmanager.yml');
  await writeFile(
    config,
    `route: { receiver: test, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: test, webhook_configs: [{ url: '${receiver.origin}', send_resolved: true }] }]
`,
  );
  const { child, url } = await startAlertmanager(command, { directory, config });
  return {
    url,
    active: async () =>
      (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as readonly ActiveAlert[],
    told: () =>
      receiver
        .requests()
        .flatMap(({ body }) => (JSON.parse(body) as { alerts: readonly Notification[] }).alerts),
    stop: async () => {
      await child.stop();
      await receiver.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** Alertmanager itself, on a free port; its data and its log are in the directory. */
export async function startAlertmanager(
  command: string,
  { directory, config }: { readonly directory: string; readonly config: string },
): Promise<{ readonly child: Child; readonly url: string }> {
  return withFreePorts(async (freePort) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startChild({
      name: 'Alertmanager',
      command,
      args: [
        `--config.file=${config}`,
        `--storage.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      cwd: directory,
      env: process.env,
      logFile: join(directory, 'log'),
    });
    await untilReady(child, async () => (await fetch(`${url}/-/ready`)).ok);
    return { child, url };
  });
}
