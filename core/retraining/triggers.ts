/** What may start a retraining, and whether it does now. */

import type { DegradationFinding } from '../degradation/judgement.ts';
import { conditionsOf } from '../degradation/rules.ts';
import { countText } from '../performance/metrics.ts';
import { dueRuns } from '../process/due-runs.ts';
import type { Level, Verdict } from '../verdict.ts';
import { formatInstant } from '../window.ts';
import type { RetrainingPolicy } from './settings.ts';

/** What one degradation check has said. */
export interface CheckedDay {
  readonly level: Level;
  /** By its rules about performance alone. */
  readonly ofPerformance: Level;
}

export interface TriggerFacts {
  readonly asOf: number;
  /** Of the serving version, the newest first. */
  readonly checks: readonly CheckedDay[];
  /** Of the dataset, in the newest drift run; null without one. */
  readonly drift: Verdict | null;
  /** Times of the calendar after this instant have not been heeded yet. */
  readonly calendarSince: number;
  /** Outcomes of the time after that of the last training and its holdout. */
  readonly newOutcomes: number;
}

export type TriggerName = 'verdict' | 'drift' | 'calendar' | 'outcomes';

/** What one trigger says. */
export interface Trigger {
  readonly name: TriggerName;
  readonly holds: boolean;
  readonly reason: string;
  /** What would have to come about. */
  readonly awaited: string;
}

type Triggers = RetrainingPolicy['triggers'];

/**
 * What does each trigger of a policy say? The order is that of the settings; one that holds is enough.
 *
 * @example
 * const triggers = { verdicts: ['critical'], of: '2 of 3', drift: 'alone' };
 * const day = (level) => ({ level, ofPerformance: level });
 * const checks = [day('critical'), day('ok'), day('critical')];
 * triggersOf(triggers, { asOf: 0, checks, drift: null, calendarSince: 0, newOutcomes: 0 }).map(({ reason }) => reason)
 * // ['2 of the 3 newest verdicts are critical', 'there is no drift run yet']
 */
export function triggersOf(triggers: Triggers, facts: TriggerFacts): readonly Trigger[] {
  return [
    ...(triggers.verdicts.length > 0
      ? [{ name: 'verdict', ...verdictTrigger(triggers, facts) } as const]
      : []),
    ...(triggers.drift === 'alone' ? [{ name: 'drift', ...driftTrigger(facts) } as const] : []),
    ...(triggers.calendar === undefined
      ? []
      : [{ name: 'calendar', ...calendarTrigger(triggers.calendar, facts) } as const]),
    ...(triggers.onNewOutcomes === undefined
      ? []
      : [{ name: 'outcomes', ...outcomesTrigger(triggers.onNewOutcomes, facts) } as const]),
  ];
}

/**
 * How many of how many checks have to agree?
 *
 * @example checksNeeded('2 of 3') // { some: 2, all: 3 }
 */
export function checksNeeded(of: string): { readonly some: number; readonly all: number } {
  const [some = 1, all = 1] = of.split(' of ').map(Number);
  return { some, all };
}

/**
 * The level of those findings whose rule has a metric or a trend in it: `critical` before `warning` before `ok`.
 * `insufficient-data` where none could be judged, or there is no such rule.
 *
 * @example performanceLevel([{ rule: { drift: 'dataset', share: 0.5, level: 'critical' }, level: 'critical' }])
 * // 'insufficient-data'
 */
export function performanceLevel(findings: readonly Pick<DegradationFinding, 'rule' | 'level'>[]): Level {
  const levels = findings
    .filter(({ rule }) => conditionsOf(rule).some((part) => 'metric' in part || 'trend' in part))
    .map(({ level }) => level);
  const worstFirst = ['critical', 'warning', 'ok'] as const;
  return worstFirst.find((level) => levels.includes(level)) ?? 'insufficient-data';
}

type Answer = Omit<Trigger, 'name'>;

function verdictTrigger({ verdicts, of, drift }: Triggers, { checks }: TriggerFacts): Answer {
  const { some, all } = checksNeeded(of);
  const levels = checks
    .slice(0, all)
    .map(({ level, ofPerformance }) => (drift === 'ignore' ? ofPerformance : level));
  const wanted = verdicts.join(' or ');
  const isWanted = (level: Level): boolean => verdicts.some((verdict) => verdict === level);
  const [newest] = levels;
  const what = drift === 'ignore' ? 'verdict on performance' : 'verdict';
  const awaited = all === 1 ? `a ${what} of ${wanted}` : `${some} of ${all} ${what}s of ${wanted}`;
  if (newest === undefined) return { holds: false, reason: `there is no ${what} yet`, awaited };
  if (all === 1) {
    const holds = isWanted(newest);
    const reason = `the ${what} is ${newest}${holds ? '' : `; retraining starts at ${wanted}`}`;
    return { holds, reason, awaited };
  }
  const count = levels.filter(isWanted).length;
  const counted = `${count} of the ${all} newest ${what}s ${count === 1 ? 'is' : 'are'} ${wanted}`;
  if (count < some) return { holds: false, reason: `${counted}; retraining starts at ${some}`, awaited };
  if (!isWanted(newest)) return { holds: false, reason: `${counted}, but the newest is ${newest}`, awaited };
  return { holds: true, reason: counted, awaited };
}

function driftTrigger({ drift }: TriggerFacts): Answer {
  const awaited = 'drift of the dataset';
  if (drift === null) return { holds: false, reason: 'there is no drift run yet', awaited };
  const holds = drift.level === 'warning' || drift.level === 'critical';
  return { holds, reason: `the dataset ${holds ? 'has' : 'has not'} drifted (${drift.reason})`, awaited };
}

function calendarTrigger(calendar: string, { asOf, calendarSince }: TriggerFacts): Answer {
  const [due] = dueRuns({ cron: calendar, timeZone: 'UTC' }, { after: calendarSince, upTo: asOf, most: 1 });
  const awaited = `the next time of the calendar "${calendar}"`;
  if (due === undefined) {
    return {
      holds: false,
      reason: `the calendar has not been due since ${formatInstant(calendarSince)}`,
      awaited,
    };
  }
  return { holds: true, reason: `the calendar was due at ${formatInstant(due)}`, awaited };
}

function outcomesTrigger(needed: number, { newOutcomes }: TriggerFacts): Answer {
  const holds = newOutcomes >= needed;
  const counted = `${countText(newOutcomes, 'outcome')} since the last training`;
  return {
    holds,
    reason: holds ? counted : `${counted}; retraining starts at ${needed}`,
    awaited: countText(needed - newOutcomes, 'more outcome'),
  };
}
