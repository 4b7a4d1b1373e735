/** What rules would have said day by day, and how that compares with other rules. */

import type { Level } from '../verdict.ts';
import { dayMs } from '../window.ts';
import type { DegradationEvidence } from './evidence.ts';
import { judgeDegradation } from './judge.ts';
import type { DegradationRule } from './rules.ts';

/** A time in which rules fired; a day that cannot be judged, or that is not surely fine, does not end it, as it ends no alert. */
export interface Episode {
  /** The first and the last day on which they fired. */
  readonly from: number;
  readonly to: number;
  /** The worst of it. */
  readonly level: 'warning' | 'critical';
}

/** One rule over all days. */
export interface RuleReplay {
  readonly rule: DegradationRule;
  /** The days on which it fired. */
  readonly fired: readonly number[];
  readonly fine: number;
  readonly unjudgeable: number;
  /** Why it could not be judged when it last was not. */
  readonly unjudgeableReason?: string;
}

export interface Replay {
  readonly days: readonly { readonly day: number; readonly level: Level; readonly reason: string }[];
  readonly rules: readonly RuleReplay[];
  /** Of all rules together, as their alert would have been open. */
  readonly episodes: readonly Episode[];
}

/**
 * What would these rules have said on these days? The days in their order, one after the other.
 *
 * @example replayRules([], [{ day: 0, oldest: 0, version: null, evaluations: indexEvaluations([]) }]).days
 * // [{ day: 0, level: 'insufficient-data', reason: 'there are no degradation rules: write performance.limits or degradation.rules in the monitor, and apply it' }]
 */
export function replayRules(
  rules: readonly DegradationRule[],
  evidence: readonly DegradationEvidence[],
): Replay {
  const judged = evidence.map((of) => ({ day: of.day, ...judgeDegradation(rules, of) }));
  return {
    days: judged.map(({ day, level, reason }) => ({ day, level, reason })),
    rules: rules.map((rule, i) => {
      const findings = judged.map(({ day, findings }) => ({ day, ...findings[i]! }));
      const open = findings.filter(({ level }) => level === 'insufficient-data');
      const why = open.at(-1)?.reason;
      return {
        rule,
        fired: findings.filter(({ level }) => isTrouble(level)).map(({ day }) => day),
        fine: findings.filter(({ level }) => level === 'ok').length,
        unjudgeable: open.length,
        ...(why !== undefined && { unjudgeableReason: why }),
      };
    }),
    episodes: episodesOf(
      judged.map(({ day, level, findings }) => ({
        day,
        level: level === 'ok' && findings.some(({ unsure }) => unsure) ? 'insufficient-data' : level,
      })),
    ),
  };
}

function isTrouble(level: Level): level is 'warning' | 'critical' {
  return level === 'warning' || level === 'critical';
}

/**
 * When did they fire? From the first day of trouble to the last before a day that is fine.
 *
 * @example
 * episodesOf(['ok', 'warning', 'insufficient-data', 'critical', 'ok'].map((level, day) => ({ day, level })))
 * // [{ from: 1, to: 3, level: 'critical' }]
 */
export function episodesOf(days: readonly { readonly day: number; readonly level: Level }[]): Episode[] {
  const episodes: Episode[] = [];
  let open: Episode | undefined;
  for (const { day, level } of days) {
    if (level === 'ok' && open !== undefined) {
      episodes.push(open);
      open = undefined;
    } else if (isTrouble(level)) {
      const worst = open?.level === 'critical' ? 'critical' : level;
      open = { from: open?.from ?? day, to: day, level: worst };
    }
  }
  return open === undefined ? episodes : [...episodes, open];
}

/** One episode of the applied rules beside the tried ones. */
export interface Matched {
  readonly applied: Episode;
  /** The first of the tried rules that shares a day with it. */
  readonly tried?: Episode;
  /** By how many days the tried rules fired sooner; below 0, later. */
  readonly daysEarlier?: number;
}

export interface Against {
  readonly matched: readonly Matched[];
  /** Episodes of the tried rules alone. */
  readonly extra: readonly Episode[];
}

/**
 * How early are some rules against others, what do they miss, and what do they alone see?
 *
 * @example
 * const applied = [{ from: 5 * dayMs, to: 9 * dayMs, level: 'critical' }];
 * compareEpisodes(applied, [{ from: 3 * dayMs, to: 6 * dayMs, level: 'warning' }]).matched[0].daysEarlier // 2
 */
export function compareEpisodes(applied: readonly Episode[], tried: readonly Episode[]): Against {
  const shares = (a: Episode, b: Episode): boolean => a.from <= b.to && b.from <= a.to;
  return {
    matched: applied.map((episode) => {
      const first = tried.find((other) => shares(episode, other));
      if (first === undefined) return { applied: episode };
      return { applied: episode, tried: first, daysEarlier: Math.round((episode.from - first.from) / dayMs) };
    }),
    extra: tried.filter((episode) => !applied.some((other) => shares(episode, other))),
  };
}
