/** From a push to an alert: the rules in a real Prometheus, beside a real Pushgateway and a real Alertmanager. */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { startServer, type StartedServer } from '../setup/prometheus-server.ts';
import { prometheusTool, prometheusToolsMissing } from '../setup/prometheus-tools.ts';
import { testServers } from '../setup/servers.ts';
import { opsDirectory, runbookDirectory } from './prometheus-rules.ts';

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

const model = 'alerting';

let directory: string;
let alertmanager: StartedServer;
let prometheus: StartedServer;

describe.skipIf(prometheusToolsMissing)('an alert (skipped where no prometheus is on PATH)', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-alerting-'));
    alertmanager = await start('alertmanager', (port) => [
      `--config.file=${opsDirectory}/alertmanager/alertmanager.yml`,
      `--storage.path=${join(directory, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ]);
    await prepareConfiguration();
    prometheus = await start('prometheus', (port) => [
      `--config.file=${join(directory, 'prometheus', 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.external-url=http://127.0.0.1:${port}`,
      `--web.user-assets=${runbookDirectory}`,
    ]);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await alertmanager?.stop();
    await pushgateway().deleteGroup({ process: 'drift-detection', model });
    await pushgateway().deleteGroup({ process: 'actuals-backfill', model });
    await rm(directory, { recursive: true, force: true });
  });

  it('travels from a push to the receiver of its severity, and links to its runbook', async () => {
    await pushgateway().replaceGroup({ process: 'drift-detection', model }, [
      { gauge: 'data_drift_ratio', labels: {}, value: 0.4 },
      { gauge: 'data_drift_score', labels: { feature: 'rooms', method: 'psi' }, value: 0.9 },
    ]);
    const alert = await told('DriftRatioCritical');
    expect(alert).toMatchObject({
      labels: { model, severity: 'critical', source: 'tidewatch' },
      annotations: { description: '40% of its rows are unlike the reference. The limit is 30%.' },
      receivers: [{ name: 'pager' }],
      status: { state: 'active' },
    });
    const runbook = await fetch(alert.annotations['runbook_url']!);
    expect(await runbook.text()).toContain('# DriftRatioCritical');
  });

  it('holds back those that it explains', async () => {
    await expect
      .poll(async () => (await told('DataDriftDetected')).status, { timeout: 20_000 })
      .toMatchObject({ state: 'suppressed', inhibitedBy: [expect.any(String)] });
    await pushgateway().replaceGroup({ process: 'actuals-backfill', model }, [
      { gauge: 'data_freshness_timestamp_seconds', labels: { stream: 'predictions' }, value: 1e9 },
    ]);
    await told('DataPipelineDelay');
    await expect
      .poll(async () => (await told('DriftRatioCritical')).status.state, { timeout: 20_000 })
      .toBe('suppressed');
  });

  it('ends when the number is back below its limit', async () => {
    await pushgateway().replaceGroup({ process: 'drift-detection', model }, [
      { gauge: 'data_drift_ratio', labels: {}, value: 0.1 },
    ]);
    await expect.poll(() => firing('DriftRatioCritical'), { timeout: 20_000 }).toEqual([]);
  });
});

const pushgateway = () => openPushgateway(testServers().pushgatewayUrl);

/** The configuration as it is, but for addresses and for time: a second is what 15 are, and no alert waits. */
async function prepareConfiguration(): Promise<void> {
  const configuration = join(directory, 'prometheus');
  await cp(join(opsDirectory, 'prometheus'), configuration, { recursive: true });
  const edit = async (file: string, change: (text: string) => string): Promise<void> => {
    const path = join(configuration, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  };
  await edit('prometheus.yml', (text) =>
    text
      .replaceAll(/(scrape|evaluation)_interval: \d+s/g, '$1_interval: 1s')
      .replace('pushgateway:9091', new URL(testServers().pushgatewayUrl).host)
      .replace('alertmanager:9093', new URL(alertmanager.url).host),
  );
  await edit('rules/models.yaml', (text) => text.replaceAll(/^ +for: \w+$/gm, ''));
}

function start(
  tool: 'prometheus' | 'alertmanager',
  args: (port: number) => readonly string[],
): Promise<StartedServer> {
  return startServer({
    name: tool,
    command: prometheusTool(tool) ?? tool,
    ready: '/-/ready',
    directory,
    args,
  });
}

async function firing(alertname: string): Promise<readonly Told[]> {
  const filter = new URLSearchParams([
    ['filter', `alertname="${alertname}"`],
    ['filter', `model="${model}"`],
  ]);
  const response = await fetch(`${alertmanager.url}/api/v2/alerts?${filter.toString()}`);
  return (await response.json()) as readonly Told[];
}

/** The one alert of this name that the Alertmanager has been told of, once it has. */
async function told(alertname: string): Promise<Told> {
  await expect.poll(() => firing(alertname), { timeout: 30_000 }).toHaveLength(1);
  return (await firing(alertname))[0]!;
}
