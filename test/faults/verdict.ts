/** Whether a run of `npm run faults` has met what it was asked for, and whether anything was lost or done twice. */

import type { Injected, Unmet } from './injector.ts';
import type { Kind } from './kinds/kind.ts';
import type { Round } from './run.ts';

/** What a run was asked for. */
export interface Asked {
  /** Those that this machine can have, and those that it cannot. */
  readonly kinds: readonly Kind[];
  readonly absent: readonly Kind[];
  /** Whether each kind was named, or all are meant. */
  readonly isNamed: boolean;
  readonly faults: number;
  readonly minutes: number;
}

export interface Run {
  readonly asked: Asked;
  readonly rounds: readonly Pick<Round, 'seed' | 'faults' | 'unmet' | 'differences'>[];
  /** What came first: all rounds were through, so many faults were met, the time was over, or the round of a seed did not end. */
  readonly end: 'rounds' | 'faults' | 'minutes' | { readonly brokenSeed: number };
}

export interface FaultsVerdict {
  readonly exitCode: 0 | 1;
  /** Why it is not 0. */
  readonly wrong: readonly string[];
  /** What else was not met, and need not have been. */
  readonly noted: readonly string[];
}

/**
 * Of rounds that were counted beforehand, only the kinds that were named must have been met: a round gets through a part of all kinds. A run
 * that goes on until its faults are met or its time is over must have met so many, and each kind; but for those that are not in every
 * deck and had no turn.
 */
export function verdictOn({ asked, rounds, end }: Run): FaultsVerdict {
  const faults = rounds.flatMap((round) => round.faults);
  const missed = missedIn(
    faults,
    rounds.flatMap(({ unmet }) => unmet),
    asked.kinds,
  );
  const isWhole = end === 'faults' || end === 'minutes';
  const owed = missed.filter(
    ({ kind, hadTurn }) => asked.isNamed || (isWhole && (hadTurn || hasTurnIn(rounds.length, kind))),
  );
  const others = missed.filter((one) => !owed.includes(one));
  const wrong = [
    ...lossesOf(rounds),
    ...(typeof end === 'object' ? [`the round of seed ${end.brokenSeed} did not end`] : []),
    ...(faults.length === 0 ? ['not one fault was met'] : []),
    ...(end === 'minutes' && faults.length < asked.faults
      ? [
          `${faults.length} of ${asked.faults} faults were met in ${asked.minutes} minutes; give it more by --minutes, or ask for fewer by --faults`,
        ]
      : []),
    ...(owed.length === 0 ? [] : [`not met: ${namesOf(owed)}`]),
  ];
  const noted = [
    ...(others.length === 0 ? [] : [`not met, and need not have been: ${namesOf(others)}`]),
    ...(asked.absent.length === 0 ? [] : [absentText(asked.absent)]),
  ];
  return { exitCode: wrong.length === 0 ? 0 : 1, wrong, noted };
}

const needed = { disk: 'a file system of its own, which only root may mount' } as const;

/** What to say of kinds that this machine cannot have. */
export function absentText(kinds: readonly Kind[]): string {
  const names = kinds.map(({ name, needs }) => `${name} (it needs ${needed[needs!]})`);
  return `cannot be had on this machine: ${names.join(', ')}`;
}

function lossesOf(rounds: Run['rounds']): string[] {
  const bad = rounds.filter(({ differences }) => differences.length > 0);
  if (bad.length === 0) return [];
  const differences = bad.flatMap((round) => round.differences);
  const count = (what: 'lost' | 'duplicated'): number =>
    differences.reduce((sum, difference) => sum + difference[what].length, 0);
  const seeds = bad.map(({ seed }) => seed).join(', ');
  return [`${count('lost')} lost, ${count('duplicated')} duplicated, by seed ${seeds}`];
}

interface MissedKind {
  readonly kind: Kind;
  readonly hadTurn: boolean;
  readonly reason: string;
}

function missedIn(
  faults: readonly Injected[],
  unmet: readonly Unmet[],
  kinds: readonly Kind[],
): MissedKind[] {
  const met = new Set(faults.map(({ kind }) => kind.name));
  const reasons = new Map(unmet.map(({ kind, reason }) => [kind.name, reason]));
  return kinds
    .filter(({ name }) => !met.has(name))
    .map((kind) => ({
      kind,
      hadTurn: reasons.has(kind.name),
      reason: reasons.get(kind.name) ?? 'its turn did not come',
    }));
}

/** Whether a kind is dealt for certain: it is in each deck, or one of two that take long, which come in every third round. */
const hasTurnIn = (rounds: number, { weight, isLong }: Kind): boolean =>
  isLong === true ? rounds >= 3 : weight >= 1;

const namesOf = (missed: readonly MissedKind[]): string =>
  missed.map(({ kind, reason }) => `${kind.name} (${reason})`).join('; ');
