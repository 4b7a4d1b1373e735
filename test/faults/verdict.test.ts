/** How `npm run faults` ends, told by rounds that were made up. */

import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import type { Difference } from './compare.ts';
import { kinds } from './kinds.ts';
import type { Kind } from './kinds/kind.ts';
import { verdictOn, type Asked, type FaultsVerdict, type Run } from './verdict.ts';

const named = (name: string): Kind => kinds.find((kind) => kind.name === name)!;
const [slack, deploy, race, disk] = [
  'Slack 429',
  'a deploy in the middle',
  'ten workers race',
  'disk full',
].map(named) as [Kind, Kind, Kind, Kind];
const [restart] = kinds.filter(({ name }) => name === 'Postgres restarted') as [Kind];

const metOf = (met: readonly Kind[]) => met.map((kind) => ({ kind, tookMs: 1, recoveredMs: 1 }));
interface Made {
  readonly met?: readonly Kind[];
  readonly missed?: readonly Kind[];
  readonly differences?: readonly Difference[];
}
const roundsOf = (...rounds: readonly Made[]): Run['rounds'] =>
  rounds.map(({ met = [slack, restart], missed = [], differences = [] }, i) => ({
    seed: i + 1,
    faults: metOf(met),
    unmet: missed.map((kind) => ({ kind, reason: 'its moment did not come' })),
    differences,
  }));
const end = (rounds: Run['rounds'], how: Run['end'] = 'faults', asked: Partial<Asked> = {}): FaultsVerdict =>
  verdictOn({
    asked: { kinds: [slack, restart], absent: [], isNamed: false, faults: 4, minutes: 30, ...asked },
    rounds,
    end: how,
  });
const well = { exitCode: 0, wrong: [], noted: [] };
const wrong = (...texts: readonly string[]) => ({ exitCode: 1, wrong: texts, noted: [] });

describe('a run of faults ends with 0', () => {
  it('when all of its faults and kinds were met and nothing differs', () => {
    expect(end(roundsOf({}, {}))).toEqual(well);
  });

  it('and names what this machine cannot have', () => {
    expect(end(roundsOf({}, {}), 'faults', { absent: [disk] })).toEqual({
      ...well,
      noted: [
        'cannot be had on this machine: disk full (it needs a file system of its own, which only root may mount)',
      ],
    });
  });

  it('after as many rounds as were asked for, whatever kinds they did not get to', () => {
    expect(end(roundsOf({ met: [slack], missed: [restart] }), 'rounds', { faults: 1_000 })).toEqual({
      ...well,
      noted: ['not met, and need not have been: Postgres restarted (its moment did not come)'],
    });
  });

  it('where a kind that is not in every deck had no turn', () => {
    expect(end(roundsOf({}, {}), 'faults', { kinds: [slack, restart, deploy, race] })).toEqual({
      ...well,
      noted: [
        'not met, and need not have been: a deploy in the middle (its turn did not come); ten workers race (its turn did not come)',
      ],
    });
  });
});

describe('a run of faults ends with 1', () => {
  it('when anything was lost or done twice, and says in which rounds', () => {
    const differences = [
      { what: 'table alerts', lost: ['a'], duplicated: ['b', 'c'] },
      { what: 'gauges', lost: ['d'], duplicated: [] },
    ];
    expect(end(roundsOf({}, { differences }))).toEqual(wrong('2 lost, 2 duplicated, by seed 2'));
  });

  it('when a round did not end', () => {
    expect(end(roundsOf({}), { brokenSeed: 2 })).toEqual(wrong('the round of seed 2 did not end'));
  });

  it('when the time was over before so many faults were met', () => {
    expect(end(roundsOf({}), 'minutes')).toEqual(
      wrong('2 of 4 faults were met in 30 minutes; give it more by --minutes, or ask for fewer by --faults'),
    );
  });

  it('when no fault was met at all', () => {
    expect(end([], 'rounds', { kinds: [] })).toEqual(wrong('not one fault was met'));
  });

  it('when a kind has never met its moment, or had no turn though every deck has it', () => {
    expect(end(roundsOf({ met: [slack, slack], missed: [restart] }, { met: [slack, slack] }))).toEqual(
      wrong('not met: Postgres restarted (its moment did not come)'),
    );
    expect(end(roundsOf({ met: [slack, slack] }, { met: [slack, slack] }))).toEqual(
      wrong('not met: Postgres restarted (its turn did not come)'),
    );
  });

  it('when one that is seldom has tried in vain, or one that takes long had no turn in three rounds', () => {
    expect(end(roundsOf({ missed: [deploy] }, {}), 'faults', { kinds: [slack, restart, deploy] })).toEqual(
      wrong('not met: a deploy in the middle (its moment did not come)'),
    );
    expect(end(roundsOf({}, {}, {}), 'faults', { kinds: [slack, restart, race] })).toEqual(
      wrong('not met: ten workers race (its turn did not come)'),
    );
  });

  it('when a kind that was named was not met, in however many rounds', () => {
    expect(end(roundsOf({ met: [slack] }), 'rounds', { isNamed: true, kinds: [slack, deploy] })).toEqual(
      wrong('not met: a deploy in the middle (its turn did not come)'),
    );
  });
});

it('starts nothing for a kind that there is not', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/faults/faults.ts', '--kind', 'Slack 429', '--kind', 'Slack 4299'],
    { encoding: 'utf8', timeout: 60_000 },
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^There is no kind "Slack 4299"\. There are killed before an activity, .*\.\n$/);
});
