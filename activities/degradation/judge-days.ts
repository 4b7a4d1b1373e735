/** Judges a day, and again the days before it whose numbers may have been restated. */

import { judgeDegradation } from '../../core/degradation/judge.ts';
import type { RestatedVerdict } from '../../core/degradation/restated-news.ts';
import { restatedNumbers } from '../../core/degradation/restated.ts';
import { rulesOf } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { durationMs, floorToDay, formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { gatherEvidence } from './evidence.ts';
import type { DegradationCheck, Restatement } from './store.ts';
import { readChecks } from './store.ts';

export interface JudgedDays {
  /** The day asked for. */
  readonly today: DegradationCheck;
  /** Those before it with an open actuals horizon, the newest first: by the rules and of the version of their time. */
  readonly earlier: readonly DegradationCheck[];
  /** What this day has to tell of restated verdicts, in words; empty where there is nothing. */
  readonly restated: string;
  /** The verdicts that are not what is stored of them, the newest first: once these days are stored, there are none. */
  readonly flips: readonly RestatedVerdict[];
}

/** Reads; stores nothing. */
export async function judgeDays(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
  version: string | null,
): Promise<JudgedDays> {
  const day = floorToDay(asOf);
  const from = day - durationMs(monitor.performance.actualsHorizon);
  const stored = await readChecks(connection, monitor.model, { from, to: day });
  const before = stored.filter(({ windowEnd }) => windowEnd < day);
  const days = [
    { asOf, version, rules: rulesOf(monitor) },
    ...before.map((check) => ({
      asOf: check.asOf,
      version: check.version,
      rules: check.verdict.findings.map(({ rule }) => rule),
    })),
  ];
  const evidence = await gatherEvidence(connection, monitor, days);
  const flips: RestatedVerdict[] = [];
  const [today, ...earlier] = days.map((judged, i): DegradationCheck => {
    const verdict = judgeDegradation(judged.rules, evidence[i]!);
    const windowEnd = floorToDay(judged.asOf);
    const told = stored.find((check) => check.windowEnd === windowEnd);
    const restated = restatementOf(told, verdict, day);
    flips.push(...restated.map(({ from, to, numbers }) => ({ windowEnd, from, to, numbers })));
    const restatements = [...(told?.restatements ?? []), ...restated];
    return { windowEnd, asOf: judged.asOf, version: judged.version, verdict, restatements };
  });
  return { today: today!, earlier, restated: restatedText([today!, ...earlier], day), flips };
}

function restatementOf(
  told: DegradationCheck | undefined,
  verdict: DegradationCheck['verdict'],
  day: number,
): Restatement[] {
  if (told === undefined || told.verdict.level === verdict.level) return [];
  const numbers = restatedNumbers(told.verdict.findings, verdict.findings);
  if (numbers.length === 0) return [];
  return [{ by: formatInstant(day), from: told.verdict.level, to: verdict.level, numbers }];
}

/** The same however often the day is judged: from what is stored with the checks. */
function restatedText(checks: readonly DegradationCheck[], day: number): string {
  const numbers = checks.flatMap(({ restatements }) =>
    restatements.filter(({ by }) => by === formatInstant(day)).flatMap(({ numbers }) => numbers),
  );
  return numbers.length === 0 ? '' : `restated: ${[...new Set(numbers)].join('; ')}`;
}
