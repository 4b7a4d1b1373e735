/** Does a challenger pass the gates of its monitor? */

import type { BlockLength } from '../comparison/blocks.ts';
import { percentText, type JudgedMetric, type Task } from '../performance/metrics.ts';
import { foundText, gateText } from './gate-text.ts';
import { improvementOf, type PairedBlock } from './improvement.ts';
import type { GateSettings } from './settings.ts';

export type Gate = GateSettings;
type LatencyGate = Extract<Gate, { latency: unknown }>;
export type MetricGate = Exclude<Gate, LatencyGate>;

/** Milliseconds that a prediction takes, as the trainer measured it. */
export type Latency = Readonly<Partial<Record<LatencyGate['latency'], number>>>;

/** What challenger and champion are judged by. */
export interface Trial {
  /** The held-out outcomes that both have predicted, by segment ('' is all of them), in the order of time. */
  readonly blocks: ReadonlyMap<string, readonly PairedBlock[]>;
  readonly length: BlockLength;
  readonly intervalLevels?: readonly [low: number, high: number];
  readonly latency?: { readonly challenger?: Latency | undefined; readonly champion?: Latency | undefined };
}

/** How sure a challenger has to be better by the minimum improvement, where no gate is written. */
const usualCertainty = 0.8;

/** JSON-safe. */
export interface GateJudgement {
  /** What was asked, in words. */
  readonly gate: string;
  /** What was measured: the name of a metric, or `latency_p95`. */
  readonly measure: string;
  /** '' for all rows. */
  readonly segment: string;
  /** `not-judged` where there is nothing to hold it against; it stops nobody. */
  readonly holds: 'yes' | 'no' | 'not-judged';
  /** Relative to the champion's number, positive is better, with the interval that the gate asks for (95% by default). */
  readonly improvement: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly challenger: number | null;
  readonly champion: number | null;
  readonly rows: number;
  readonly reason: string;
}

/**
 * Which gates does a challenger have to pass? Those that are written; without any, to be better by the minimum improvement
 * with a certainty of 80%, by the metric of the policy, or by RMSE or log loss.
 *
 * By the point alone, two versions that are equally good change places every other time. 95% asks more of a week than it can
 * show: good challengers are trained for nothing. What is better with 80% for a week is so with more over the weeks that it serves
 * (bench/retraining).
 *
 * @example gatesOf({ minimumImprovement: 0.02 }, 'regression') // [{ metric: 'rmse', better: 0.02, certainty: 0.8 }]
 */
export function gatesOf(
  policy: {
    readonly gates?: readonly Gate[] | undefined;
    readonly metric?: JudgedMetric | undefined;
    readonly minimumImprovement: number;
  },
  task: Task,
): readonly Gate[] {
  const { gates, minimumImprovement } = policy;
  const metric = mainMetricOf(policy, task);
  return gates ?? [{ metric, better: minimumImprovement, certainty: usualCertainty }];
}

/**
 * By which metric are challenger and champion told apart, where no gate says otherwise?
 *
 * @example [mainMetricOf({}, 'regression'), mainMetricOf({ metric: 'f1' }, 'classification')] // ['rmse', 'f1']
 */
export function mainMetricOf(
  { metric }: { readonly metric?: JudgedMetric | undefined },
  task: Task,
): JudgedMetric {
  return metric ?? (task === 'regression' ? 'rmse' : 'log_loss');
}

/** How much better a challenger is, and where it is least so. */
export interface Advantage {
  /** Over all rows, as a share of the champion's number; null where it is not computable. */
  readonly improvement: number | null;
  /** Null without a segment that has enough rows. */
  readonly worstSegment: { readonly segment: string; readonly improvement: number } | null;
}

/**
 * How much better is the challenger by a metric, over all rows and in its worst segment? What a risk is told by.
 *
 * @example
 * const errors = (error) => summarizeRegression({ predictions: new Float64Array(60).fill(error), actuals: new Float64Array(60) });
 * const bySegment = new Map([['', [{ challenger: errors(4), champion: errors(5) }]], ['c=a', [{ challenger: errors(6), champion: errors(5) }]]]);
 * advantageOf('mae', { blocks: bySegment, length: 'day' }) // { improvement: 0.2, worstSegment: { segment: 'c=a', improvement: -0.2 } }
 */
export function advantageOf(metric: JudgedMetric, { blocks, length, intervalLevels }: Trial): Advantage {
  const found = [...blocks].flatMap(([segment, ofSegment]) => {
    const improvement = improvementOf(ofSegment, {
      metric,
      length,
      ...(intervalLevels && { intervalLevels }),
    });
    return 'notComputable' in improvement ? [] : [{ segment, improvement: improvement.value }];
  });
  const [worst = null] = found
    .filter(({ segment }) => segment !== '')
    .sort((a, b) => a.improvement - b.improvement);
  return {
    improvement: found.find(({ segment }) => segment === '')?.improvement ?? null,
    worstSegment: worst,
  };
}

/**
 * Does the challenger pass? Each gate over all rows gives one judgement, one of segments one for each segment.
 *
 * With `certainty: interval` the word of the gate must be more than chance: to be better, the whole 95% interval is at or above
 * `better`; to be worse, the whole interval is below `-worse`. A share asks the same of the bound of so
 * much confidence, on the one side that the gate is about: 0.8 is wrong of one in five that are exactly as good as it asks, and
 * takes an end of the 60% interval; `interval` is 0.975. The intervals of all segments hold together (Bonferroni).
 *
 * What is not computable stops the challenger, too few rows of all included. A segment with fewer than 50 rows, or whose
 * number is not computable, is not judged: it is part of all rows. So is a latency of which the champion's is not known; an
 * unknown one of the challenger stops it. See `improvementOf` for the interval.
 *
 * @example
 * const errors = (error) => summarizeRegression({ predictions: new Float64Array(24).fill(error), actuals: new Float64Array(24) });
 * const day = { challenger: errors(1), champion: errors(5) };
 * judgeGates([{ metric: 'rmse', better: 0.02, certainty: 'point' }], { blocks: new Map([['', [day, day, day]]]), length: 'day' })[0].reason
 * // 'challenger RMSE 1 against 5 on the same 72 held-out rows: 80% better, at least 2% needed'
 */
export function judgeGates(gates: readonly Gate[], trial: Trial): readonly GateJudgement[] {
  return gates.flatMap((gate) => {
    if ('latency' in gate) return [judgeLatency(gate, trial.latency ?? {})];
    if (!isOfSegments(gate)) return [judgeMetric(gate, trial)];
    return [...trial.blocks.keys()]
      .filter((name) => name !== '')
      .map((segment) => judgeMetric(gate, trial, segment));
  });
}

/**
 * What do the judgements come to? The reason tells what has failed; where all holds, what was found.
 *
 * @example
 * const gate = { gate: 'p95 latency', segment: '', holds: 'no', reason: 'p95 latency 12 ms against 10 ms: 20% more' };
 * summarizeGates([gate]) // { verdict: 'fail', reason: 'p95 latency 12 ms against 10 ms: 20% more' }
 */
export function summarizeGates(judgements: readonly GateJudgement[]): {
  readonly verdict: 'pass' | 'fail';
  readonly reason: string;
} {
  const failed = judgements.filter(({ holds }) => holds === 'no');
  if (failed.length > 0) return { verdict: 'fail', reason: failed.map(({ reason }) => reason).join('; ') };
  const ofAll = judgements.filter(({ segment }) => segment === '').map(({ reason }) => reason);
  const ofSegments = judgements.filter(({ segment }) => segment !== '');
  const judged = ofSegments.filter(({ holds }) => holds === 'yes').length;
  return {
    verdict: 'pass',
    reason: [
      ...ofAll,
      ...(ofSegments.length === 0
        ? []
        : [`${judged} of ${ofSegments.length} segments judged, none is worse than allowed`]),
    ].join('; '),
  };
}

function judgeMetric(gate: MetricGate, trial: Trial, segment = ''): GateJudgement {
  const { metric, certainty } = gate;
  const { length, intervalLevels } = trial;
  const together = isOfSegments(gate) ? Math.max(1, trial.blocks.size - 1) : 1;
  const found = improvementOf(trial.blocks.get(segment) ?? [], {
    metric,
    length,
    together,
    confidence: typeof certainty === 'number' ? 2 * certainty - 1 : 0.95,
    ...(intervalLevels !== undefined && { intervalLevels }),
  });
  const about = { gate: gateText(gate), measure: metric, segment };
  const where = segment === '' ? '' : `${segment}: `;
  if ('notComputable' in found) {
    const holds = segment === '' ? 'no' : 'not-judged';
    return { ...about, ...nothing, holds, reason: `${where}${found.notComputable}` };
  }
  const low = 'low' in found.interval ? found.interval.low : null;
  const high = 'high' in found.interval ? found.interval.high : null;
  const { rows, challenger, champion, value: improvement } = found;
  const numbers = { rows, challenger, champion, improvement, low, high };
  const words = `${where}${foundText(gate, found)}`;
  const asked =
    'better' in gate
      ? `at least ${percentText(gate.better)} needed`
      : `at most ${percentText(gate.worse)} worse allowed`;
  if (certainty !== 'point' && 'notComputable' in found.interval) {
    const reason = `${words}; ${found.interval.notComputable}`;
    return { ...about, ...numbers, holds: segment === '' ? 'no' : 'not-judged', reason };
  }
  const decisive = certainty === 'point' ? improvement : 'better' in gate ? low! : high!;
  const limit = 'better' in gate ? gate.better : -gate.worse;
  return { ...about, ...numbers, holds: decisive >= limit ? 'yes' : 'no', reason: `${words}, ${asked}` };
}

const nothing = { improvement: null, low: null, high: null, challenger: null, champion: null, rows: 0 };

function isOfSegments(gate: MetricGate): boolean {
  return 'segments' in gate && gate.segments === 'each';
}

function judgeLatency({ latency, worse }: LatencyGate, known: NonNullable<Trial['latency']>): GateJudgement {
  const challenger = known.challenger?.[latency] ?? null;
  const champion = known.champion?.[latency] ?? null;
  const about = {
    ...nothing,
    measure: `latency_${latency}`,
    gate: `${latency} latency at most ${percentText(worse)} more`,
    segment: '',
    challenger,
    champion,
  };
  if (challenger === null) {
    const reason = `the ${latency} latency of the challenger is not known; let the trainer answer latencyMs`;
    return { ...about, holds: 'no', reason };
  }
  if (champion === null || champion <= 0) {
    const reason = `${latency} latency ${challenger} ms; the champion's is not known, so that nothing is asked of it`;
    return { ...about, holds: 'not-judged', reason };
  }
  const improvement = (champion - challenger) / champion;
  const change = `${percentText(Math.abs(improvement))} ${improvement < 0 ? 'more' : 'less'}`;
  return {
    ...about,
    improvement,
    holds: improvement >= -worse ? 'yes' : 'no',
    reason: `${latency} latency ${challenger} ms against ${champion} ms: ${change}, at most ${percentText(worse)} more allowed`,
  };
}
