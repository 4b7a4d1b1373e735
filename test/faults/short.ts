/**
 * The short form of `npm run faults`: one round, in which each kind that is quick is tried once, beside an undisturbed one.
 *
 *     npx tsx test/faults/short.ts [FILE]
 *
 * Says what it does and where the time went; the file gets what was found, as JSON. faults.test.ts judges it.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openArena } from './arena.ts';
import type { Difference } from './compare.ts';
import { kinds } from './kinds.ts';
import { calmRound, faultyRound } from './run.ts';
import { kindTable, timeTable, unmetText } from './tables.ts';

export interface ShortForm {
  /** What the undisturbed round has told, and left of its retraining. */
  readonly told: readonly string[];
  readonly retrainings: readonly string[];
  readonly differences: readonly Difference[];
  /** The names of the kinds that have met their moment. */
  readonly met: readonly string[];
}

/** In them a model degrades and is retrained, another one drifts, and both are well again. */
const days = 2;
const say = (text: string): void =>
  void process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`);

const directory = await mkdtemp(join(tmpdir(), 'tidewatch-faults-'));
// Side by side, each with servers of its own.
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
    say(`${signal}: ending`);
    void stop().finally(() => process.exit(130));
  });
}
say('two arenas are open');
try {
  const calmly = calmRound(calm, days);
  calmly.then(
    () => say('the undisturbed round is over'),
    // Also where the other round fails first.
    () => undefined,
  );
  const round = await faultyRound(arena, {
    seed: 1,
    right: calmly,
    days,
    kinds: kinds.filter(({ isLong }) => isLong === undefined),
    everyMs: 300,
    how: 'each kind once',
    say,
  });
  const right = await calmly;
  const { faults, unmet, differences } = round;
  say(`${kindTable([round])}\n${unmetText(faults, unmet)}${timeTable([round])}`);
  for (const difference of differences) say(JSON.stringify(difference));
  const [, , file] = process.argv;
  const found: ShortForm = {
    told: right.told,
    retrainings: right.tables['retraining_runs'] ?? [],
    differences,
    met: [...new Set(faults.map(({ kind }) => kind.name))],
  };
  if (file !== undefined) await writeFile(file, JSON.stringify(found));
  say(`${found.met.length} kinds in ${round.seconds.toFixed(0)} s, ${differences.length} differences`);
} finally {
  await stop();
}
process.exit(0);
