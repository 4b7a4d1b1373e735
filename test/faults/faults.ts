/**
 * Injects faults into a running workload with a known right answer, and says what was lost and what was done twice.
 *
 *     npm run faults -- [--seed 1] [--rounds 1000] [--minutes 30] [--faults 1000] [--kind "Slack 429"] [--dense 2] [--days 4] [--json]
 *
 * It ends after so many rounds, minutes or faults, whichever comes first. It ends with 1, and says why, where anything differs from the
 * undisturbed run, where the time is over before so many faults and rounds, and where a kind was not met: one that was named, or any where it
 * is not --rounds that ends it. A kind that this machine cannot have is named, and does not count. What differs is kept in the directory of
 * the run. docs/faults.md says what each kind is and what is promised under it.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DefaultLogger, Runtime } from '@temporalio/worker';

import { readOptions } from '../../bench/options.ts';
import { reasonOf } from '../../core/errors.ts';
import { openArena } from './arena.ts';
import { kinds } from './kinds.ts';
import type { Injected } from './injector.ts';
import { calmRound, faultyRound, type Round } from './run.ts';
import { coverageTable, kindTable } from './tables.ts';
import { absentText, verdictOn, type Run } from './verdict.ts';

const {
  kind: named,
  days,
  ...options
} = readOptions({
  seed: 1,
  rounds: 1_000,
  minutes: 30,
  faults: 1_000,
  kind: [String],
  /** Of the workload of a round. */
  days: 4,
  /** Times as many faults a round. */
  dense: 1,
  json: false,
});
const say = (text: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** Nothing of what was asked for can be done. */
function refuse(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}
const unknown = named.find((one) => kinds.every(({ name }) => name !== one));
if (unknown !== undefined)
  refuse(`There is no kind "${unknown}". There are ${kinds.map(({ name }) => name).join(', ')}.`);
const chosen = named.length === 0 ? kinds : kinds.filter(({ name }) => named.includes(name));

// Its own would keep this process from being ended.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const keptIn = '.tidewatch/faults';
await mkdir(keptIn, { recursive: true });
const directory = await mkdtemp(join(keptIn, 'arena-'));
const everyMs = 1_000 / options.dense;
const started = performance.now();
const isOver = (): boolean => performance.now() - started > options.minutes * 60_000;

const arena = await openArena(directory);
const absent = chosen.filter(({ needs }) => needs !== undefined && arena[needs] === undefined);
const there = chosen.filter((kind) => !absent.includes(kind));
if (there.length === 0) {
  await arena.stop();
  await rm(directory, { recursive: true, force: true });
  refuse(absentText(absent));
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Workers and servers end with this process; what is mounted does not.
  process.once(signal, () => {
    void arena.stop().finally(() => process.exit(130));
  });
}
const rounds: Round[] = [];
const all = (): readonly Injected[] => rounds.flatMap(({ faults }) => faults);
let end: Run['end'] = 'rounds';
try {
  say('an undisturbed round');
  const right = await calmRound(arena, days);
  say(`undisturbed: ${right.told.length} messages, ${right.gauges.length} gauges`);
  const first = options.seed;
  for (let seed = first; seed < first + options.rounds; seed += 1) {
    const asked = { seed, right, days, kinds: there, everyMs, how: 'by weight', say } as const;
    const round = await faultyRound(arena, asked).catch((error: unknown) => {
      say(`seed ${seed}: ${reasonOf(error)}; its logs are in ${directory}`);
    });
    if (round === undefined) {
      end = { brokenSeed: seed };
      break;
    }
    rounds.push(round);
    const { differences, faults, seconds } = round;
    say(
      `seed ${seed}: ${faults.length} faults in ${seconds.toFixed(0)} s, ${all().length} in all, ${differences.length} differences`,
    );
    if (differences.length > 0) {
      const file = join(keptIn, `seed-${seed}.json`);
      await writeFile(file, JSON.stringify({ differences, faults, outcome: round.outcome }, undefined, 1));
      const kindsText = named.length === 0 ? '' : named.map((name) => ` --kind "${name}"`).join('');
      say(
        `what differs is in ${file}; again: npm run faults -- --seed ${seed} --rounds 1 --dense ${options.dense} --days ${days}${kindsText}`,
      );
    }
    if (all().length >= options.faults) end = 'faults';
    else if (isOver() && seed + 1 < first + options.rounds) end = 'minutes';
    if (end !== 'rounds') break;
  }
} finally {
  await arena.stop();
  if (typeof end === 'string') await rm(directory, { recursive: true, force: true });
}

if (options.json) process.stdout.write(`${JSON.stringify(summary(), undefined, 2)}\n`);
else process.stdout.write(`${kindTable(rounds)}\n${coverageTable(all())}\n`);
const { faults, minutes } = options;
const asked = { kinds: there, absent, isNamed: named.length > 0, faults, minutes };
const verdict = verdictOn({ asked, rounds, end });
for (const text of [...verdict.noted, ...verdict.wrong]) process.stderr.write(`${text}\n`);
process.exit(verdict.exitCode);

function summary(): unknown {
  return rounds.map(({ seed, seconds, faults, differences, outcome: { repeated } }) => ({
    seed,
    seconds,
    repeated,
    differences,
    faults: faults.map(({ kind, activity, recoveredMs }) => ({ kind: kind.name, activity, recoveredMs })),
  }));
}
