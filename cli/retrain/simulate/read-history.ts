/** The stored history of a model, as a simulation replays it. */

import { findDrift } from '../../../activities/degradation/evidence.ts';
import { findServingVersion } from '../../../activities/retraining/stages.ts';
import { policyOf } from '../../../activities/retraining/retraining-run.ts';
import {
  listServedDays,
  readHours,
  type ServedDay,
} from '../../../activities/retraining/simulated-versions.ts';
import { readTrainingFacts } from '../../../activities/retraining/specification.ts';
import type { DriftEvidence } from '../../../core/degradation/evidence.ts';
import { rulesOf } from '../../../core/degradation/rules.ts';
import { TidewatchError } from '../../../core/errors.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { countText } from '../../../core/performance/metrics.ts';
import { hoursIn, type SimulatedVersion } from '../../../core/retraining/served-history.ts';
import { decisionMs, type SimulatedTraining } from '../../../core/retraining/simulation.ts';
import type { KnownHistory } from '../../../core/retraining/simulation-plan.ts';
import { trainingWindows, type TrainingFacts } from '../../../core/retraining/windows.ts';
import { dayMs, formatDay, type Window } from '../../../core/window.ts';
import type { Queryable } from '../../../sql/database.ts';
import { rangeOf, readInstant } from '../../time-range.ts';
import type { SimulateOptions } from './options.ts';

export interface StoredHistory extends KnownHistory {
  /** Instances with an outcome in a window, each forecast of one counted once. */
  readonly countInstances: (window: Window) => number;
  /** What serves at first: the version that did, where it has predicted all of it; or one that has to be trained for it. */
  readonly first: SimulatedVersion | FirstTraining;
}

/** What was served before the replay is known; a version for the rest is trained on `training`. */
export interface FirstTraining {
  readonly training: SimulatedTraining;
  readonly before: SimulatedVersion['outcomesIn'];
}

/** Of the instances of the replay: a version that has predicted so many can stand for itself. As in the sanity of challengers. */
export const predictedShare = 0.95;

/**
 * Reads; stores nothing.
 *
 * @throws TidewatchError `HISTORY_TOO_SHORT`, `INVALID_OPTION`
 */
export async function readHistory(
  connection: Queryable,
  monitor: Monitor,
  range: Pick<SimulateOptions, 'from' | 'to'>,
): Promise<StoredHistory> {
  const days = await listServedDays(connection, monitor.model);
  const span = spanOf(monitor, days, range);
  const { drift, facts } = await readNights(connection, monitor, span);
  const known: Omit<StoredHistory, 'first'> = {
    monitor,
    policy: policyOf(monitor),
    rules: rulesOf(monitor),
    span,
    countOutcomes: counter(days, ({ outcomes }) => outcomes),
    countInstances: counter(days, ({ instances }) => instances),
    driftOf: (asOf) => drift.get(asOf),
    trainingFactsOf: (asOf) => facts.get(asOf)!,
  };
  requireTrainings(known);
  return { ...known, first: await readFirst(connection, known, days[0]!.day) };
}

function spanOf(
  { model }: Monitor,
  days: readonly ServedDay[],
  { from, to }: Pick<SimulateOptions, 'from' | 'to'>,
): Window {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined)
    throw tooShort(model, 'it has no outcomes yet; `actualsBackfill` attaches actuals to predictions');
  const start = from === undefined ? first.day : readInstant('--from', from, 'day');
  const end = to === undefined ? last.day + dayMs : readInstant('--to', to, 'day');
  const { start: asked, end: until } = rangeOf(start, end);
  const span = { start: Math.max(asked, first.day), end: Math.min(until, last.day + dayMs) };
  if (span.end <= span.start)
    throw tooShort(
      model,
      `it has no outcomes from ${formatDay(asked)} to ${formatDay(until)}; its first are of ${formatDay(first.day)}, its last of ${formatDay(last.day)}`,
    );
  return span;
}

/** What the drift runs said, and what training windows rest on, in each night of the replay. */
async function readNights(
  connection: Queryable,
  monitor: Monitor,
  { start, end }: Window,
): Promise<{ drift: Map<number, DriftEvidence | undefined>; facts: Map<number, TrainingFacts> }> {
  const drift = new Map<number, DriftEvidence | undefined>();
  const facts = new Map<number, TrainingFacts>();
  for (let asOf = start + decisionMs; asOf < end; asOf += dayMs) {
    drift.set(asOf, await findDrift(connection, monitor, asOf));
    facts.set(asOf, await readTrainingFacts(connection, monitor, asOf));
  }
  return { drift, facts };
}

/** Counts of windows between midnights. */
function counter(days: readonly ServedDay[], countOf: (day: ServedDay) => number) {
  return ({ start, end }: Window): number =>
    days.reduce((sum, each) => sum + (each.day >= start && each.day < end ? countOf(each) : 0), 0);
}

/** In some night there must be enough to train on: all policies would be `never`. */
function requireTrainings(history: Omit<StoredHistory, 'first'>): void {
  const { monitor, policy, span } = history;
  for (let day = span.start; day < span.end; day += dayMs)
    if (outcomesToTrainOn(history, day) >= policy.minimumOutcomes) return;
  const days = `${countText((span.end - span.start) / dayMs, 'day')} from ${formatDay(span.start)}`;
  const reason = `in none of the ${days} there were ${policy.minimumOutcomes} outcomes (retraining.minimumOutcomes) to train on, with another ${policy.holdout} to hold out`;
  throw tooShort(monitor.model, reason);
}

function trainingAt(
  { policy, trainingFactsOf }: Omit<StoredHistory, 'first'>,
  day: number,
): SimulatedTraining {
  const asOf = day + decisionMs;
  return { asOf, ...trainingWindows(asOf, policy, trainingFactsOf?.(asOf)) };
}

function outcomesToTrainOn(history: Omit<StoredHistory, 'first'>, day: number): number {
  return history.countOutcomes(trainingAt(history, day).training);
}

async function readFirst(
  connection: Queryable,
  history: Omit<StoredHistory, 'first'>,
  firstDay: number,
): Promise<StoredHistory['first']> {
  const { monitor, policy, span, countInstances } = history;
  const { model } = monitor;
  const whole = { start: Math.min(firstDay, span.start), end: span.end };
  const asOf = span.start + dayMs;
  const version = await findServingVersion(connection, model, { asOf, before: asOf });
  if (version !== null) {
    const outcomesIn = hoursIn(await readHours(connection, monitor, version, whole));
    const predicted = outcomesIn(span).reduce((rows, { summary }) => rows + summary.rows, 0);
    if (predicted >= predictedShare * countInstances(span)) return { version, outcomesIn };
  }
  if (outcomesToTrainOn(history, span.start) >= policy.minimumOutcomes) {
    const training = trainingAt(history, span.start);
    const before = { start: whole.start, end: training.training.end };
    const served = before.start < before.end ? await readHours(connection, monitor, null, before) : [];
    return { training, before: hoursIn(served) };
  }
  const later = firstTrainable(history);
  const reason = `version ${version ?? 'none'}, which served at its start, has not predicted it to its end, and before ${formatDay(span.start)} there are not enough outcomes to train one that does; write --from ${formatDay(later)}`;
  throw tooShort(model, reason);
}

/** There is one: it was required. */
function firstTrainable(history: Omit<StoredHistory, 'first'>): number {
  let day = history.span.start;
  while (outcomesToTrainOn(history, day) < history.policy.minimumOutcomes) day += dayMs;
  return day;
}

function tooShort(model: string, reason: string): TidewatchError {
  return new TidewatchError('HISTORY_TOO_SHORT', { model, reason });
}
