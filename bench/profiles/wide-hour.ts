/**
 * How long does one activity profile one hour of a model with very many features, and how much memory does it take?
 *
 *     npx tsx bench/profiles/wide-hour.ts [--rows 2000] [--url postgres://...] [--json]
 *
 * Continuous features logged as jsonb, the dearest way. Half of the features alone is what one of two column groups would take.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { createProfileHours } from '../../activities/profiles/profile-hours.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { readOptions } from '../options.ts';
import { idleContext, withBenchDatabase } from '../performance/database.ts';
import { machineText } from './timing.ts';

const { rows, url: server, json } = readOptions({ rows: 2_000, url: String, json: false });
const logged = 500;

const results = await withBenchDatabase(server, async (database) => {
  const insert = (hour: string, count: number, model: string): Promise<number> =>
    database.execute(
      `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
       select $1, '1', 'e' || row, $2, $2,
         (select jsonb_object_agg('f' || feature, random() + 0 * row) from generate_series(1, ${logged}) as feature), random()
       from generate_series(1, $3::int) as row`,
      [model, hour, count],
    );
  await database.query(`select ensure_partitions('2024-01-01T00:00:00Z', '2024-01-04T00:00:00Z')`);
  const measured = [];
  for (const features of [logged / 4, logged / 2, logged]) {
    const model = `wide-${features}`;
    const monitor = monitorSchema.parse({
      model,
      task: 'regression',
      features: Object.fromEntries(
        Array.from({ length: features }, (_, i) => [`f${i + 1}`, { kind: 'continuous' }]),
      ),
      reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-02' },
      current: '1d',
    });
    await upsertMonitor(database, monitor, configurationHash(monitor));
    await insert('2024-01-01T05:00:00Z', 500, model);
    await insert('2024-01-02T05:00:00Z', rows, model);
    await database.execute('vacuum analyze predictions');
    const profileHours = createProfileHours({ database, context: idleContext });
    // The reference and its grids first.
    await profileHours({ model, asOf: '2024-01-02T03:00:00Z' });
    const cpu = process.cpuUsage();
    const started = performance.now();
    await profileHours({ model, asOf: '2024-01-03T03:00:00Z' });
    const seconds = (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    measured.push({
      features,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    });
  }
  return measured;
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, rows, logged, results }, undefined, 2));
} else {
  const table = new Table({
    head: ['features counted', 'seconds', 'processor seconds of the worker', 'peak MB'],
    style: { head: [], border: [], compact: true },
  });
  for (const { features, seconds, cpuSeconds, peakMegabytes } of results)
    table.push([features, seconds.toFixed(2), cpuSeconds.toFixed(2), peakMegabytes]);
  console.log(`${machine}; one hour of ${rows} rows with ${logged} features of jsonb`);
  console.log(table.toString());
}
