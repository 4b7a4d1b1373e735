import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingDecision, RetrainingFacts } from '../../core/retraining/policy.ts';
import { decideRetraining } from '../../core/retraining/policy.ts';
import type { RetrainingPolicy } from '../../core/retraining/settings.ts';
import { checksNeeded, performanceLevel } from '../../core/retraining/triggers.ts';
import { dayMs, floorToDay, monthOf } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { findServingVersion } from './stages.ts';
import {
  countServingOutcomes,
  findFirstCheck,
  findLastTrained,
  findNewestDriftVerdicts,
  findUnfinishedRetraining,
  listNewestChecks,
  listRetrainingStarts,
} from './policy-store.ts';
import { readTrainingWindows } from './specification.ts';

/**
 * Should this model be retrained as of an instant? By the newest stored checks and drift runs up to that day, and the
 * retrainings before it. Reads; starts nothing.
 *
 * @param by `hand`: a person asks for it, so that it needs no other trigger
 */
export async function decideToRetrain(
  connection: Queryable,
  monitor: Monitor,
  asOf: number,
  by: 'policy' | 'hand' = 'policy',
): Promise<RetrainingDecision> {
  const policy = monitor.retraining;
  if (policy === undefined) return { decision: 'wait', reason: 'the monitor has no retraining policy' };
  const facts = await readFacts(connection, monitor, policy, asOf);
  return decideRetraining(policy, { ...facts, byHand: by === 'hand' });
}

async function readFacts(
  connection: Queryable,
  monitor: Monitor,
  policy: RetrainingPolicy,
  asOf: number,
): Promise<RetrainingFacts> {
  const { model, current } = monitor;
  const until = floorToDay(asOf);
  const version = await findServingVersion(connection, model, { asOf, before: until });
  const limit = checksNeeded(policy.triggers.of).all;
  const checks = await listNewestChecks(connection, { model, version, until, limit });
  const starts = await listRetrainingStarts(connection, model, monthOf(asOf));
  const { parts } = await readTrainingWindows(connection, monitor, asOf);
  return {
    asOf,
    checks: checks.map(({ level, findings }) => ({ level, ofPerformance: performanceLevel(findings) })),
    ...(await findNewestDriftVerdicts(connection, model, current, asOf)),
    running: await findUnfinishedRetraining(connection, model),
    starts,
    calendarSince: starts[0]?.asOf ?? (await findFirstCheck(connection, model)) ?? asOf - dayMs,
    newOutcomes: await countNewOutcomes(connection, model, policy, asOf),
    outcomesInTrainingWindow: await countServingOutcomes(connection, model, parts),
  };
}

/** Counted only where the policy asks for it: without a training before, that is a scan of all there is. */
async function countNewOutcomes(
  connection: Queryable,
  model: string,
  { triggers, minimumNewOutcomes }: RetrainingPolicy,
  asOf: number,
): Promise<number> {
  if (triggers.onNewOutcomes === undefined && minimumNewOutcomes === 0) return 0;
  const start = (await findLastTrained(connection, model)) ?? 0;
  return countServingOutcomes(connection, model, start < asOf ? [{ start, end: asOf }] : []);
}
