/** The short form of `npm run faults`: one round, in which each kind that is quick is tried once, ends as the undisturbed one. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openArena } from './arena.ts';
import { leftOut } from './compare.ts';
import { kinds } from './kinds.ts';
import { calmRound, faultyRound } from './run.ts';

/** In them a model degrades and is retrained, another one drifts, and both are well again. */
const days = 2;

it('ends as if nothing had happened, whatever happens in between', { timeout: 1_800_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-faults-'));
  // Side by side, each with servers of its own.
  const [calm, arena] = await Promise.all([
    openArena(join(directory, 'calm')),
    openArena(join(directory, 'faulty')),
  ]);
  try {
    const calmly = calmRound(calm, days);
    // Also where the other round fails first.
    calmly.catch(() => undefined);
    const round = await faultyRound(arena, {
      seed: 1,
      right: calmly,
      days,
      kinds: kinds.filter(({ isLong }) => isLong === undefined),
      everyMs: 300,
      how: 'each kind once',
      say: () => undefined,
    });
    const right = await calmly;
    expect(right.told.filter((line) => line.startsWith('slack: CRITICAL')).length).toBeGreaterThan(1);
    expect(right.told.filter((line) => line.startsWith('email: [resolved]')).length).toBeGreaterThan(0);
    expect(right.tables['retraining_runs']).toEqual([expect.stringContaining('"kept"')]);
    expect(round.differences).toEqual([]);
    // The others have not met what they were for.
    expect(new Set(round.faults.map(({ kind }) => kind.name)).size).toBeGreaterThan(40);
  } finally {
    await Promise.all([calm.stop(), arena.stop()]);
    await rm(directory, { recursive: true, force: true });
  }
});

it('knows each kind by one name', () => {
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
});

it('tells of each kind, and of each column that is left out, in docs/faults.md', async () => {
  const page = await readFile(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  for (const { group, name, does } of kinds) expect(page).toContain(`| ${group} | ${name} | ${does}`);
  for (const [column, why] of Object.entries(leftOut)) expect(page).toContain(`| \`${column}\` | ${why} |`);
});
