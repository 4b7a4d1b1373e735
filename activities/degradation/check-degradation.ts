import { isDeepStrictEqual } from 'node:util';

import type { DegradationEvidence, WindowEvidence } from '../../core/degradation/evidence.ts';
import type { DegradationVerdict } from '../../core/degradation/judge.ts';
import { degradationFacts } from '../../core/degradation/facts.ts';
import { judgeDegradation } from '../../core/degradation/judge.ts';
import type { DegradationRule } from '../../core/degradation/rules.ts';
import { defaultRules } from '../../core/degradation/rules.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { RetrainingDecision } from '../../core/retraining/policy.ts';
import type { Level } from '../../core/verdict.ts';
import { floorToDay, parseInstant, trailingWindow } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { advanceWatermark, makesUpThePast } from '../processes/watermarks.ts';
import { decideToRetrain } from '../retraining/decide.ts';
import {
  findDailyEvaluations,
  findDrift,
  findEvaluation,
  findLastFired,
  findServingVersion,
  storeCheck,
} from './store.ts';

export interface CheckDegradationInput {
  readonly model: string;
  readonly asOf: string;
  /** Alert and retrain even when the run makes up the past. */
  readonly act: boolean;
}

export interface CheckDegradationResult {
  readonly verdict: Level;
  readonly reason: string;
  readonly version: string | null;
  readonly retraining: RetrainingDecision;
  /** The model's alerts with messages still to be delivered, also by an earlier run that died before it woke them. */
  readonly pendingAlerts: readonly string[];
}

/** Judges by the monitor's rules, opens or resolves the degradation alert, and decides about a retraining. */
export function createCheckDegradation(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: CheckDegradationInput) => Promise<CheckDegradationResult> {
  return async function checkDegradation(input) {
    const { model } = input;
    const asOf = parseInstant(input.asOf);
    const windowEnd = floorToDay(asOf);
    const { monitor, configurationHash } = await findMonitor(deps.database, model);
    const run = runOf(deps.context());

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `degradation:${model}`);
      const past = await makesUpThePast(connection, { model, process: 'degradation-check', asOf });
      const acts = input.act || !past;
      const version = await findServingVersion(connection, model, windowEnd);
      const rules = monitor.degradation.rules ?? defaultRules(monitor.performance.limits);
      const evidence = await gatherEvidence(connection, monitor, rules, version, asOf);
      const verdict = judgeDegradation(rules, evidence);
      const provenance = { configurationHash, codeVersion: deps.codeVersion, ...run };
      await storeCheck(connection, { model, windowEnd, asOf, version, verdict, provenance });
      await advanceWatermark(connection, { model, process: 'degradation-check', asOf, windowEnd });

      if (acts) {
        const alert = {
          model,
          kind: 'degradation',
          subject: 'performance',
          asOf,
          routes: monitor.alerts.routes,
          provenance: run,
          facts: degradationFacts(version, verdict.findings),
        } as const;
        if (verdict.level === 'critical' || verdict.level === 'warning') {
          await openAlert(connection, { ...alert, severity: verdict.level, summary: verdict.reason });
        } else if (verdict.level === 'ok' && !(await leavesOpen(connection, model, windowEnd, verdict))) {
          await resolveAlert(connection, { ...alert, summary: verdict.reason });
        }
      }
      const retraining: RetrainingDecision = acts
        ? await decideToRetrain(connection, monitor, asOf, verdict.level)
        : { decision: 'wait', reason: 'this run makes up the past; give "act": true to let it act' };
      return {
        verdict: verdict.level,
        reason: verdict.reason,
        version,
        retraining,
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

/**
 * Is a rule that fired when it was last judged not judged now? Then nobody knows that all is well: after a promotion, for
 * one, the new champion has no outcomes yet.
 */
async function leavesOpen(
  connection: Queryable,
  model: string,
  windowEnd: number,
  verdict: DegradationVerdict,
): Promise<boolean> {
  const unjudged = verdict.findings.filter(({ level }) => level === 'insufficient-data');
  if (unjudged.length === 0) return false;
  const fired = await findLastFired(connection, model, windowEnd);
  return unjudged.some(({ rule }) => fired.some((other) => isDeepStrictEqual(other.rule, rule)));
}

async function gatherEvidence(
  connection: Queryable,
  monitor: Monitor,
  rules: readonly DegradationRule[],
  version: string | null,
  asOf: number,
): Promise<DegradationEvidence> {
  const { model } = monitor;
  const windows: Record<string, WindowEvidence> = {};
  const lengths = new Set(rules.flatMap((rule) => ('metric' in rule ? [rule.over] : [])));
  for (const length of version === null ? [] : lengths) {
    const window = trailingWindow(asOf, length);
    const pooled = await findEvaluation(connection, model, version!, window);
    const daily = await findDailyEvaluations(connection, model, version!, window);
    windows[length] = { daily, ...(pooled && { pooled }) };
  }
  const drift = await findDrift(connection, model, trailingWindow(asOf, monitor.current));
  return { windows, ...(drift && { drift }) };
}
