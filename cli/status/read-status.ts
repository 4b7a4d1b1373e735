/** How a watched model stands, from what is stored. */

import type { AlertView } from '../../core/alert/stored-alert.ts';
import { readChecks, type Restatement } from '../../activities/degradation/store.ts';
import { findServingVersion } from '../../activities/retraining/stages.ts';
import type { DegradationFinding } from '../../core/degradation/judgement.ts';
import { speakingMetric } from '../../core/degradation/speaking-metric.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Pause, StoredDrift, StoredEstimate, StoredPerformance } from './store.ts';
import {
  findNewestDrift,
  findNewestEstimate,
  findNewestPerformance,
  findPause,
  findPromotion,
  findRuleFiringSince,
  findTroubleSince,
  listOpenAlerts,
} from './store.ts';

export interface RuleStatus extends DegradationFinding {
  /** The first day, in epoch milliseconds, since which it has fired whenever it was judged. */
  readonly firingSince?: number;
}

export interface ModelStatus {
  readonly model: string;
  readonly verdict: Level;
  readonly reason: string;
  /** The UTC midnight that the newest degradation check speaks for. */
  readonly checked?: number;
  /** Since which day it has been degraded, if it is. */
  readonly degradedSince?: number;
  readonly champion: { readonly version: string; readonly since?: number } | null;
  /** Which metric speaks for the model: that of its first rule about one. */
  readonly metric: MetricName;
  readonly performance: StoredPerformance | null;
  /** Of the same metric, without actuals. */
  readonly estimate: StoredEstimate | null;
  readonly drift: StoredDrift | null;
  readonly alerts: readonly AlertView[];
  readonly rules: readonly RuleStatus[];
  readonly restatements: readonly Restatement[];
  /** Absent where its schedules were not paused by command. */
  readonly pause?: Pause;
}

/** Everything at one instant; reads only. */
export async function readStatus(connection: Queryable, monitor: Monitor): Promise<ModelStatus> {
  const { model } = monitor;
  const now = Date.now();
  const version = await findServingVersion(connection, model, { asOf: now, before: now });
  const [check] = await readChecks(connection, model, { newest: 1 });
  const { metric, over } = speakingMetric(monitor);
  const pause = await findPause(connection, model);
  const promoted = version === null ? undefined : await findPromotion(connection, model, version);
  const isTrouble = check !== undefined && ['warning', 'critical'].includes(check.verdict.level);
  const since = isTrouble ? await findTroubleSince(connection, model, check.windowEnd) : undefined;
  return {
    model,
    verdict: check?.verdict.level ?? 'insufficient-data',
    reason: check?.verdict.reason ?? 'there is no degradation check yet',
    ...(check && { checked: check.windowEnd }),
    ...(since !== undefined && { degradedSince: since }),
    champion: version === null ? null : { version, ...(promoted !== undefined && { since: promoted }) },
    metric,
    performance:
      version === null ? null : await findNewestPerformance(connection, { model, version, metric, over }),
    estimate:
      version === null ? null : await findNewestEstimate(connection, { model, version, metric, over }),
    drift: await findNewestDrift(connection, model, monitor.current),
    alerts: await listOpenAlerts(connection, model),
    rules:
      check === undefined ? [] : await withSince(connection, model, check.windowEnd, check.verdict.findings),
    restatements: check?.restatements ?? [],
    ...(pause && { pause }),
  };
}

async function withSince(
  connection: Queryable,
  model: string,
  day: number,
  findings: readonly DegradationFinding[],
): Promise<RuleStatus[]> {
  const rules: RuleStatus[] = [];
  for (const finding of findings) {
    const fires = finding.level === 'warning' || finding.level === 'critical';
    const since = fires ? await findRuleFiringSince(connection, model, finding.rule, day) : undefined;
    rules.push({ ...finding, ...(since !== undefined && { firingSince: since }) });
  }
  return rules;
}
