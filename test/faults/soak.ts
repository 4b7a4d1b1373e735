/**
 * Six weeks of the workload of the fault suite in an hour, a thousand times as fast as they are, with a fault every few seconds.
 *
 *     npm run soak -- [--days 42] [--minutes 60] [--every 2500] [--seed 1] [--json]
 *
 * It ends when the time is over, also where the days took longer than that, and both rounds end with the same day. One worker goes on from the beginning to the end; its memory, its connections and what waits is measured. Ends with 1 where anything
 * grows, or differs from the undisturbed run. What was measured, and the picture, are in `.tidewatch/faults/`.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { DefaultLogger, Runtime } from '@temporalio/worker';
import Table from 'cli-table3';

import { readOptions } from '../../bench/options.ts';
import { reasonOf } from '../../core/errors.ts';
import { openArena } from './arena.ts';
import { kinds } from './kinds.ts';
import { calmRound, faultyRound } from './run.ts';
import { soakPicture } from './soak/picture.ts';
import { startSampling, type Sampler } from './soak/sampler.ts';
import { trendsOf, type Trend } from './soak/verdict.ts';
import { coverageTable, kindTable, unmetText } from './tables.ts';

const { days, minutes, every, seed, json } = readOptions({
  days: 42,
  minutes: 60,
  /** Milliseconds between two faults, in the middle. */
  every: 2_500,
  seed: 1,
  json: false,
});
const say = (text: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

// Its own would keep this process from being ended.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const keptIn = '.tidewatch/faults';
await mkdir(keptIn, { recursive: true });
const directory = await mkdtemp(join(keptIn, 'soak-'));
const dayMs = (minutes * 60_000) / days;
/** So that even a short day has some. */
const sampleMs = 2_000;

const [calm, arena] = await Promise.all([
  openArena(join(directory, 'calm')),
  openArena(join(directory, 'faulty')),
]);
const stop = async (): Promise<void> => {
  await Promise.all([calm.stop(), arena.stop()]);
  await rm(directory, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stop().finally(() => process.exit(130));
  });
}

let sampler: Sampler | undefined;
const progress = { day: 1, isOver: false };
let isWell = true;
try {
  /** The undisturbed round goes as far as the other one. */
  const isAtOrPast = async (day: number): Promise<boolean> => {
    while (progress.day < day && !progress.isOver) await pause(500);
    return progress.day >= day;
  };
  const calmly = calmRound(calm, days, (step) => isAtOrPast(step.day)).then((right) => {
    say(`undisturbed: ${right.told.length} messages, ${right.gauges.length} gauges`);
    return right;
  });
  // It is awaited at the end only.
  calmly.catch((error: unknown) => {
    say(`undisturbed: ${reasonOf(error)}`);
    progress.isOver = true;
  });
  const round = await faultyRound(arena, {
    seed,
    right: calmly,
    days,
    kinds,
    everyMs: every,
    how: 'by weight',
    say,
    world: { workers: 3, spared: 1, concurrency: 1 },
    watch: (world, injected) => {
      const started = performance.now();
      sampler = startSampling(world, sampleMs, () => ({ day: progress.day, faults: injected.length }));
      return {
        before: async (step) => {
          if (step.day === progress.day) return true;
          const early = started + (step.day - 1) * dayMs - performance.now();
          say(
            `day ${step.day} begins ${(early / 1_000).toFixed(0)} s early, after ${injected.length} faults`,
          );
          if (progress.isOver || performance.now() > started + days * dayMs) return false;
          // All of the day before is computed now, unless it had no run.
          await sampler?.sample();
          progress.day = step.day;
          if (early > 0) await pause(early);
          return true;
        },
        stop: async () => {
          progress.isOver = true;
          await sampler?.stop();
        },
      };
    },
  });
  const samples = sampler?.samples ?? [];
  const trends = trendsOf(samples);
  isWell = round.differences.length === 0 && trends.every(({ verdict }) => verdict === 'flat');
  const minutes = (samples.at(-1)?.seconds ?? 0) / 60;
  const speed = (progress.day * 24 * 60) / minutes;
  const title = `${progress.day} days in ${minutes.toFixed(0)} minutes (${speed.toFixed(0)} times as fast), ${round.faults.length} faults`;
  const { faults, unmet, differences, outcome } = round;
  const found = {
    title,
    days: progress.day,
    minutes,
    speed,
    faults: faults.length,
    kinds: new Set(faults.map(({ kind }) => kind.name)).size,
    differences,
    repeated: outcome.repeated,
    trends,
  };
  await writeFile(join(keptIn, 'soak.json'), JSON.stringify({ ...found, samples }, undefined, 1));
  await writeFile(join(keptIn, 'soak.svg'), soakPicture(samples, title));
  await writeFile(
    join(keptIn, 'soak-faults.json'),
    JSON.stringify({
      faults: faults.map(({ kind, activity, recoveredMs }) => ({ kind: kind.name, activity, recoveredMs })),
      unmet: unmet.map(({ kind, reason }) => ({ kind: kind.name, reason })),
      differences,
      outcome,
    }),
  );
  if (json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  else
    process.stdout.write(
      `${kindTable([round])}\n${unmetText(faults, unmet)}${coverageTable(faults)}\n${trendTable(trends)}\n${title}\n`,
    );
} finally {
  await stop();
}
process.exit(isWell ? 0 : 1);

function trendTable(trends: readonly Trend[]): string {
  const table = new Table({
    head: ['measured', 'median', 'highest', 'growth', 'allowed', ''],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, unit, median, highest, growth, allowed, verdict } of trends)
    table.push([
      unit === '' ? name : `${name}, ${unit}`,
      ...[median, highest, growth, allowed].map((value) => value.toFixed(1)),
      verdict,
    ]);
  return table.toString();
}
