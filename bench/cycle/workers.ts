/**
 * What does the hour of large models cost real workers, and what do two of them make of it?
 *
 *     npm run build && npx tsx bench/cycle/workers.ts [--rows 1000000] [--features 50] [--models 2] [--turns 1,2,2,1] [--overlap 1h] [--json]
 *
 * `tidewatch worker` of the build, once and twice, on one task queue of a real Temporal, and Postgres, all on one machine. Each hour the
 * models, which watch the same typed table, are run side by side: `driftDetection` (which attaches, profiles, compares and pushes), then
 * `performanceEvaluation`. One worker and two take turns, one before and after two, with new processes each time: the tables grow meanwhile.
 * An hour of 20,000 rows, which is not counted, comes before each, and before all a whole hour of one worker, which is not counted either: of
 * empty tables it is cheaper than any later one. Numbers are means of the turns of as many workers.
 *
 * The CPU bound is the time that the processor seconds of the workers, Postgres and Temporal take on all cores: no number of workers is
 * faster. Memory is the largest resident size of a worker (VmHWM).
 */

import { cpus, loadavg } from 'node:os';

import type { Client } from '@temporalio/client';
import Table from 'cli-table3';

import { formatInstant, hourMs } from '../../core/window.ts';
import type { Child } from '../../demo/stack/child-process.ts';
import { readOptions } from '../options.ts';
import { peakMegabytes } from '../process-usage.ts';
import { machineText } from '../profiles/timing.ts';
import { taskQueue, withWorld, type World } from '../world.ts';
import { firstHour, makeTables, score, scoreReference, watch, type Scores } from './scores.ts';

const { rows, features, overlap, json, ...given } = readOptions({
  rows: 1_000_000,
  features: 50,
  models: 2,
  turns: '1,2,2,1',
  overlap: '1h',
  json: false,
});
const models = Array.from({ length: given.models }, (_, i) => `model-${i}`);
/** How many workers there are in each hour that counts. */
const turns = given.turns.split(',').map(Number);

interface Hour {
  readonly workers: number;
  readonly seconds: number;
  /** Of the workers, Postgres and Temporal. */
  readonly processor: Readonly<Record<'workers' | 'Postgres' | 'Temporal', number>>;
  readonly peakMegabytes: number;
}

async function runModels(client: Client, hour: number): Promise<void> {
  const asOf = formatInstant(hour + hourMs);
  await Promise.all(
    models.map(async (model) => {
      for (const process of ['driftDetection', 'performanceEvaluation'])
        await client.workflow.execute(process, {
          workflowId: `${process}-${model}-${asOf}`,
          taskQueue,
          args: [{ model, asOf }],
        });
    }),
  );
}

async function measured({ client, cpu }: World, workers: readonly Child[], hour: number): Promise<Hour> {
  const [before, started] = [cpu(), performance.now()];
  await runModels(client, hour);
  const [after, seconds] = [cpu(), (performance.now() - started) / 1_000];
  return {
    workers: workers.length,
    seconds,
    processor: {
      workers: after.workers - before.workers,
      Postgres: after.Postgres - before.Postgres,
      Temporal: after.Temporal - before.Temporal,
    },
    peakMegabytes: Math.max(...workers.map(({ pid }) => peakMegabytes(pid))),
  };
}

const processorOf = ({ processor }: Hour): number =>
  Object.values(processor).reduce((sum, seconds) => sum + seconds, 0);

/** Of hours with as many workers; of memory the largest. */
function meanOf(hours: readonly Hour[]): Hour {
  const mean = (of: (hour: Hour) => number): number =>
    hours.reduce((sum, hour) => sum + of(hour), 0) / hours.length;
  return {
    workers: hours[0]!.workers,
    seconds: mean(({ seconds }) => seconds),
    processor: {
      workers: mean(({ processor }) => processor.workers),
      Postgres: mean(({ processor }) => processor.Postgres),
      Temporal: mean(({ processor }) => processor.Temporal),
    },
    peakMegabytes: Math.max(...hours.map((hour) => hour.peakMegabytes)),
  };
}

await withWorld(async (world) => {
  const { client, database, startWorker } = world;
  const scores: Scores = { database, features, overlap };
  await makeTables(scores);
  for (const model of models) await watch(scores, model, 'typed');
  await scoreReference(scores, Math.max(500, Math.round(Math.min(rows, 120_000) / 24)), ['typed']);
  const found: Hour[] = [];
  let hour = firstHour;
  for (const [turn, count] of [1, ...turns].entries()) {
    const workers = await Promise.all(Array.from({ length: count }, () => startWorker()));
    await score(scores, hour, Math.min(rows, 20_000), ['typed']);
    await runModels(client, hour);
    hour += hourMs;
    await score(scores, hour, rows, ['typed']);
    const one = await measured(world, workers, hour);
    if (turn > 0) found.push(one);
    console.error(JSON.stringify({ ...one, load: loadavg()[0], ...(turn === 0 && { counted: false }) }));
    hour += hourMs;
    for (const worker of workers) await worker.stop();
  }
  if (json) {
    console.log(JSON.stringify({ rows, features, models: models.length, overlap, turns: found }));
  } else {
    const cores = cpus().length;
    const table = new Table({
      head: [
        'workers',
        'seconds',
        'CPU bound, s',
        'CPU s: workers',
        'Postgres',
        'Temporal',
        'CPU µs a row',
        'peak, MB',
      ],
    });
    const means = [...new Set(turns)].map((count) =>
      meanOf(found.filter(({ workers }) => workers === count)),
    );
    for (const one of means)
      table.push([
        one.workers,
        one.seconds.toFixed(1),
        (processorOf(one) / cores).toFixed(1),
        one.processor.workers.toFixed(1),
        one.processor.Postgres.toFixed(1),
        one.processor.Temporal.toFixed(1),
        ((processorOf(one) * 1e6) / (rows * models.length)).toFixed(1),
        Math.round(one.peakMegabytes),
      ]);
    console.log(machineText(cpus()[0]?.model ?? 'unknown', cores));
    console.log(
      `${models.length} models of ${rows.toLocaleString('en-US')} predictions an hour, ${features} features, overlap ${overlap}; turns of ${turns.join(', ')} workers`,
    );
    console.log(table.toString());
    const [single, double] = [1, 2].map((count) => means.find(({ workers }) => workers === count));
    if (single && double)
      console.log(
        `CPU seconds a row with two workers: ${(processorOf(double) / processorOf(single)).toFixed(2)} of those with one; ` +
          `${(single.seconds / double.seconds).toFixed(2)} times as fast, ${(single.seconds / (processorOf(single) / cores)).toFixed(2)} at most`,
      );
  }
});
