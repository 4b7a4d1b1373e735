/**
 * What does it cost to evaluate a 30-day window of 10M outcomes, and to restate it after one hour has changed?
 *
 *     npx tsx bench/performance/window.ts [--rows 10000000] [--repetitions 9] [--task classification] [--url postgres://...] [--json]
 *
 * The activities as they run every night, their transactions, reads and writes included: `summarizeOutcomes` of all hours once;
 * `evaluatePerformance` of the window from the stored summaries; then, in turns, one outcome is corrected and
 * `summarizeOutcomes` and `evaluatePerformance` restate that hour and the window. Bootstrap intervals are computed each time.
 */

import { cpus } from 'node:os';

import Table from 'cli-table3';

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { createEvaluatePerformance } from '../../activities/performance/evaluate-performance.ts';
import { createSummarizeOutcomes } from '../../activities/performance/summarize-outcomes.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import type { Cost } from './database.ts';
import { costOf, idleContext, medianOf, withBenchDatabase } from './database.ts';

const model = 'summarized';
const hours = 720;
const {
  rows,
  repetitions,
  task,
  url: server,
  json,
} = readOptions({
  rows: 10_000_000,
  repetitions: 9,
  task: ['regression', 'classification'],
  url: String,
  json: false,
});
const start = '2024-01-01T00:00:00Z';
const end = '2024-01-31T00:00:00Z';
const window = { start, end };
const asOf = '2024-01-31T03:20:00Z';

const settings = {
  model,
  task,
  ...(task === 'classification' && { classes: ['no', 'yes'] }),
  features: { x: { kind: 'continuous' } },
  reference: { kind: 'rolling' },
} as const satisfies MonitorInput;

/** Errors without two alike, so that counts are kept in cells. */
const columns = {
  regression: `100 + 30 * sin(row), null, null, 100 + 30 * sin(row) + 10 * sin(row * 1.7) * cos(row * 0.3), null`,
  classification: `null, case when sin(row) > 0 then 'yes' else 'no' end,
    jsonb_build_object('yes', (1 + sin(row)) / 2), null, case when sin(row) + sin(row * 1.7) > 0 then 'yes' else 'no' end`,
} as const;

const correction = {
  regression: 'actual = actual + 1',
  classification: `actual_class = case actual_class when 'yes' then 'no' else 'yes' end`,
} as const;

async function load(database: Database): Promise<void> {
  const monitor = monitorSchema.parse(settings);
  await upsertMonitor(database, monitor, configurationHash(monitor));
  await database.query('select ensure_partitions($1, $2)', [start, end]);
  await database.execute(
    `insert into outcomes (model, event_time, prediction_id, version, role, prediction, predicted_class, probabilities, actual,
       actual_class, recorded_at)
     select $1, $2::timestamptz + row * (interval '30 days' / $3), row, '1', 'serving', ${columns[task]}, $2
     from generate_series(0, $3 - 1) as row`,
    [model, start, rows],
  );
  await database.execute('vacuum analyze outcomes');
}

const results = await withBenchDatabase(server, async (database) => {
  await load(database);
  const deps = {
    database,
    codeVersion: 'bench',
    context: idleContext,
  };
  const summarize = createSummarizeOutcomes(deps);
  const evaluate = createEvaluatePerformance(deps);
  const all = await costOf(database, () => summarize({ model, asOf }));
  await database.execute('vacuum analyze outcome_summaries');
  await evaluate({ model, asOf, window });

  const costs = { evaluated: new Array<Cost>(), hour: new Array<Cost>(), restated: new Array<Cost>() };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    costs.evaluated.push(await costOf(database, () => evaluate({ model, asOf, window })));
    await database.execute(`update outcomes set ${correction[task]} where model = $1 and event_time = $2`, [
      model,
      start,
    ]);
    costs.hour.push(await costOf(database, () => summarize({ model, asOf })));
    costs.restated.push(await costOf(database, () => evaluate({ model, asOf, window })));
  }
  const [stored] = await database.query<{ bytes: number }>(
    `select sum(length(content)) as bytes from outcome_summaries where model = $1`,
    [model],
  );
  return {
    bytesAnHour: stored!.bytes / hours,
    costs: {
      'summarizeOutcomes, every hour once': all,
      'evaluatePerformance, unchanged': medianOf(costs.evaluated),
      'summarizeOutcomes, one hour changed': medianOf(costs.hour),
      'evaluatePerformance, restated': medianOf(costs.restated),
    },
  };
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, task, rows, hours, repetitions, ...results }, undefined, 2));
} else {
  const head = ['step', 'ms', 'WAL, kB'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const [step, { seconds, wal }] of Object.entries(results.costs)) {
    table.push([step, (seconds * 1_000).toFixed(1), (wal * 1_000).toFixed(0)]);
  }
  const bytes = Math.round(results.bytesAnHour);
  console.log(
    `${machine}; ${task}, ${rows} outcomes in ${hours} hours of ${bytes} bytes, ${repetitions} repetitions`,
  );
  console.log(table.toString());
}
