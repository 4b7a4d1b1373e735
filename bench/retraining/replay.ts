/** What policies make of a case, and what the best moments would have. */

import { rulesOf } from '../../core/degradation/rules.ts';
import type { MonitorInput } from '../../core/monitor/schema.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { mergeSummaries } from '../../core/performance/summary.ts';
import {
  createEvaluator,
  type Evaluator,
  type SimulatedVersion,
} from '../../core/retraining/served-history.ts';
import { simulatedPolicies, type SimulatedPolicy } from '../../core/retraining/simulated-policies.ts';
import {
  simulatePolicy,
  type RetrainingHistory,
  type SimulatedRun,
} from '../../core/retraining/simulation.ts';
import { trainingWindows } from '../../core/retraining/windows.ts';
import { dayMs, floorToDay, formatDay, weekMs, type Window } from '../../core/window.ts';
import type { Source } from '../estimation/cases.ts';
import { driftShares, evidenceOf } from './drift-days.ts';
import { bestMoments } from './frontier.ts';
import { countRows, createTrainer, monitorOf } from './histories.ts';

export interface Case {
  readonly name: string;
  readonly source: Source;
  /** The first model is fitted on it. */
  readonly fit: Window;
  readonly span: Window;
}

/** What is chosen on the bikes of 2011 and reported on everything else. */
export interface Parameters {
  /** Worse than its validation by so many percent. */
  readonly by: number;
  readonly certainty: 'interval' | 'point';
  /** Over so many days. */
  readonly overDays: number;
  readonly cooldownDays: number;
  /** Also after so many days of outcomes; 0: never. */
  readonly refreshDays: number;
  readonly holdoutDays: number;
  readonly gate: { readonly better: string; readonly certainty: 'interval' | 'point' | `${number}%` };
}

/** One start of a case. */
export interface Replay {
  /** The chosen ones of all policies, that at drift alone by our verdict and by Evidently's rule. */
  readonly simulate: (parameters: Parameters, choose: (name: string) => boolean) => SimulatedRun[];
  /** Retraining at the best k moments of a weekly grid, k = 1 ... most. */
  readonly inHindsight: (parameters: Parameters, most: number) => SimulatedRun[];
}

type Trainer = (training: Window) => SimulatedVersion;

/** A start `days` later: the first model is of as much later days, too. Versions are trained once for all starts of a case. */
export function openCase(of: Case, parameters: Parameters): (days: number) => Replay {
  const monitor = monitorOf(of.source, settingsOf(of, parameters));
  const train = createTrainer(of.source, monitor);
  const evaluate = createEvaluator(monitor);
  return (days) => {
    const by = days * dayMs;
    const fit = { start: of.fit.start + by, end: of.fit.end + by };
    return openStart({ ...of, fit, span: { ...of.span, start: of.span.start + by } }, train, evaluate);
  };
}

function openStart(of: Case, train: Trainer, evaluate: Evaluator): Replay {
  const { source, fit, span } = of;
  const reference = { start: span.start, end: span.start + 28 * dayMs };
  const first = train(fit);
  let shares: ReturnType<typeof driftShares> | undefined;
  const historyOf = (parameters: Parameters): RetrainingHistory => {
    const monitor = monitorOf(source, settingsOf(of, parameters));
    return {
      monitor,
      policy: monitor.retraining!,
      rules: rulesOf(monitor),
      span,
      first,
      countOutcomes: (window) => countRows(source, window),
      driftOf: () => undefined,
      evaluate,
    };
  };
  const drift = (kind: 'ours' | 'evidently') => (asOf: number) => {
    shares ??= driftShares(source, reference, span);
    return evidenceOf(shares[kind], asOf);
  };
  return {
    simulate: (parameters, choose) => {
      const history = historyOf(parameters);
      return simulatedPolicies(history.policy)
        .filter(({ name }) => choose(name))
        .flatMap((policy) => {
          if (policy.name !== 'on-drift-only') return [replay(policy, history, train)];
          return (['ours', 'evidently'] as const).map((kind) =>
            replay(
              kind === 'ours' ? policy : { ...policy, name: "on-drift-only (Evidently's rule)" },
              { ...history, driftOf: drift(kind) },
              train,
            ),
          );
        });
    },
    inHindsight: (parameters, most) => {
      const history = historyOf(parameters);
      return momentsInHindsight(history, metricOf(of), { train, most }).map((moments, i) =>
        replay(
          {
            name: `best ${i + 1} in hindsight`,
            starts: ({ asOf }) => moments.includes(floorToDay(asOf)),
          },
          history,
          train,
        ),
      );
    },
  };
}

/** By the loss that adds up: the squared error, or the log loss. */
function momentsInHindsight(
  { span, first, policy }: RetrainingHistory,
  metric: MetricName,
  { train, most }: { readonly train: Trainer; readonly most: number },
): readonly (readonly number[])[] {
  const starts: number[] = [];
  for (let start = span.start; start < span.end; start += weekMs) starts.push(start);
  const weekly = starts.map((start, i) => {
    const version = i === 0 ? first : train(trainingWindows(start, policy).training);
    const losses = starts.map((from) =>
      from < start ? 0 : lossIn(version, { start: from, end: Math.min(from + weekMs, span.end) }, metric),
    );
    return losses.reduce<number[]>((sums, loss) => [...sums, sums.at(-1)! + loss], [0]);
  });
  return bestMoments(
    starts.length,
    most,
    (version, from, to) => weekly[version]![to]! - weekly[version]![from]!,
  )
    .slice(1)
    .map(({ moments }) => moments.map((moment) => starts[moment]!));
}

function lossIn(version: SimulatedVersion, window: Window, metric: MetricName): number {
  const hours = version.outcomesIn(window);
  if (hours.length === 0) return 0;
  const total = mergeSummaries(hours.map(({ summary }) => summary));
  const found = evaluateSummary(total, { minimumOutcomes: 0, intervalLevels: [0.05, 0.95] }).metrics[metric];
  if (found === undefined || !('value' in found)) return 0;
  return total.rows * (metric === 'rmse' ? found.value ** 2 : found.value);
}

function metricOf({ source }: Case): 'rmse' | 'log_loss' {
  return source.model === 'flight-delay' ? 'log_loss' : 'rmse';
}

function settingsOf(
  of: Case,
  { by, certainty, overDays, cooldownDays, refreshDays, holdoutDays, gate }: Parameters,
): Partial<MonitorInput> {
  const { source, span } = of;
  const metric = metricOf(of);
  const daily = countRows(source, span) / ((span.end - span.start) / dayMs);
  return {
    reference: { kind: 'fixed', start: formatDay(span.start), end: formatDay(span.start + 28 * dayMs) },
    degradation: {
      rules: [
        { metric, over: `${overDays}d`, worseThan: { baseline: 'validation', by: `${by}%` }, certainty },
      ],
    },
    retraining: {
      trainer: { url: 'http://127.0.0.1:1' },
      trainingWindow: '45d',
      holdout: `${holdoutDays}d`,
      cooldown: `${cooldownDays}d`,
      triggers: {
        verdicts: ['critical'],
        ...(refreshDays > 0 && { onNewOutcomes: Math.round(refreshDays * daily) }),
      },
      gates: [{ metric, ...gate }],
    },
  };
}

function replay(policy: SimulatedPolicy, history: RetrainingHistory, train: Trainer): SimulatedRun {
  const simulation = simulatePolicy(policy, history);
  let step = simulation.next();
  while (!step.done) step = simulation.next(train(step.value.training));
  return step.value;
}
