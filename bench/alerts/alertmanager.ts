/**
 * The same of Alertmanager: many alerts at once, and how long one takes.
 *
 *     npx tsx bench/alerts/alertmanager.ts [--alerts 10000] [--one-by-one 50] [--json]
 *
 * Needs `alertmanager` or `prometheus-alertmanager` on PATH. Alerts are posted to /api/v2/alerts by 100, as those of the models of
 * many-open.ts are stored, each a group of its own (`group_by: ['...']`), with `group_wait: 0s` and the shortest `group_interval`, to
 * a webhook on loopback; then all are resolved. Alertmanager keeps its alerts in memory: one that is killed has forgotten them
 * until Prometheus sends them again, so that it does less than what it is compared with, which stores each of them.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import Table from 'cli-table3';

import { listenOnLoopback } from '../../demo/stack/loopback-ports.ts';
import { until } from '../../demo/stack/until.ts';
import { alertmanagerCommand, startAlertmanager } from '../../test/setup/alertmanager.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import { cpuSeconds, peakMegabytes } from '../process-usage.ts';

const {
  alerts,
  'one-by-one': oneByOne,
  json,
} = readOptions({ alerts: 10_000, 'one-by-one': 50, json: false });
/** What Prometheus sends at most at once is 256. */
const batch = 100;
const patienceMs = 30 * 60_000;

const command = alertmanagerCommand;
if (command === undefined) throw new Error('no alertmanager on PATH: install prometheus-alertmanager');

const told = { firing: new Set<string>(), resolved: new Set<string>() };
let requests = 0;
let lastAt = 0;
const receiver = createServer((request, response) => {
  void (async () => {
    lastAt = Date.now();
    requests += 1;
    const { alerts } = JSON.parse(await text(request)) as {
      alerts: { status: 'firing' | 'resolved'; labels: { feature: string } }[];
    };
    for (const { status, labels } of alerts) told[status].add(labels.feature);
    response.writeHead(200).end();
  })().catch(() => response.destroy());
});
const receiverPort = await listenOnLoopback(receiver);
const directory = await mkdtemp(join(tmpdir(), 'tidewatch-alertmanager-'));
const config = join(directory, 'alertmanager.yml');
await writeFile(
  config,
  `route: { receiver: bench, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h }
receivers: [{ name: bench, webhook_configs: [{ url: 'http://127.0.0.1:${receiverPort}', send_resolved: true }] }]
`,
);

async function post(url: string, names: readonly string[], endsAt?: string): Promise<void> {
  const posted = names.map((feature) => ({
    labels: { alertname: 'drift', model: 'model', feature, severity: 'warning' },
    annotations: { summary: 'Jensen-Shannon distance 0.231 is above 0.1' },
    ...(endsAt !== undefined && { endsAt }),
  }));
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(posted),
  });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
}

const names = Array.from({ length: alerts }, (_, i) => `feature_${i}`);

/** Until every alert has been told in this state; seconds. */
async function tellAll(url: string, status: 'firing' | 'resolved'): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < names.length; i += batch) {
    const endsAt = status === 'resolved' ? new Date().toISOString() : undefined;
    await post(url, names.slice(i, i + batch), endsAt);
  }
  if (!(await until(() => told[status].size >= alerts, patienceMs)))
    throw new Error(`${status}: only ${told[status].size} of ${alerts} were told`);
  return (performance.now() - started) / 1_000;
}

const load = loadavg()[0]!;
const { child, url } = await startAlertmanager(command, { directory, config });
try {
  const times: number[] = [];
  for (let i = 0; i <= oneByOne; i += 1) {
    const before = requests;
    const started = Date.now();
    await post(url, [`alone_${i}`]);
    if (!(await until(() => requests > before, 60_000))) throw new Error('nobody was told within a minute');
    times.push(lastAt - started);
  }
  told.firing.clear();
  const sorted = times.slice(1).sort((a, b) => a - b);
  const cpu = { start: cpuSeconds(child.pid), opened: 0, resolved: 0 };
  const opened = await tellAll(url, 'firing');
  cpu.opened = cpuSeconds(child.pid) - cpu.start;
  const resolved = await tellAll(url, 'resolved');
  cpu.resolved = cpuSeconds(child.pid) - cpu.start - cpu.opened;
  const result = {
    alerts,
    latencyMs: {
      median: sorted[Math.ceil(sorted.length / 2) - 1]!,
      p95: sorted[Math.ceil(0.95 * sorted.length) - 1]!,
    },
    seconds: { opened, resolved },
    cpu,
    peakMegabytes: peakMegabytes(child.pid),
  };
  const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
  if (json) console.log(JSON.stringify({ machine, load, ...result }, undefined, 2));
  else {
    console.log(`${machine}; load before ${load.toFixed(2)}`);
    const head = [`${alerts} alerts in Alertmanager`, 'told, s', 'alerts/s', 'CPU s'];
    const table = new Table({ head, style: { head: [], border: [], compact: true } });
    for (const phase of ['opened', 'resolved'] as const) {
      const seconds = result.seconds[phase];
      table.push([phase, seconds.toFixed(1), (alerts / seconds).toFixed(0), cpu[phase].toFixed(1)]);
    }
    console.log(table.toString());
    console.log(
      `peak ${result.peakMegabytes.toFixed(0)} MB; ${oneByOne} alerts one by one: median ${result.latencyMs.median} ms, ` +
        `p95 ${result.latencyMs.p95} ms`,
    );
  }
} finally {
  await child.stop();
  receiver.close();
  receiver.closeAllConnections();
  await rm(directory, { recursive: true, force: true });
}
