/**
 * How long does it take from opening an alert until somebody has been told?
 *
 *     npm run build && npx tsx bench/alerts/latency.ts [--alerts 50] [--group-wait 0s] [--json]
 *
 * Alerts one by one, on servers that have nothing else to do, over a route that waits for no more (`--group-wait 0s`): from the beginning of
 * the transaction that opens the alert until its request has arrived at a receiver on loopback; one clock. The first of all is left out,
 * since the processes are cold then. With `--group-wait 1s` it is that much longer.
 */

import { cpus, loadavg } from 'node:os';

import { until } from '../../demo/stack/until.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import { featureNames, observeDrift, watchModel, withAlertWorld } from './world.ts';

const {
  alerts,
  'group-wait': groupWait,
  json,
} = readOptions({ alerts: 50, 'group-wait': '0s', json: false });

const load = loadavg()[0]!;
const times = await withAlertWorld(async (world) => {
  const { database, receiver } = world;
  const monitor = await watchModel(database, 'told-at-once', {
    groupBy: ['model', 'kind', 'subject'],
    groupWait,
    groupInterval: '0s',
  });
  const times: number[] = [];
  for (const subject of featureNames(alerts + 1)) {
    const before = receiver.arrivals.length;
    const started = Date.now();
    await observeDrift(world, monitor, 'warning', [subject]);
    if (!(await until(() => receiver.arrivals.length > before, 60_000)))
      throw new Error(`nobody was told of ${subject} within a minute`);
    times.push(receiver.arrivals.at(-1)!.at - started);
  }
  return times.slice(1).sort((a, b) => a - b);
});

const quantile = (share: number): number => times[Math.ceil(share * times.length) - 1]!;
const result = { alerts, median: quantile(0.5), p95: quantile(0.95), slowest: times.at(-1)! };
const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) console.log(JSON.stringify({ machine, load, ...result }, undefined, 2));
else {
  console.log(`${machine}; load before ${load.toFixed(2)}`);
  console.log(
    `${alerts} alerts one by one: median ${result.median} ms, p95 ${result.p95} ms, slowest ${result.slowest} ms`,
  );
}
