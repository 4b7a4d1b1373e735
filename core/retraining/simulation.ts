/** What would a policy have made of this history? */

import { blockLengthOf, blockMs } from '../comparison/blocks.ts';
import { referenceSpan } from '../degradation/baseline.ts';
import type { DriftEvidence, ValidatedMetrics } from '../degradation/evidence.ts';
import { indexEvaluations } from '../degradation/evidence.ts';
import { judgeDegradation } from '../degradation/judge.ts';
import { neededWindows } from '../degradation/needed-windows.ts';
import type { DegradationRule } from '../degradation/rules.ts';
import type { Monitor } from '../monitor/schema.ts';
import { evaluateSummary } from '../performance/evaluate.ts';
import type { MetricName } from '../performance/metrics.ts';
import { mergeSummaries } from '../performance/summary.ts';
import type { Computed } from '../verdict.ts';
import { dayMs, distinctWindows, durationMs, hourMs, type Window } from '../window.ts';
import { gatesOf, judgeGates, summarizeGates } from './gates.ts';
import { improvementOf, type Improvement } from './improvement.ts';
import { performanceLevel, type CheckedDay } from './triggers.ts';
import type { SimulatedPolicy } from './simulated-policies.ts';
import type { RetrainingPolicy } from './settings.ts';
import type { Evaluator, Served, SimulatedVersion } from './served-history.ts';
import { createEvaluator, pairedBlocks, servedHours } from './served-history.ts';
import { intervalsOf, validatedMetrics } from './validated-metrics.ts';
import { trainingWindows, type TrainingFacts, type TrainingWindows } from './windows.ts';

/** What a night looks like to whoever decides about a retraining. */
export interface SimulatedDay {
  readonly asOf: number;
  /** So many checks of the serving version, or as many as it has, the newest first. */
  readonly checks: (most: number) => readonly CheckedDay[];
  readonly drift: DriftEvidence | undefined;
  /** The asOf of each start so far. */
  readonly starts: readonly number[];
  /** When the first version was there. */
  readonly since: number;
  readonly newOutcomes: number;
  readonly outcomesInTrainingWindow: number;
}

export interface SimulatedTraining extends TrainingWindows {
  readonly asOf: number;
}

export interface RetrainingHistory {
  readonly monitor: Monitor;
  readonly policy: RetrainingPolicy;
  readonly rules: readonly DegradationRule[];
  /** Midnights; decisions are made in the night before each day. */
  readonly span: Window;
  /** What serves at first; its hours reach back to the reference. */
  readonly first: SimulatedVersion;
  /** Serving outcomes of a window. */
  readonly countOutcomes: (window: Window) => number;
  readonly driftOf: (asOf: number) => DriftEvidence | undefined;
  /** What the training windows of a night rest on; without it, what is known when nothing is. */
  readonly trainingFactsOf?: (asOf: number) => TrainingFacts;
  /** Shared by several policies, so that a window is evaluated once for all of them; one of its own by default. */
  readonly evaluate?: Evaluator;
}

/** What a degradation check says of the version that serves, on a day since it does. */
export type SimulatedCheck = (
  served: readonly Served[],
  day: number,
  validated: ValidatedMetrics | undefined,
) => CheckedDay;

export interface SimulatedStart {
  readonly asOf: number;
  readonly version: string;
  readonly end: 'promoted' | 'rejected';
  readonly reason: string;
  /** Of a promoted one: against the version before it, over all the time that it served. */
  readonly gain?: Improvement | { readonly notComputable: string };
}

export interface SimulatedRun {
  readonly name: string;
  readonly starts: readonly SimulatedStart[];
  readonly metric: MetricName;
  /** Over the whole span, as served. */
  readonly value: Computed;
  readonly interval: readonly [number, number] | null;
}

/** When the decisions of a night are made. */
export const decisionMs = 4 * hourMs;

/**
 * What would a policy have made of this history? A generator: it asks for each training, and is told the version that came
 * of it, so that nobody trains what no policy asks for.
 *
 * Each night the rules judge what has served, with every actual that is known today; a challenger serves from the day
 * after. The gates judge it on its holdout against the champion, as `retraining` does. Nobody trains on fewer outcomes than
 * the policy wants. Approval, rollout and roll-back are left out.
 *
 * @param check what the nights' degradation checks say; by default the rules over what has served
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bikes', task: 'regression', features: { hum: { kind: 'continuous' } }, reference: { kind: 'rolling' },
 *   retraining: { trainer: { url: 'http://127.0.0.1:8080' } },
 * });
 * const history = {
 *   monitor, policy: monitor.retraining, rules: [], span: { start: 0, end: 30 * dayMs },
 *   first: { version: '1', outcomesIn: () => [] }, countOutcomes: () => 0, driftOf: () => undefined,
 * };
 * simulatePolicy({ name: 'never', starts: () => false }, history).next().value.value // { notComputable: 'there are no outcomes' }
 */
export function* simulatePolicy(
  { name, starts: wants, validates = false }: SimulatedPolicy,
  history: RetrainingHistory,
  check: SimulatedCheck = createCheck(history),
): Generator<SimulatedTraining, SimulatedRun, SimulatedVersion> {
  const { monitor, policy, span, first, driftOf, countOutcomes, trainingFactsOf } = history;
  const served: Served[] = [{ from: -Infinity, version: first }];
  const validated = new Map<string, ValidatedMetrics>();
  const starts: Omit<SimulatedStart, 'gain'>[] = [];
  let trainedUntil = span.start;
  for (let day = span.start; day < span.end; day += dayMs) {
    const asOf = day + decisionMs;
    const serving = served.at(-1)!;
    const training = trainingWindows(asOf, policy, trainingFactsOf?.(asOf));
    const outcomesInTrainingWindow = countOutcomes(training.training);
    if (outcomesInTrainingWindow < policy.minimumOutcomes) continue;
    const isWanted = wants({
      asOf,
      checks: (most) => {
        const oldest = Math.max(serving.from, span.start, day - (most - 1) * dayMs);
        const days = Array.from({ length: (day - oldest) / dayMs + 1 }, (_, i) => day - i * dayMs);
        return days.map((each) => check(served, each, validated.get(serving.version.version)));
      },
      drift: driftOf(asOf),
      starts: starts.map((start) => start.asOf),
      since: span.start,
      newOutcomes: countOutcomes({ start: trainedUntil, end: day }),
      outcomesInTrainingWindow,
    });
    if (!isWanted) continue;
    const challenger = yield { asOf, ...training };
    const { verdict, reason } = judgeChallenger(history, serving.version, challenger, training.holdout);
    const isPromoted = !validates || verdict === 'pass';
    trainedUntil = day;
    starts.push({ asOf, version: challenger.version, end: isPromoted ? 'promoted' : 'rejected', reason });
    if (!isPromoted) continue;
    served.push({ from: day, version: challenger });
    const held = challenger.outcomesIn(training.holdout);
    validated.set(
      challenger.version,
      validatedMetrics(training.holdout, held, monitor.performance.intervalLevels),
    );
  }
  return conclude(name, history, served, starts);
}

function createCheck({
  monitor,
  rules,
  driftOf,
  evaluate = createEvaluator(monitor),
}: RetrainingHistory): SimulatedCheck {
  const reference = referenceSpan(monitor.reference);
  const horizon = durationMs(monitor.performance.actualsHorizon);
  const known = new Map<string, CheckedDay>();
  return (served, day, validated) => {
    const { version, from } = served.at(-1)!;
    const key = `${version.version}/${day}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const drift = driftOf(day + decisionMs);
    // A reference that is not over by then says nothing yet, although a replay has its rows.
    const windows = distinctWindows(neededWindows(rules, day, reference)).filter(({ end }) => end <= day);
    const { level, findings } = judgeDegradation(rules, {
      day,
      oldest: day - horizon,
      version: version.version,
      ...(from > -Infinity && { servedSince: from }),
      evaluations: indexEvaluations(windows.flatMap((window) => evaluate(served, window))),
      ...(validated && { validated }),
      ...(reference && { reference }),
      ...(drift && { drift }),
    });
    const checked = { level, ofPerformance: performanceLevel(findings) };
    known.set(key, checked);
    return checked;
  };
}

function judgeChallenger(
  { monitor, policy }: RetrainingHistory,
  champion: SimulatedVersion,
  challenger: SimulatedVersion,
  holdout: Window,
): ReturnType<typeof summarizeGates> {
  const length = blockLengthOf(holdout);
  const blocks = pairedBlocks(challenger, champion, holdout, blockMs(length));
  const { intervalLevels } = monitor.performance;
  const gates = gatesOf(policy, monitor.task).filter((gate) => 'metric' in gate && !('segments' in gate));
  return summarizeGates(judgeGates(gates, { blocks: new Map([['', blocks]]), length, intervalLevels }));
}

function conclude(
  name: string,
  { monitor, policy, span }: RetrainingHistory,
  served: readonly Served[],
  starts: readonly Omit<SimulatedStart, 'gain'>[],
): SimulatedRun {
  const metric = policy.metric ?? (monitor.task === 'regression' ? 'rmse' : 'log_loss');
  const { intervalLevels } = monitor.performance;
  const hours = servedHours(served, span).flatMap((each) => each.hours);
  if (hours.length === 0)
    return { name, starts, metric, value: { notComputable: 'there are no outcomes' }, interval: null };
  const total = mergeSummaries(hours.map(({ summary }) => summary));
  const found = evaluateSummary(total, { intervalLevels });
  return {
    name,
    starts: starts.map((start) => {
      const index = served.findIndex(({ version }) => version.version === start.version);
      return start.end === 'rejected' || index < 1
        ? start
        : { ...start, gain: gainOf(served, index, span.end, metric, intervalLevels) };
    }),
    metric,
    value: found.metrics[metric] ?? { notComputable: found.verdict.reason },
    interval: intervalsOf({ hours, total, intervalLevels })[metric] ?? null,
  };
}

/** How much better a promoted version was than the one before it would have been, over the time that it served. */
function gainOf(
  served: readonly Served[],
  index: number,
  end: number,
  metric: MetricName,
  intervalLevels: readonly [number, number],
): NonNullable<SimulatedStart['gain']> {
  const { from, version } = served[index]!;
  const window = { start: from, end: served[index + 1]?.from ?? end };
  const length = blockLengthOf(window);
  const blocks = pairedBlocks(version, served[index - 1]!.version, window, blockMs(length));
  return improvementOf(blocks, { metric, length, intervalLevels });
}
