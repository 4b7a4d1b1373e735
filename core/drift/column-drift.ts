/** Which columns have drifted, given all that was asked in a run. */

import type { ColumnKind } from '../profile/grid.ts';
import { methodOf, type MethodName } from '../statistics/registry.ts';
import type { Level, Verdict } from '../verdict.ts';
import type { Answer, Asked, Question } from './answer.ts';
import type { ColumnFacts } from './column-facts.ts';
import { answerInWords, decisionInWords } from './drift-in-words.ts';
import type { ColumnEvidence, ColumnSubject, MethodResult } from './examine-column.ts';
import { adjustPValues } from './false-discovery.ts';

/** An answer with its p-value among all that were asked in the run, and what it amounts to. */
export type JudgedAnswer = Answer & {
  readonly adjustedPValue: number;
  readonly level: 'ok' | 'warning' | 'critical';
};

/** How one column of the current window differs from its reference. JSON-safe. */
export interface ColumnDrift extends ColumnFacts {
  readonly subject: ColumnSubject;
  readonly column: string;
  readonly segment?: string;
  readonly kind: ColumnKind;
  readonly enabled: boolean;
  readonly weight?: number;
  readonly decidingMethod: MethodName;
  /** Of the frozen rule. */
  readonly threshold?: number;
  readonly drifted: 'yes' | 'no' | 'unknown';
  /** `insufficient-data` when unknown. */
  readonly verdict: Verdict;
  /** The question that speaks: whose answer is the most serious. Absent under a frozen rule, and when unknown. */
  readonly question?: Question;
  /** Its p-value after the correction. */
  readonly adjustedPValue?: number;
  readonly answers: readonly JudgedAnswer[];
  /** Every method for this kind of column, against the reference. */
  readonly methods: readonly MethodResult[];
}

/** Critical needs a p-value that is smaller by this factor. */
const criticalShareOfAlpha = 1 / 10;

/**
 * Which columns have drifted, given all that was asked in a run?
 *
 * The p-values of all answers, of every column, segment and question together, are corrected (Benjamini and Hochberg;
 * disabled columns and frozen rules stay out). An answer is a warning when its corrected p-value is at most `alpha` AND its
 * effect reaches the warning floor of the method; critical when it is at most alpha / 10 and the effect reaches the critical
 * floor. A column is as serious as the more serious of its answers.
 *
 * @example
 * const values = (shift) => Float64Array.from({ length: 400 }, (_, i) => i / 400 + shift);
 * const grid = buildContinuousGrid(values(0));
 * const comparison = compareProfiles(grid, buildProfile(grid, values(0)), buildProfile(grid, values(0.05)));
 * const settings = { column: 'hum', kind: 'continuous', decidingMethod: 'wasserstein', enabled: true, minimumRows: 20 };
 * judgeColumns([examineColumn(settings, comparison)], { alpha: 0.05 })[0].verdict.reason
 * // 'hum: Wasserstein 0.173 sd from the reference, p 0.019 after correction ' +
 * // '(reference mean 0.5, current 0.55; 400 and 400 values)'
 */
export function judgeColumns(
  evidence: readonly ColumnEvidence[],
  { alpha }: { readonly alpha: number },
): readonly ColumnDrift[] {
  const answers = evidence.flatMap(answersOf);
  const isCounted = new Set(evidence.filter(({ settings }) => settings.enabled).flatMap(answersOf));
  const counted = answers.filter((answer) => isCounted.has(answer));
  const adjusted = new Map(counted.map((answer) => [answer, answer.pValue]));
  for (const [i, pValue] of adjustPValues(counted.map(({ pValue }) => pValue)).entries()) {
    adjusted.set(counted[i]!, pValue);
  }
  return evidence.map((one) =>
    judgeOne(
      one,
      answersOf(one).map((answer) => {
        const adjustedPValue = adjusted.get(answer) ?? answer.pValue;
        return {
          ...answer,
          adjustedPValue,
          level: levelOf(one.settings.decidingMethod, answer.effect, adjustedPValue, alpha),
        };
      }),
    ),
  );
}

function answersOf({ finding }: ColumnEvidence): readonly Answer[] {
  return finding.by === 'questions' ? finding.asked.filter((asked) => 'pValue' in asked) : [];
}

function levelOf(
  method: MethodName,
  effect: number,
  adjustedPValue: number,
  alpha: number,
): JudgedAnswer['level'] {
  const { floors } = methodOf(method);
  if (adjustedPValue <= alpha * criticalShareOfAlpha && effect >= floors.critical) return 'critical';
  return adjustedPValue <= alpha && effect >= floors.warning ? 'warning' : 'ok';
}

const seriousness = { ok: 0, warning: 1, critical: 2 } as const;
const levels = { yes: 'warning', no: 'ok', unknown: 'insufficient-data' } as const satisfies Record<
  string,
  Level
>;

function judgeOne(evidence: ColumnEvidence, answers: readonly JudgedAnswer[]): ColumnDrift {
  const { settings, kind, facts, methods, finding, compared, referenceIsConstant } = evidence;
  const { subject, column, segment, enabled, weight, decidingMethod, threshold } = settings;
  const [speaks] = answers.toSorted(
    (a, b) => seriousness[b.level] - seriousness[a.level] || a.adjustedPValue - b.adjustedPValue,
  );
  const judged = ((): { drifted: ColumnDrift['drifted']; level: Level; words: string } => {
    if (finding.by === 'threshold') {
      const { decision } = finding;
      return {
        drifted: decision.drifted,
        level: levels[decision.drifted],
        words: decisionInWords(decision, compared.reference ?? '', referenceIsConstant),
      };
    }
    if (speaks === undefined) {
      return { drifted: 'unknown', level: 'insufficient-data', words: notAnsweredInWords(finding.asked) };
    }
    return {
      drifted: speaks.level === 'ok' ? 'no' : 'yes',
      level: speaks.level,
      words: answerInWords(decidingMethod, speaks, compared[speaks.question] ?? '', referenceIsConstant),
    };
  })();
  return {
    subject,
    column,
    ...(segment !== undefined && { segment }),
    kind,
    enabled,
    ...(weight !== undefined && { weight }),
    decidingMethod,
    ...(threshold !== undefined && { threshold }),
    drifted: judged.drifted,
    verdict: {
      level: judged.level,
      reason: `${column}: ${judged.words}${enabled ? '' : '; disabled, not counted'}`,
    },
    ...(speaks !== undefined && { question: speaks.question, adjustedPValue: speaks.adjustedPValue }),
    answers,
    methods,
    ...facts,
  };
}

const against = { reference: 'against the reference', recent: 'against the windows before' } as const;

/** Why no question has an answer; each with its own reason where they differ. */
function notAnsweredInWords(asked: readonly Asked[]): string {
  const reasons = asked.flatMap((one) =>
    'notAnswered' in one ? { question: one.question, reason: one.notAnswered } : [],
  );
  if (new Set(reasons.map(({ reason }) => reason)).size === 1) return reasons[0]!.reason;
  return reasons.map(({ question, reason }) => `${against[question]}, ${reason}`).join('; ');
}
