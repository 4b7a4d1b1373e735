/** The short form of `npm run faults`: one round, in which each kind that is quick is tried once, ends as the undisturbed one. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it, onTestFinished } from 'vitest';

import { childError, startChild } from '../../demo/stack/child-process.ts';
import { leftOut } from './compare.ts';
import { deckOf, picker } from './injector.ts';
import { kinds } from './kinds.ts';
import type { ShortForm } from './short.ts';

it('ends as if nothing had happened, whatever happens in between', { timeout: 1_800_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-short-form-'));
  const file = join(directory, 'found.json');
  // Another process, so that its end is seen here, whatever it is, with the last that it said.
  const short = startChild({
    name: 'The short form',
    command: process.execPath,
    args: ['--import', 'tsx', fileURLToPath(new URL('short.ts', import.meta.url)), file],
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined },
    logFile: join(directory, 'log'),
    // It has servers to stop.
    graceSeconds: 30,
  });
  onTestFinished(async ({ task }) => {
    await short.stop();
    // What has failed can be read.
    if (task.result?.state === 'pass') await rm(directory, { recursive: true, force: true });
  });
  const ending = await short.ended;
  if (ending !== 'exit code 0') throw childError(short, `ended with ${ending}`);
  const { told, retrainings, differences, met } = JSON.parse(await readFile(file, 'utf8')) as ShortForm;
  expect(told.filter((line) => line.startsWith('slack: CRITICAL')).length).toBeGreaterThan(1);
  expect(told.filter((line) => line.startsWith('email: [resolved]')).length).toBeGreaterThan(0);
  expect(retrainings).toEqual([expect.stringContaining('"kept"')]);
  expect(differences).toEqual([]);
  // The others have not met what they were for.
  expect(met.length).toBeGreaterThan(40);
});

it('deals those that take long again and again in the long form, within the part of a deck that a round gets through', () => {
  const long = kinds.filter(({ isLong }) => isLong === true);
  expect(long.length).toBe(2);
  const early = Array.from({ length: 9 }, (_, i) =>
    deckOf({ kinds, how: 'by weight' }, i + 1, picker(i + 1)).slice(-20),
  ).flat();
  for (const kind of long) expect(early.filter((one) => one === kind)).toHaveLength(3);
});

it('knows each kind by one name', () => {
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
});

it('tells of each kind, and of each column that is left out, in docs/faults.md', async () => {
  const page = await readFile(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  for (const { group, name, does } of kinds) expect(page).toContain(`| ${group} | ${name} | ${does}`);
  for (const [column, why] of Object.entries(leftOut)) expect(page).toContain(`| \`${column}\` | ${why} |`);
});
