/** Everything that dashboards ask: a Prometheus with the project's own configuration, and what it scrapes. */

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startChild, untilReady } from '../../../demo/stack/child-process.ts';
import { weekMs } from '../../../core/window.ts';
import { prometheusTool, runTool } from '../../setup/prometheus-tools.ts';
import { startServer, type StartedServer } from '../../setup/prometheus-server.ts';
import { testServers, type TestDatabase } from '../../setup/servers.ts';
import { opsDirectory } from '../prometheus-rules.ts';
import { startMeteredService } from './metered-service.ts';

const root = new URL('../../..', import.meta.url).pathname;

export const taskQueue = 'dashboards';
/** The job of the one model service. */
export const service = 'flights-api';

export interface Exporters {
  readonly node: string | undefined;
  readonly postgres: string | undefined;
}

interface StackOptions {
  readonly test: TestDatabase;
  readonly directory: string;
  readonly exporters: Exporters;
  /** The model of the one model service. */
  readonly model: string;
}

export interface DashboardStack {
  readonly prometheusUrl: string;
  stop(): Promise<void>;
}

export async function startDashboardStack(options: StackOptions): Promise<DashboardStack> {
  const { directory, exporters, model } = options;
  const { pushgatewayUrl, temporalMetricsTarget } = testServers();
  const started: { stop(): Promise<void> }[] = [];
  const begin = async <Started extends { stop(): Promise<void> }>(
    starting: Promise<Started>,
  ): Promise<Started> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  try {
    const [metered, worker, alertmanager, node, postgres] = await Promise.all([
      begin(startMeteredService()),
      begin(startWorker(options)),
      begin(startAlertmanager(directory)),
      exporters.node && begin(startNodeExporter(exporters.node, directory)),
      exporters.postgres && begin(startPostgresExporter(exporters.postgres, options)),
    ]);
    const addresses: Readonly<Record<string, string>> = {
      'pushgateway:9091': new URL(pushgatewayUrl).host,
      'temporal:9090': temporalMetricsTarget,
      'alertmanager:9093': alertmanager.target,
      ...(node && { 'node-exporter:9100': node.target }),
      ...(postgres && { 'postgres-exporter:9187': postgres.target }),
    };
    await writeWeekAgo(directory);
    const prometheus = await begin(
      startPrometheus(directory, { addresses, worker, service: metered, model }),
    );
    return { prometheusUrl: prometheus.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWorker({ test, directory }: StackOptions): Promise<StartedServer> {
  const { temporalAddress, pushgatewayUrl } = testServers();
  const logFile = join(directory, 'worker.log');
  const child = startChild({
    name: 'worker',
    command: process.execPath,
    args: ['--import', 'tsx', join(root, 'cli/tidewatch.ts'), 'worker'],
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      DATABASE_URL: test.url,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_TASK_QUEUE: taskQueue,
      PUSHGATEWAY_URL: pushgatewayUrl,
      TIDEWATCH_HTTP_PORT: '0',
    },
    logFile,
  });
  try {
    let url: string | undefined;
    await untilReady(child, async () => {
      url = /"http":"([^"]+)"/.exec(await readFile(logFile, 'utf8'))?.[1];
      return url !== undefined && (await fetch(`${url}/readyz`)).ok;
    });
    if (url === undefined) throw new Error('the worker is ready and has said no address');
    return { url, target: new URL(url).host, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

const startAlertmanager = (directory: string): Promise<StartedServer> =>
  startServer({
    name: 'alertmanager',
    command: prometheusTool('alertmanager') ?? 'alertmanager',
    ready: '/-/ready',
    directory,
    args: (port) => [
      `--config.file=${opsDirectory}/alertmanager/alertmanager.yml`,
      `--storage.path=${join(directory, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
  });

const startNodeExporter = (command: string, directory: string): Promise<StartedServer> =>
  startServer({
    name: 'node-exporter',
    command,
    ready: '/',
    directory,
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`],
  });

const startPostgresExporter = (command: string, { test, directory }: StackOptions): Promise<StartedServer> =>
  startServer({
    name: 'postgres-exporter',
    command,
    ready: '/',
    directory,
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`],
    env: { ...process.env, DATA_SOURCE_NAME: `${test.url}?sslmode=disable` },
  });

const startPrometheus = (directory: string, scraped: Scraped): Promise<StartedServer> =>
  startServer({
    name: 'prometheus',
    command: prometheusTool('prometheus') ?? 'prometheus',
    ready: '/-/ready',
    directory,
    args: async (port) => [
      `--config.file=${await prepareConfiguration(directory, port, scraped)}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });

/** What Prometheus kept of half an hour a week ago, which panels compare with: a block of a series that a rule records. */
async function writeWeekAgo(directory: string): Promise<void> {
  const around = Math.floor((Date.now() - weekMs) / 1000);
  const times = Array.from({ length: 180 }, (_, i) => around + (i - 90) * 10);
  const name = 'service:prediction_duration_seconds:p95_rate1h';
  const file = join(directory, 'week-ago.om');
  await writeFile(
    file,
    [
      `# TYPE ${name} gauge`,
      ...times.map((time) => `${name}{job="${service}"} 0.2 ${time}`),
      '# EOF',
      '',
    ].join('\n'),
  );
  const { ok, output } = await runTool(
    'promtool',
    ['tsdb', 'create-blocks-from', 'openmetrics', file, join(directory, 'data')],
    directory,
  );
  if (!ok) throw new Error(output);
}

interface Scraped {
  readonly addresses: Readonly<Record<string, string>>;
  readonly worker: StartedServer;
  readonly service: { readonly target: string };
  readonly model: string;
}

/** The configuration as it is, but for addresses, and for time: a second is what 15 are. */
async function prepareConfiguration(directory: string, port: number, scraped: Scraped): Promise<string> {
  const { addresses, worker, service: metered, model } = scraped;
  const copy = join(directory, 'prometheus');
  await cp(join(opsDirectory, 'prometheus'), copy, { recursive: true });
  const file = join(copy, 'prometheus.yml');
  let text = (await readFile(file, 'utf8'))
    .replaceAll(/(scrape|evaluation)_interval: \d+s/g, '$1_interval: 1s')
    .replace(
      'dns_sd_configs: [{ names: [worker], type: A, port: 9464 }]',
      `static_configs: [{ targets: ['${worker.target}'] }]`,
    );
  text = text.replace('localhost:9090', `127.0.0.1:${port}`);
  for (const [written, real] of Object.entries(addresses)) text = text.replaceAll(written, real);
  await writeFile(file, text);
  await writeFile(
    join(copy, 'model-services.yaml'),
    `- { targets: ['${metered.target}'], labels: { job: ${service}, model: ${model} } }\n`,
  );
  // Groups of a minute would be empty for that long.
  const rules = join(copy, 'rules/services.yaml');
  await writeFile(rules, (await readFile(rules, 'utf8')).replace('interval: 1m', 'interval: 1s'));
  return file;
}
