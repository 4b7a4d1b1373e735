/**
 * How long does a worker take from nothing until it asks for work, and how much memory does it then have?
 *
 *     npm run build && npx tsx bench/cycle/cold-start.ts [--repetitions 9] [--json]
 *
 * `tidewatch worker` of the build, with its prebuilt workflow bundle, against a real Temporal and Postgres on the same machine. `started`
 * is when its log says so; `asks for work` when Temporal knows it as a poller of workflows and of activities. Whoever asks Temporal that
 * looks every 20 ms. Before the first start the files of the build are read once.
 */

import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import Table from 'cli-table3';

import { cpuSeconds, peakMegabytes } from '../process-usage.ts';
import { machineText } from '../profiles/timing.ts';
import { saysStarted, withWorld, type World } from '../world.ts';
import { readOptions } from '../options.ts';

const { repetitions, json } = readOptions({ repetitions: 9, json: false });
const limitMs = 300_000;

interface Start {
  readonly startedMs: number;
  readonly asksMs: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Both kinds of tasks: 1 workflows, 2 activities. */
async function isPolled({ workflowService }: Client, taskQueue: string): Promise<boolean> {
  for (const taskQueueType of [1, 2]) {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueue },
      taskQueueType,
    });
    if ((pollers ?? []).length === 0) return false;
  }
  return true;
}

async function startOnce({ client, beginWorker }: World, taskQueue: string): Promise<Start> {
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const worker = beginWorker({ TEMPORAL_TASK_QUEUE: taskQueue });
  try {
    let startedMs: number | undefined;
    while (since() < limitMs && worker.ending() === undefined) {
      if (startedMs === undefined && (await saysStarted(worker))) startedMs = since();
      if (startedMs !== undefined && (await isPolled(client, taskQueue)))
        return {
          startedMs,
          asksMs: since(),
          cpuSeconds: cpuSeconds(worker.pid),
          megabytes: peakMegabytes(worker.pid),
        };
      await sleep(20);
    }
    throw new Error(`the worker did not start: ${await readFile(worker.logFile, 'utf8')}`);
  } finally {
    await worker.stop();
  }
}

await withWorld(async (world) => {
  await startOnce(world, 'warm');
  const starts: Start[] = [];
  for (let i = 0; i < repetitions; i += 1) starts.push(await startOnce(world, `cold-${i}`));
  if (json) {
    console.log(JSON.stringify({ starts }));
  } else {
    const row = (what: string, of: (start: Start) => number, digits: number): string[] => {
      const sorted = starts.map(of).toSorted((a, b) => a - b);
      const at = [sorted[Math.floor(sorted.length / 2)]!, sorted[0]!, sorted.at(-1)!];
      return [what, ...at.map((value) => value.toFixed(digits))];
    };
    const table = new Table({ head: [`${repetitions} starts`, 'median', 'least', 'most'] });
    table.push(
      row('started, s', ({ startedMs }) => startedMs / 1_000, 2),
      row('asks for work, s', ({ asksMs }) => asksMs / 1_000, 2),
      row('processor time, s', ({ cpuSeconds: seconds }) => seconds, 2),
      row('resident at most, MB', ({ megabytes }) => megabytes, 0),
    );
    console.log(machineText(cpus()[0]?.model ?? 'unknown', cpus().length));
    console.log(table.toString());
  }
});
