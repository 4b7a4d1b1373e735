import { enoughIndependent } from '../calibration/past-differences.ts';
import type { ColumnKind } from '../profile/grid.ts';
import { reasonNotComparable, type Comparison } from '../statistics/comparison.ts';
import {
  computeMethod,
  decide,
  methodOf,
  methodsFor,
  type Decision,
  type MethodName,
  type StatisticResult,
} from '../statistics/registry.ts';
import type { Level, Verdict } from '../verdict.ts';
import {
  askRecent,
  askReference,
  type Answer,
  type Asked,
  type ExaminationContext,
  type Question,
} from './answer.ts';
import { factsOf, type ColumnFacts } from './column-facts.ts';
import { answerInWords, comparedInWords, decisionInWords } from './drift-in-words.ts';
import { adjustPValues } from './false-discovery.ts';

export type ColumnSubject = 'feature' | 'prediction' | 'confidence' | 'actual';

/** How one column is to be judged. */
export interface ColumnSettings {
  readonly subject: ColumnSubject;
  readonly column: string;
  readonly kind: ColumnKind;
  readonly decidingMethod: MethodName;
  /**
   * A frozen rule in the place of the calibrated one: drift is a p-value below it, or an effect at or above it, whatever
   * else is asked in the run.
   */
  readonly threshold?: number;
  /** A disabled column is computed and shown, but never counted. */
  readonly enabled: boolean;
  /** Values that both sides need, missing and invalid ones not counted. */
  readonly minimumRows: number;
  /** Whose rows these are; absent for those of the whole model. */
  readonly segment?: string;
  /** How much the feature matters to the model, 0 to 1. */
  readonly weight?: number;
  /** Methods that are computed beside the deciding one; all for the kind by default. */
  readonly beside?: readonly MethodName[];
}

/** What a method found; the deciding one carries the threshold it was held against, where it has one. */
export type MethodResult = StatisticResult & { readonly threshold?: number };

/** An answer with its p-value among all that were asked in the run, and what it amounts to. */
export type JudgedAnswer = Answer & {
  readonly adjustedPValue: number;
  readonly level: 'ok' | 'warning' | 'critical';
};

/** What was found about one column, before it is known what else was asked in the run. */
export interface ColumnEvidence {
  readonly settings: ColumnSettings;
  readonly kind: ColumnKind;
  readonly facts: ColumnFacts;
  readonly methods: readonly MethodResult[];
  readonly finding:
    | { readonly by: 'threshold'; readonly decision: Decision }
    | { readonly by: 'questions'; readonly asked: readonly Asked[] };
  /** The means and sizes of both sides, in words. */
  readonly compared: string;
}

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
 * What speaks for a change of this column?
 *
 * The deciding method is asked two questions (see `askReference`, `askRecent`), the second only with a calibration and the
 * recent windows; all other methods for the kind are computed beside it. Without a calibration, as for two files, rows count
 * as independent. With a written `threshold` nothing is asked: the rule is held against the reference alone.
 *
 * Nothing is found, with the reason, when a side has fewer values than the minimum, the reference has no distribution, or
 * the deciding method cannot be computed. An empty or constant column never fails and never gives NaN.
 */
export function examineColumn(
  settings: ColumnSettings,
  comparison: Comparison,
  context: ExaminationContext = {},
): ColumnEvidence {
  const { decidingMethod, threshold, beside } = settings;
  const facts = factsOf(comparison);
  const deciding = computeMethod(decidingMethod, comparison);
  return {
    settings,
    kind: comparison.kind,
    facts,
    methods: methodsFor(comparison.kind)
      .filter((method) => method === decidingMethod || (beside?.includes(method) ?? true))
      .map((method) =>
        method !== decidingMethod
          ? computeMethod(method, comparison)
          : { ...deciding, ...(threshold !== undefined && { threshold }) },
      ),
    finding: findingOf(settings, comparison, facts, deciding, context),
    compared: comparedInWords(comparison, facts),
  };
}

function findingOf(
  settings: ColumnSettings,
  comparison: Comparison,
  facts: ColumnFacts,
  deciding: StatisticResult,
  context: ExaminationContext,
): ColumnEvidence['finding'] {
  const { decidingMethod, threshold } = settings;
  const reason = reasonNotJudged(settings, comparison, facts);
  if (reason !== undefined) return { by: 'threshold', decision: { drifted: 'unknown', reason } };
  if (threshold !== undefined) return { by: 'threshold', decision: decide(deciding, threshold) };
  // Learned for another method, it says nothing of this one.
  const calibration = context.calibration?.method === decidingMethod ? context.calibration : undefined;
  const recent = askRecent(decidingMethod, comparison, calibration, context.recent);
  return {
    by: 'questions',
    asked: [
      askReference(deciding, comparison, calibration, enoughIndependent),
      ...(recent === undefined ? [] : [recent]),
    ],
  };
}

/**
 * Which columns have drifted, given all that was asked in a run?
 *
 * The p-values of all answers, of every column, segment and question together, are corrected (Benjamini and Hochberg;
 * disabled columns and frozen rules stay out). An answer is a warning when its corrected p-value is at most `alpha` AND its
 * effect reaches the warning floor of the method; critical when it is at most alpha / 10 and the effect reaches the critical
 * floor. A column is as serious as the more serious of its answers.
 *
 * @example
 * const [hum] = judgeColumns([examineColumn(settings, comparison, { calibration, recent })], { alpha: 0.05 });
 * // 'hum: Wasserstein 1.08 sd, 2.9 times its usual difference from the reference, p 0.004 after correction (...)'
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
  const { settings, kind, facts, methods, finding, compared } = evidence;
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
        words: decisionInWords(decision, compared),
      };
    }
    if (speaks === undefined) {
      const reasons = finding.asked.flatMap((asked) => ('notAnswered' in asked ? asked.notAnswered : []));
      return { drifted: 'unknown', level: 'insufficient-data', words: [...new Set(reasons)].join('; ') };
    }
    return {
      drifted: speaks.level === 'ok' ? 'no' : 'yes',
      level: speaks.level,
      words: answerInWords(decidingMethod, speaks, compared),
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

function reasonNotJudged(
  { kind, minimumRows }: ColumnSettings,
  comparison: Comparison,
  { sampleSizes }: ColumnFacts,
): string | undefined {
  if (kind !== comparison.kind) {
    return `it is configured as ${kind}, but its reference was profiled as ${comparison.kind}`;
  }
  const reason = reasonNotComparable(comparison);
  if (reason !== undefined) return reason;
  if (sampleSizes.reference < minimumRows) {
    return `the reference has ${sampleSizes.reference} values, ${minimumRows} are needed`;
  }
  if (sampleSizes.current < minimumRows) {
    return `the current window has ${sampleSizes.current} values, ${minimumRows} are needed`;
  }
  return undefined;
}
